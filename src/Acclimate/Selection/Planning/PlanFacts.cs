using Acclimate.Catalog;

namespace Acclimate.Selection.Planning;

/// <summary>How many samples of a domain have labels to learn from.</summary>
public enum LabelState
{
    /// <summary>None.</summary>
    None,

    /// <summary>A few: enough to nudge a model, too few to train one.</summary>
    Few,

    /// <summary>All, or so many that a model can be trained on them.</summary>
    All,
}

/// <summary>What samples are.</summary>
public enum SampleKind
{
    /// <summary>Rows of features.</summary>
    Rows,

    /// <summary>Texts.</summary>
    Text,

    /// <summary>Pictures.</summary>
    Pictures,
}

/// <summary>What is known before a way of transfer is chosen; what is left out (null) is not known.</summary>
public sealed record PlanFacts
{
    /// <summary>The source's source string, as commands name it.</summary>
    public string Source { get; init; } = "SOURCE";

    /// <summary>The target's.</summary>
    public string Target { get; init; } = "TARGET";

    /// <summary>The source's labels.</summary>
    public LabelState? SourceLabels { get; init; }

    /// <summary>The target's labels: those that may be learnt from, not those kept aside for scoring.</summary>
    public LabelState? TargetLabels { get; init; }

    /// <summary>Whether the same classes are told apart.</summary>
    public bool? SameTask { get; init; }

    /// <summary>Whether samples were drawn in the same circumstance.</summary>
    public bool? SameDomain { get; init; }

    /// <summary>Whether both are learnt at once, and not one after the other.</summary>
    public bool? AtOnce { get; init; }

    /// <summary>What samples are.</summary>
    public SampleKind? Kind { get; init; }

    /// <summary>Whether samples have the same features, or both are pictures.</summary>
    public bool? SameFeatures { get; init; }

    /// <summary>How the target's classes lie to the source's, where the task is the same.</summary>
    public ClassSets? Classes { get; init; }

    /// <summary>Whether the source's samples may be kept and looked at again while adapting.</summary>
    public bool? SourceStays { get; init; }

    /// <summary>How many samples the source has.</summary>
    public int? SourceSamples { get; init; }

    /// <summary>How many the target has.</summary>
    public int? TargetSamples { get; init; }

    /// <summary>A pretrained network's weights that are there: a file, a run's folder, or a published name.</summary>
    public string? Weights { get; init; }

    /// <summary>Which kinds of shift were measured.</summary>
    public ShiftKinds? Shift { get; init; }
}
