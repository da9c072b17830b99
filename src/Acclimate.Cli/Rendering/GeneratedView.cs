using System.Globalization;
using Acclimate.Benchmarks.Policies;
using Acclimate.Benchmarks.Relations;
using Acclimate.Catalog;

namespace Acclimate.Cli.Rendering;

/// <summary>Runs and shows the benchmarks that make their own worlds.</summary>
internal static class GeneratedView
{
    /// <summary>Measures what is asked for, and shows it.</summary>
    /// <exception cref="ArgumentException">A row is not known.</exception>
    public static int Run(string name, IReadOnlyList<string> rows, IReadOnlyList<long> seeds, Screen screen, bool json, CancellationToken cancellation)
    {
        using ProgressLine line = new(screen, name, toError: json);
        if (name == RelationsBenchmark.Name)
        {
            int all = Count(rows, RelationsBenchmark.Rows.Count) * Count(seeds, RelationsBenchmark.Seeds.Count), done = 0;
            IReadOnlyList<RelationsCell> cells = RelationsBenchmark.Run(rows, seeds, cell => line.Report(++done, all, $"{cell.Row}, seed {cell.Seed}", "cells"), cancellation);
            Show(json, RelationsView.AsData(cells), () => RelationsView.Write(cells, screen));
        }
        else
        {
            int all = 2 * Count(rows, PoliciesBenchmark.Rows.Count) * Count(seeds, PoliciesBenchmark.Seeds.Count), done = 0;
            IReadOnlyList<PoliciesCell> cells = PoliciesBenchmark.Run(rows, seeds, cell => line.Report(++done, all, $"{cell.Row}, {cell.Task}, seed {cell.Seed}", "cells"), cancellation);
            Show(json, AsData(cells), () => Write(cells, screen));
        }

        return ExitCode.Success;

        void Show(bool asData, object data, Action write)
        {
            if (asData)
                screen.Json(data);
            else
                write();
        }
    }

    private static int Count<T>(IReadOnlyList<T> given, int otherwise) => given.Count > 0 ? given.Count : otherwise;

    private static object AsData(IReadOnlyList<PoliciesCell> cells) => new
    {
        Benchmark = PoliciesBenchmark.Name,
        Rows = cells.GroupBy(static cell => (cell.Row, cell.Task)).Select(static group => new
        {
            group.Key.Row,
            group.Key.Task,
            MedianUsable = Median(group, static cell => cell.Usable),
            MedianGood = Median(group, static cell => cell.Good),
        }),
        Cells = cells,
    };

    private static void Write(IReadOnlyList<PoliciesCell> cells, Screen screen)
    {
        foreach (IGrouping<string, PoliciesCell> task in cells.GroupBy(static cell => cell.Task))
        {
            Box box = new($"{task.Key}: steps to a return that is kept, median of {task.Select(static cell => cell.Seed).Distinct().Count()} seeds");
            box.Row("", "usable", "of scratch", "good", "of scratch", "reached");
            PoliciesCell[] scratch = [.. task.Where(static cell => cell.Row == PoliciesBenchmark.Scratch)];
            foreach (IGrouping<string, PoliciesCell> row in task.GroupBy(static cell => cell.Row))
                box.Row([row.Key, .. Steps(row, scratch, static cell => cell.Usable), .. Steps(row, scratch, static cell => cell.Good), $"{row.Count(static cell => cell.Good is not null)}/{row.Count()}"]);
            box.Write(screen);
            screen.Out.WriteLine();
        }

        foreach (string row in cells.Select(static cell => cell.Row).Distinct().Where(static row => row != PoliciesBenchmark.Scratch))
            Prose.Hang(screen.Out, $"  {row,-12}", MethodCatalog.Find(row).About.Summary);
    }

    private static string[] Steps(IEnumerable<PoliciesCell> row, PoliciesCell[] scratch, Func<PoliciesCell, long?> steps)
    {
        double? median = Median(row, steps), whole = Median(scratch, steps);
        return [median is { } known ? Numbers.Count((long)known) : "–", median / whole is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %") : "–"];
    }

    /// <summary>The middle of the measurements, what was not reached counting as more than any; none where that is in the middle.</summary>
    private static double? Median(IEnumerable<PoliciesCell> cells, Func<PoliciesCell, long?> steps)
    {
        double[] sorted = [.. cells.Select(cell => steps(cell) ?? double.PositiveInfinity).Order()];
        if (sorted.Length == 0)
            return null;
        double middle = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return double.IsFinite(middle) ? middle : null;
    }
}
