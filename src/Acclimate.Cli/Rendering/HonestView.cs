using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Honest;

namespace Acclimate.Cli.Rendering;

/// <summary>Runs and shows the benchmark of choosing without target labels.</summary>
internal static class HonestView
{
    private const int NameWidth = 34;

    /// <summary>Measures what is asked for, and shows it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="names">Suites or pairs; all where none is named.</param>
    /// <param name="seeds">Seeds; all where none is named.</param>
    /// <param name="options">How.</param>
    /// <param name="budget">Seconds that <c>auto</c> gets on each pair as it is; none leaves it out.</param>
    /// <param name="json">Whether figures go to another program.</param>
    /// <exception cref="ArgumentException">A name is not known, or the time is out of range.</exception>
    public static int Run(Screen screen, IReadOnlyList<string> names, IReadOnlyList<long> seeds, BenchmarkOptions options, double? budget, bool json)
    {
        HonestPair[] pairs = Chosen(names);
        IReadOnlyList<HonestCell> cells;
        IReadOnlyList<AutoCell> autos = [];
        try
        {
            using BenchmarkData data = new();
            using ProgressLine line = new(screen, HonestBenchmark.Name, toError: json);
            cells = HonestBenchmark.Run(pairs, seeds.Count > 0 ? seeds : HonestBenchmark.Seeds, data, options, progress =>
                line.Report(progress.Done, progress.Cells, $"{progress.Cell.Suite} {progress.Cell.Pair}{(progress.Cell.Shifted ? " shifted" : string.Empty)}", "cells"));
            if (budget is { } each)
            {
                using ProgressLine further = new(screen, "auto", toError: json);
                autos = AutoCell.Run(pairs, seeds.Count > 0 ? seeds : HonestBenchmark.Seeds, each, data, options, (cell, done, all) => further.Report(done, all, $"{cell.Suite} {cell.Pair}", "cells"));
            }
        }
        catch (OperationCanceledException)
        {
            screen.Error.WriteLine($"What is done is kept in {options.Folder}: the same command goes on from there.");
            throw;
        }

        if (cells.Count == 0)
        {
            screen.Error.WriteLine("No measurement is there yet.");
            return ExitCode.Success;
        }

        string page = HonestTables.Save(cells, ShareRule.Shown, options.Folder!, autos);
        if (json)
            screen.Json(Tables(cells, autos));
        else
            Write(screen, cells, autos, page);
        return ExitCode.Success;
    }

    private static HonestPair[] Chosen(IReadOnlyList<string> names)
    {
        string[] known = [.. HonestPairs.All.Select(static pair => pair.Suite).Distinct(), .. HonestPairs.All.Select(static pair => pair.Name).Distinct()];
        string[] wanted = [.. names.Select(name => known.Contains(name, StringComparer.Ordinal) ? name : name.Replace('-', '>'))];
        if (wanted.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new ArgumentException($"{HonestBenchmark.Name} has no suite or pair '{unknown}'{NearestName.Hint(unknown, known)} Its suites: {string.Join(", ", HonestPairs.All.Select(static pair => pair.Suite).Distinct())}.");
        return [.. HonestPairs.All.Where(pair => wanted.Length == 0 || wanted.Contains(pair.Suite) || wanted.Contains(pair.Name))];
    }

    private static IEnumerable<object> Tables(IReadOnlyList<HonestCell> cells, IReadOnlyList<AutoCell> autos) =>
        from shifted in (bool[])[false, true]
        let some = cells.Where(cell => cell.Shifted == shifted).ToArray()
        from way in HonestTables.Ways(cells, ShareRule.Shown, autos)
        let known = some.Where(cell => way.Gain(cell) is not null).ToArray()
        where known.Length > 0
        let figures = HonestFigures.Of(known, cell => way.Gain(cell)!.Value)
        select new { Way = way.Name, LabelShift = shifted, figures.Count, figures.Gain, figures.OracleShare, figures.Worst, figures.Below, figures.WorstPair, figures.PairsBelow };

    private static void Write(Screen screen, IReadOnlyList<HonestCell> cells, IReadOnlyList<AutoCell> autos, string page)
    {
        foreach (bool shifted in (bool[])[false, true])
        {
            HonestCell[] some = [.. cells.Where(cell => cell.Shifted == shifted)];
            if (some.Length == 0)
                continue;
            screen.Out.WriteLine();
            screen.Out.WriteLine(screen.Bold($"{(shifted ? "Under label shift" : "As the domains are")}: {some.Length} measurements, points above the source's own model"));
            screen.Out.WriteLine($"{string.Empty.PadRight(NameWidth)}{"gain",8}{"oracle's",10}{"worst",8}{"below",7}");
            foreach ((string name, Func<HonestCell, double?> gain) in HonestTables.Ways(cells, ShareRule.Shown, autos))
            {
                HonestCell[] known = [.. some.Where(cell => gain(cell) is not null)];
                if (known.Length == 0)
                    continue;
                HonestFigures all = HonestFigures.Of(known, cell => gain(cell)!.Value);
                screen.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(NameWidth)}{all.Gain,8:+0.00;−0.00;0.00}{all.OracleShare,10:0 %}{all.Worst,8:+0.00;−0.00;0.00}{all.Below,7:0 %}"));
            }
        }

        screen.Out.WriteLine();
        screen.Out.WriteLine($"Every way of choosing by suite: {page}");
    }
}
