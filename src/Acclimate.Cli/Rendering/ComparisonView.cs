using System.Globalization;
using Acclimate.Reports;

namespace Acclimate.Cli.Rendering;

/// <summary>Runs side by side on a terminal, on 80 columns however many there are.</summary>
internal static class ComparisonView
{
    private const int MethodWidth = 18;
    private const int NameWidth = 22;
    private const int CellWidth = 8;

    /// <summary>Writes the runs, what differs, and the classes where they are asked for.</summary>
    public static void Write(Comparison comparison, bool classes, Screen screen)
    {
        TextWriter writer = screen.Out;
        Prose.Hang(writer, string.Empty, $"{ComparisonPage.Verdict(comparison)}.");
        if (comparison.SameTarget)
            Prose.Hang(writer, "Target  ", comparison.Runs[0].Target);
        else
            Prose.Hang(writer, string.Empty, "The runs have different targets: their figures say nothing of each other.");
        writer.WriteLine();
        int letter = comparison.Runs.Max(static run => run.Letter.Length) + 2;
        writer.WriteLine($"{string.Empty.PadRight(letter)}{"Method",-MethodWidth}{"Honest",9}{"95 % interval",15}{"Oracle",9}{"Source only",13}{"Time",12}".TrimEnd());
        foreach (ComparedRun run in comparison.Runs)
        {
            string interval = run.Honest is { } honest ? string.Create(CultureInfo.InvariantCulture, $"{100 * honest.Low:0.0}–{100 * honest.High:0.0}") : "–";
            writer.WriteLine(
                $"{run.Letter.PadRight(letter)}{Cut(run.Method, MethodWidth - 1),-MethodWidth}{Share(run.Honest?.Accuracy),9}{interval,15}{Share(run.Oracle?.Accuracy),9}{Share(run.SourceOnly?.Accuracy),13}{Numbers.Duration(run.Seconds),12}");
        }

        writer.WriteLine();
        foreach (ComparedRun run in comparison.Runs)
            Prose.Hang(writer, run.Letter.PadRight(letter), comparison.SameTarget ? run.Folder : $"{run.Folder} → {run.Target}");
        writer.WriteLine();
        Prose.Hang(writer, string.Empty, "Honest: by the protocol in each run's result.json. Oracle: the best checkpoint by the target's own labels, which can't be known in earnest.");
        writer.WriteLine();
        Differences(comparison, writer);
        if (classes)
            Classes(comparison, writer);
    }

    private static void Differences(Comparison comparison, TextWriter writer)
    {
        if (comparison.Differences.Count == 0)
        {
            writer.WriteLine("Nothing else differs: the runs are made of the same.");
            return;
        }

        writer.WriteLine("What differs");
        foreach (Difference difference in comparison.Differences)
        {
            IEnumerable<string> values = difference.Values.Select((value, i) => (Value: value ?? "–", comparison.Runs[i].Letter))
                .GroupBy(static pair => pair.Value).Select(static same => $"{same.Key} ({string.Join(", ", same.Select(static pair => pair.Letter))})");
            Prose.Hang(writer, $"  {difference.Name.PadRight(NameWidth)} ", string.Join(" · ", values));
        }
    }

    /// <summary>As many runs as fit beside each other, then the next.</summary>
    private static void Classes(Comparison comparison, TextWriter writer)
    {
        int[][] blocks = [.. Enumerable.Range(0, comparison.Runs.Count).Chunk((Screen.WidestTable - NameWidth) / CellWidth)];
        ClassShares[] known = [.. comparison.Classes.Where(static shares => shares.Right.Any(static share => share is not null))];
        foreach (int[] block in known.Length == 0 ? [] : blocks)
        {
            writer.WriteLine();
            writer.WriteLine($"{"Right, in %",-NameWidth}{string.Concat(block.Select(run => comparison.Runs[run].Letter.PadLeft(CellWidth)))}");
            foreach (ClassShares shares in known)
            {
                writer.WriteLine($"{Cut(shares.Class, NameWidth - 1),-NameWidth}{string.Concat(block.Select(run =>
                    (shares.Right[run] is { } share ? (100 * share).ToString("0.0", CultureInfo.InvariantCulture) : "–").PadLeft(CellWidth)))}");
            }
        }

        if (known.Length == 0)
            writer.WriteLine("\nNo run has labels for scoring: there is nothing to say of classes.");
    }

    private static string Share(double? share) => share is { } known ? Numbers.Percent(known) : "–";

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
