using System.Text.Json;

namespace Acclimate.Benchmarks;

/// <summary>One figure of a table.</summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="Accuracy">The share of the target's samples that is right, in percent.</param>
/// <param name="Seconds">Fitting and classifying; reading the data is left out.</param>
/// <param name="EigenResidual">The fit's, where it solves an eigenproblem.</param>
public sealed record BenchmarkCell(string Key, double Accuracy, double Seconds, double? EigenResidual)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>One measured row.</summary>
/// <param name="Row">What was measured, and what to compare it with.</param>
/// <param name="Cells">A figure for each task of the suite.</param>
public sealed record BenchmarkResult(BenchmarkRow Row, IReadOnlyList<BenchmarkCell> Cells)
{
    /// <summary>The mean over the tasks, in percent.</summary>
    public double Average => Cells.Average(static cell => cell.Accuracy);

    /// <summary>All tasks' seconds.</summary>
    public double Seconds => Cells.Sum(static cell => cell.Seconds);

    /// <summary>The row that this one should meet: the first that it is compared with; none where nobody printed one.</summary>
    public ReferenceRow? Reference => Row.References.FirstOrDefault();

    /// <summary>How many points the average is above a reference's; none where that has no average.</summary>
    /// <param name="reference">What to compare with.</param>
    public double? Above(ReferenceRow? reference) => Average - reference?.Average;
}
