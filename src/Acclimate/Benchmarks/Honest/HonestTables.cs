using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Honest;

/// <summary>What honest choice came to, as a page to read.</summary>
public static class HonestTables
{
    private const string Nested = "rule chosen on the other suites";

    /// <summary>Writes <c>honest.md</c>, whole or not at all.</summary>
    /// <param name="cells">The measurements.</param>
    /// <param name="rules">The rules to show, as their name and what to call them.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="autos">What <c>auto</c> came to; none where it was not measured.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    public static string Save(IReadOnlyList<HonestCell> cells, IReadOnlyList<(string Rule, string Title)> rules, string folder, IReadOnlyList<AutoCell>? autos = null)
    {
        string file = Path.Combine(folder, "honest.md");
        AtomicFile.Write(file, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string line in Markdown(cells, rules, autos))
                writer.WriteLine(line);
        });
        return file;
    }

    /// <summary>The page: natural pairs and those under label shift, one way of choosing after the other.</summary>
    /// <param name="cells">The measurements, one at least.</param>
    /// <param name="rules">The rules to show, as their name and what to call them.</param>
    /// <param name="autos">What <c>auto</c> came to; none where it was not measured.</param>
    public static IEnumerable<string> Markdown(IReadOnlyList<HonestCell> cells, IReadOnlyList<(string Rule, string Title)> rules, IReadOnlyList<AutoCell>? autos = null)
    {
        ArgumentNullException.ThrowIfNull(cells);
        yield return "# Choosing without target labels";
        yield return string.Empty;
        yield return "Points of accuracy on the target above the source's own model, whose classifier cross-validation on the source chooses. *Below*: the share of "
            + "measurements that are worse than that model; *pairs*: by the mean over a pair's seeds. *Oracle*: the best of all candidates by the target's labels, which nobody has.";
        foreach (bool shifted in (bool[])[false, true])
        {
            HonestCell[] some = [.. cells.Where(cell => cell.Shifted == shifted)];
            if (some.Length == 0)
                continue;
            yield return string.Empty;
            yield return $"## {(shifted ? "Under label shift" : "As the domains are")}: {Counted(some)}";
            yield return string.Empty;
            string[] suites = [.. some.Select(static cell => cell.Suite).Distinct()];
            yield return BenchmarkTables.TableLine(["way of choosing", "n", "gain", "of the oracle's", "worst", "below", "worst pair", "pairs below", .. suites]);
            yield return BenchmarkTables.TableLine(["---", .. Enumerable.Repeat("---:", 7 + suites.Length)]);
            foreach ((string name, Func<HonestCell, double?> gain) in Ways(cells, rules, autos))
            {
                HonestCell[] known = [.. some.Where(cell => gain(cell) is not null)];
                if (known.Length == 0)
                    continue;
                HonestFigures all = HonestFigures.Of(known, cell => gain(cell)!.Value);
                yield return BenchmarkTables.TableLine([name, $"{known.Length}", Points(all.Gain), Percent(all.OracleShare), Points(all.Worst), Percent(all.Below), Points(all.WorstPair), Percent(all.PairsBelow), .. suites.Select(suite => Points(known.Where(cell => cell.Suite == suite).Average(gain)))]);
            }
        }

        if (Chosen(cells) is { } chosen)
        {
            yield return string.Empty;
            yield return $"Rules chosen without the suite they are measured on: {string.Join("; ", chosen.Select(static pair => $"{pair.Key}: {pair.Value}"))}.";
        }

        foreach (string line in OfAuto(autos ?? []))
            yield return line;
        foreach (string line in Learning(cells))
            yield return line;
    }

    private static IEnumerable<string> OfAuto(IReadOnlyList<AutoCell> autos)
    {
        if (autos.Count == 0)
            yield break;
        AutoCell[] tried = [.. autos.Where(static cell => cell.Best is not null)];
        yield return string.Empty;
        yield return string.Create(CultureInfo.InvariantCulture, $"*auto* had {autos[0].Budget:0} seconds a pair on one thread, and the whole source, of which the others had four fifths: its gain is above its own source model, {autos.Average(static cell => cell.Auto - cell.Source):+0.00;−0.00;0.00} over all {autos.Count}. Beside the pool it tried {autos.Average(static cell => cell.Tried):0.0} ways, of which {autos.Average(static cell => cell.Admitted):0.0} have a part in its answer; ")
            + (tried.Length == 0 ? "none anywhere." : string.Create(CultureInfo.InvariantCulture, $"the best of them by the target's labels would gain {tried.Average(static cell => cell.Best - cell.Source):+0.00;−0.00;0.00}."));
    }

    private static IEnumerable<string> Learning(IReadOnlyList<HonestCell> cells)
    {
        IReadOnlyList<ReflectionFigures> figures = ReflectionStudy.Of(cells);
        if (figures.Count == 0)
            yield break;
        yield return string.Empty;
        yield return "## Learning to transfer: which way to try first";
        yield return string.Empty;
        yield return "The mean gain of the best of the first few candidates (best by the target's labels: the order alone is measured), in the order that the reflection function learns on all other suites (the first by the pair, the others by mean gains), and in the order of mean gains there.";
        yield return string.Empty;
        yield return BenchmarkTables.TableLine(["candidates tried", "learnt order", "fixed order"]);
        yield return BenchmarkTables.TableLine(["---:", "---:", "---:"]);
        foreach (ReflectionFigures one in figures)
            yield return BenchmarkTables.TableLine([$"{one.Tried}", Points(one.Learnt), Points(one.Fixed)]);
    }

    /// <summary>Every way of choosing, with what it gains on a measurement where that is known: the oracle, the nested choice, rules, <c>auto</c>, each validator's favourite.</summary>
    internal static IEnumerable<(string Name, Func<HonestCell, double?> Gain)> Ways(
        IReadOnlyList<HonestCell> cells, IReadOnlyList<(string Rule, string Title)> rules, IReadOnlyList<AutoCell>? autos = null)
    {
        yield return ("oracle", static cell => cell.Oracle - cell.Source);
        if (Chosen(cells) is { } chosen)
            yield return (Nested, cell => cell.Gain(chosen[cell.Suite]));
        foreach ((string rule, string title) in rules)
            yield return (title, cell => cell.Gain(rule));
        if (autos is { Count: > 0 })
        {
            Dictionary<(string, string, long), double> gains = autos.ToDictionary(static cell => (cell.Suite, cell.Pair, cell.Seed), static cell => cell.Auto - cell.Source);
            yield return ("auto", cell => !cell.Shifted && gains.TryGetValue((cell.Suite, cell.Pair, cell.Seed), out double gain) ? gain : null);
        }

        foreach (string validator in cells.SelectMany(static cell => cell.Validators.Keys).Distinct())
            yield return ($"best by {validator}", cell => cell.Validators.TryGetValue(validator, out string? favourite) ? cell.Candidates[favourite] - cell.Source : null);
    }

    /// <summary>Each suite's rule by the other suites; none where there is nothing to choose on.</summary>
    private static IReadOnlyDictionary<string, string>? Chosen(IReadOnlyList<HonestCell> cells) =>
        cells.GroupBy(static cell => cell.Shifted).All(static kind => kind.Select(static cell => cell.Suite).Distinct().Skip(1).Any()) && cells.Select(static cell => cell.Shifted).Distinct().Count() == 2
            ? NestedChoice.Choose(cells, SafetyBounds.WithMargin)
            : null;

    private static string Counted(HonestCell[] cells) =>
        $"{cells.Select(static cell => (cell.Suite, cell.Pair)).Distinct().Count()} pairs, {cells.Select(static cell => cell.Seed).Distinct().Count()} seeds";

    private static string Points(double? value) => value?.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture) ?? "–";

    private static string Percent(double value) => value.ToString("0 %", CultureInfo.InvariantCulture);
}
