using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Metrics;
using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>One measurement.</summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="Accuracy">The share of the target's samples that is right, in percent: of the last step, where a network is trained. None where it failed.</param>
/// <param name="Seconds">Training, or fitting and classifying; reading the data is left out. Of a run that was interrupted, the last stretch.</param>
/// <param name="EigenResidual">The fit's, where it solves an eigenproblem.</param>
public sealed record BenchmarkCell(string Key, double? Accuracy, double Seconds, double? EigenResidual = null) : IBenchmarkCell
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The best checkpoint's accuracy by the target's labels, in percent, where a network is trained: what can't be known in earnest.</summary>
    public double? Oracle { get; init; }

    /// <summary>What the last step is worth over known and unknown classes, where the target has classes that the source doesn't have; shares from 0 to 1.</summary>
    public OpenSetScore? OpenSet { get; init; }

    /// <summary>Why there is no accuracy.</summary>
    public string? Failure { get; init; }
}

/// <summary>What a row came to on one task: a measurement for each seed, as far as they are there.</summary>
/// <param name="Cells">The measurements; none where it is not measured yet.</param>
public sealed record BenchmarkFigure(IReadOnlyList<BenchmarkCell> Cells)
{
    /// <summary>The accuracy over the seeds that did not fail, in percent; none without such.</summary>
    public MeanAndDeviation? Accuracy { get; } = Over(Cells, static cell => cell.Accuracy);

    /// <summary>The best checkpoints' accuracy over the same seeds, in percent; none where no network is trained.</summary>
    public MeanAndDeviation? Oracle { get; } = Over(Cells, static cell => cell.Oracle);

    /// <summary>HOS over the same seeds, in percent; none where the target has no classes of its own.</summary>
    public MeanAndDeviation? Hos { get; } = Over(Cells, static cell => 100 * cell.OpenSet?.Hos);

    /// <summary>OS* over the same seeds, in percent; none where the target has no classes of its own.</summary>
    public MeanAndDeviation? OsStar { get; } = Over(Cells, static cell => 100 * cell.OpenSet?.OsStar);

    /// <summary>The mean of the seeds' seconds; 0 without any.</summary>
    public double Seconds => Cells.Count == 0 ? 0 : Cells.Average(static cell => cell.Seconds);

    private static MeanAndDeviation? Over(IReadOnlyList<BenchmarkCell> cells, Func<BenchmarkCell, double?> value)
    {
        double[] values = [.. cells.Select(value).OfType<double>()];
        return values.Length == 0 ? null : MeanAndDeviation.Of(values);
    }
}

/// <summary>One measured row.</summary>
/// <param name="Row">What was measured, and what to compare it with.</param>
/// <param name="Tasks">What it came to on each task of the suite.</param>
public sealed record BenchmarkResult(BenchmarkRow Row, IReadOnlyList<BenchmarkFigure> Tasks)
{
    /// <summary>The mean over the tasks, in percent; none where one is missing.</summary>
    public double? Average => MeanOf(static task => task.Accuracy);

    /// <summary>The same of the best checkpoints.</summary>
    public double? Oracle => MeanOf(static task => task.Oracle);

    /// <summary>The mean HOS over the tasks, in percent; none where the target has no classes of its own, or a task is missing.</summary>
    public double? Hos => MeanOf(static task => task.Hos);

    /// <summary>The mean OS* over the tasks, in percent; none where the target has no classes of its own, or a task is missing.</summary>
    public double? OsStar => MeanOf(static task => task.OsStar);

    /// <summary>All tasks' seconds, for one seed.</summary>
    public double Seconds => Tasks.Sum(static task => task.Seconds);

    /// <summary>The largest of the fits', where they solve eigenproblems.</summary>
    public double? EigenResidual => Tasks.SelectMany(static task => task.Cells).Max(static cell => cell.EigenResidual);

    /// <summary>The row that this one should meet: the first that it is compared with; none where nobody printed one.</summary>
    public ReferenceRow? Reference => Row.References.FirstOrDefault();

    /// <summary>How many points the average is above a reference's; none where that, or this, has no average.</summary>
    /// <param name="reference">What to compare with.</param>
    public double? Above(ReferenceRow? reference) => Average - reference?.Average;

    /// <summary>How many points the average is above that of the row without adaptation; none where that is not among the rows, or one of the two is not complete.</summary>
    /// <param name="all">The rows of the same table.</param>
    public double? Gain(IEnumerable<BenchmarkResult> all) =>
        Row.Method == BenchmarkRow.SourceOnly ? null : Average - all.FirstOrDefault(static other => other.Row.Method == BenchmarkRow.SourceOnly)?.Average;

    private double? MeanOf(Func<BenchmarkFigure, MeanAndDeviation?> figure) =>
        Tasks.All(task => figure(task) is not null) ? Tasks.Average(task => figure(task)!.Value.Mean) : null;
}
