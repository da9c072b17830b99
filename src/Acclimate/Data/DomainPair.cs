using Acclimate.Data.Readers;

namespace Acclimate.Data;

/// <summary>A source and a target that fit together: their samples are of the same kind.</summary>
public sealed class DomainPair : IDisposable
{
    private DomainPair(Domain source, Domain target)
    {
        Source = source;
        Target = target;
    }

    /// <summary>The domain to learn from.</summary>
    public Domain Source { get; }

    /// <summary>The domain to adapt to.</summary>
    public Domain Target { get; }

    /// <summary>
    /// Opens both. What is fitted on a source (a table's columns and categories, a sparse file's number of features) is
    /// fitted on this source and applied to the target; target labels stand in the source's classes.
    /// </summary>
    /// <param name="source">The source's source string.</param>
    /// <param name="target">The target's source string.</param>
    /// <param name="options">How to read both.</param>
    /// <exception cref="DataException">One can't be opened, or they don't fit together.</exception>
    public static DomainPair Open(string source, string target, DomainOptions? options = null)
    {
        options ??= new DomainOptions();
        Domain first = Domain.Open(source, options);
        Domain? second = null;
        try
        {
            bool flat = first.SampleShape.Count == 1;
            DomainOptions fitted = options with { Encoder = first.Encoder, FeatureCount = flat ? (int)first.SampleShape[0] : null };
            second = Domain.Open(target, fitted);
            ShareVocabulary(ref first, ref second);
            Check(first, second);
            return new DomainPair(first, Recoded(first, ref second));
        }
        catch
        {
            first.Dispose();
            second?.Dispose();
            throw;
        }
    }

    /// <summary>Refuses two domains whose samples differ in kind (features, images) or in their number of features; the sizes of images may differ, as a preprocessing brings them to one.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="DataException">They differ; the message names both.</exception>
    public static void Check(Domain source, Domain target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        IReadOnlyList<long> from = source.SampleShape;
        IReadOnlyList<long> to = target.SampleShape;
        if (from.Count != to.Count)
            throw new DataException($"{target.Name} holds {Kind(to)}, {source.Name} holds {Kind(from)}.\n  Domain adaptation compares the same kind of samples.");
        if (from.Count == 1 && from[0] != to[0])
        {
            throw new DataException(
                $"{target.Name} has {to[0]} feature columns, {source.Name} has {from[0]}.\n  Domain adaptation compares the same features: choose the columns of each.");
        }
    }

    /// <summary>Gives two domains of texts one vocabulary: the words that occur in most texts of both. Others stay as they are.</summary>
    internal static void ShareVocabulary(ref Domain source, ref Domain target)
    {
        if (source.Texts is not { } ours || target.Texts is not { } theirs || ReferenceEquals(source.Vocabulary, target.Vocabulary))
            return;
        SourceString asked = SourceString.Parse(DomainMerge.First(source));
        Vocabulary both = DocumentReader.Fit(asked, [.. ours, .. theirs]);
        (Domain first, Domain second) = (source.WithVocabulary(both), target.WithVocabulary(both));
        source.Dispose();
        target.Dispose();
        (source, target) = (first, second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        Target.Dispose();
    }

    private static Domain Recoded(Domain source, ref Domain? target)
    {
        Domain given = target!;
        if (source.Labels is not { } known || given.Labels is not { } found)
            return given;
        Domain recoded;
        try
        {
            recoded = given.WithLabels(found.AlignTo(known.Classes));
        }
        catch (DataException e)
        {
            throw new DataException($"{given.Name}: {e.Message}", e);
        }

        given.Dispose();
        target = recoded;
        return recoded;
    }

    internal static string Kind(IReadOnlyList<long> shape) =>
        shape.Count == 1 ? $"{shape[0]} features a sample" : $"images ({string.Join(" × ", shape.Select(size => size < 0 ? "any" : $"{size}"))})";
}
