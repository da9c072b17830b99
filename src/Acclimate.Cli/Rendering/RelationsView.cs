using System.Globalization;
using Acclimate.Benchmarks.Relations;
using Acclimate.Metrics;
using Acclimate.Relations;
using Acclimate.Relations.Learning;

namespace Acclimate.Cli.Rendering;

/// <summary>Shows networks, and the benchmark of relations.</summary>
internal static class RelationsView
{
    /// <summary>A network that was learnt.</summary>
    public static void Write(LearntNetwork learnt, string path, Screen screen)
    {
        foreach (WeightedClause clause in learnt.Network.Clauses)
            Prose.Hang(screen.Out, clause.IsHard ? "     hard  " : string.Create(CultureInfo.InvariantCulture, $"{clause.Weight,9:0.00}  "), clause.Clause.ToString());
        screen.Out.WriteLine();
        screen.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Log-probability of a fact given all others: {learnt.Weighted:0.0000}, mean over the predicates, on the facts that were learnt from"));
        screen.Out.WriteLine($"Written: {path}");
    }

    /// <summary>The benchmark's table.</summary>
    public static void Write(IReadOnlyList<RelationsCell> cells, Screen screen)
    {
        string[] predicates = [.. cells[0].Areas.Keys];
        Box box = new($"University → movie: AUC-PR in percent, {cells.Select(static cell => cell.Seed).Distinct().Count()} seeds");
        box.Row(["", "mean", .. predicates, "seconds"]);
        foreach (IGrouping<string, RelationsCell> row in cells.GroupBy(static cell => cell.Row))
        {
            box.Row([row.Key, Over(row, static cell => cell.Area), .. predicates.Select(name => Over(row, cell => cell.Areas[name])),
                row.Average(static cell => cell.Seconds).ToString("0.0", CultureInfo.InvariantCulture)]);
        }

        box.Write(screen);
        foreach (string row in cells.Select(static cell => cell.Row).Distinct())
            Prose.Hang(screen.Out, $"  {row,-12}", RelationsBenchmark.Rows[row]);
    }

    /// <summary>The same for another program.</summary>
    public static object AsData(IReadOnlyList<RelationsCell> cells) => new
    {
        Benchmark = RelationsBenchmark.Name,
        Rows = cells.GroupBy(static cell => cell.Row).Select(static row => new { Name = row.Key, Area = MeanAndDeviation.Of([.. row.Select(static cell => cell.Area)]) }),
        Cells = cells,
    };

    private static string Over(IEnumerable<RelationsCell> cells, Func<RelationsCell, double> value) => MeanAndDeviation.Of([.. cells.Select(cell => 100 * value(cell))]).ToString();
}
