namespace Acclimate.Data;

/// <summary>How a domain is read.</summary>
public sealed record DomainOptions
{
    /// <summary>Whether a file in an image folder that is no image is an error; else it is skipped and counted. Default false.</summary>
    public bool Strict { get; init; }

    /// <summary>How a table's columns become features: the source's encoder, when the target is read. Default: fitted on the table itself.</summary>
    public TableEncoder? Encoder { get; init; }

    /// <summary>Which words of texts become features: both domains', when they are read to be compared. Default: the texts' own.</summary>
    public Vocabulary? Vocabulary { get; init; }

    /// <summary>How many features a sparse (LIBSVM) file has; default: as many as its largest index says.</summary>
    public int? FeatureCount { get; init; }

    /// <summary>Whether rows of a table may be without a label: they are of the class that has no name. Default false: such a row is an error.</summary>
    internal bool EmptyLabels { get; init; }
}
