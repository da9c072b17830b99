namespace Acclimate.Selection.Planning;

/// <summary>The eight ways of transfer: same task? same domain? one after the other, or at once?</summary>
public enum TransferPath
{
    /// <summary>Same task, same domain, one after the other.</summary>
    TaskFineTuning,

    /// <summary>Same task, other domain, one after the other.</summary>
    DomainAdaptation,

    /// <summary>Other task, same domain, one after the other.</summary>
    TaskAdaptation,

    /// <summary>Other task, other domain, one after the other.</summary>
    ModalityTransfer,

    /// <summary>Same task, same domain, at once.</summary>
    DataSetMerging,

    /// <summary>Same task, other domain, at once.</summary>
    WeightSharing,

    /// <summary>Other task, same domain, at once.</summary>
    MultiTaskLearning,

    /// <summary>Other task, other domain, at once.</summary>
    ParallelTraining,
}

/// <summary>What labels there are to learn from.</summary>
public enum LabelQuadrant
{
    /// <summary>Both sides have some: fine-tuning, multi-task learning.</summary>
    Both,

    /// <summary>The source alone: adaptation by what the domains share; zero-shot learning for another task.</summary>
    SourceOnly,

    /// <summary>The target alone: self-taught learning.</summary>
    TargetOnly,

    /// <summary>Neither: self-taught clustering.</summary>
    Neither,
}

/// <summary>What a path is.</summary>
/// <param name="Path">Which.</param>
/// <param name="Title">Its name in words.</param>
/// <param name="SameTask">Whether the same classes are told apart.</param>
/// <param name="SameDomain">Whether samples were drawn in the same circumstance.</param>
/// <param name="AtOnce">Whether both are learnt at once.</param>
public sealed record PathEntry(TransferPath Path, string Title, bool SameTask, bool SameDomain, bool AtOnce)
{
    /// <summary>All eight, in the order of docs/paths.md.</summary>
    public static IReadOnlyList<PathEntry> All { get; } =
    [
        new(TransferPath.TaskFineTuning, "Task fine-tuning", true, true, false),
        new(TransferPath.DomainAdaptation, "Domain adaptation", true, false, false),
        new(TransferPath.TaskAdaptation, "Task adaptation", false, true, false),
        new(TransferPath.ModalityTransfer, "Modality transfer", false, false, false),
        new(TransferPath.DataSetMerging, "Data-set merging", true, true, true),
        new(TransferPath.WeightSharing, "Weight sharing", true, false, true),
        new(TransferPath.MultiTaskLearning, "Multi-task learning", false, true, true),
        new(TransferPath.ParallelTraining, "Parallel training", false, false, true),
    ];

    /// <summary>Where docs/paths.md describes it.</summary>
    public string Page => $"docs/paths.md#{Title.ToLowerInvariant().Replace(' ', '-')}";

    /// <summary>The three questions' answers in words.</summary>
    public string Answers => $"{(SameTask ? "same" : "other")} task, {(SameDomain ? "same" : "other")} domain, {(AtOnce ? "at once" : "one after the other")}";

    /// <summary>The path of three answers.</summary>
    public static PathEntry Of(bool sameTask, bool sameDomain, bool atOnce) =>
        All.Single(entry => (entry.SameTask, entry.SameDomain, entry.AtOnce) == (sameTask, sameDomain, atOnce));
}
