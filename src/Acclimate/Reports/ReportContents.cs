using Acclimate.Catalog;
using Acclimate.Runs;

namespace Acclimate.Reports;

/// <summary>All that a run's report is made of.</summary>
/// <param name="Folder">The run's folder, as it was named.</param>
/// <param name="Config">What the run is made of.</param>
/// <param name="Result">What it came to.</param>
internal sealed record ReportContents(string Folder, RunConfig Config, RunResult Result)
{
    /// <summary>How figures went while it learnt.</summary>
    public IReadOnlyList<Curve> Curves { get; init; } = [];

    /// <summary>Some samples before and after; none where they could not be looked at.</summary>
    public Spaces? Spaces { get; init; }

    /// <summary>Why there are none.</summary>
    public string? NoSpaces { get; init; }

    /// <summary>Samples of the source and of the target; none where the domains were not read.</summary>
    public (int Source, int Target)? Samples { get; init; }

    /// <summary>Another run on the same target, to be compared with class by class; none where none was named.</summary>
    public RunResult? Against { get; init; }

    /// <summary>What the source's own model takes each class for, where it is a part of the run's model and labels were kept for scoring.</summary>
    public IReadOnlyList<IReadOnlyList<long>>? SourceConfusion { get; init; }

    /// <summary>The method's name for people.</summary>
    public string Title => TitleOf(Result);

    /// <summary>Whether a shallow method was fitted.</summary>
    public bool IsShallow => MethodCatalog.Find(Result.Method).IsShallow;

    /// <summary>What the figures are about.</summary>
    public string Scored => Result.Target.Length > 0 ? "target" : "test samples";

    /// <summary>A method's name for people; its own where the catalogue has it no more.</summary>
    public static string TitleOf(RunResult result) => result.Auto is not null ? "Auto" : MethodCatalog.All.FirstOrDefault(entry => entry.About.Name == result.Method)?.About.Title ?? result.Method;
}
