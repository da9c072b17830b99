using System.Globalization;
using Acclimate.Training;
using Spectre.Console;

namespace Acclimate.Cli.Rendering;

/// <summary>The terms of the loss while it is trained: each one's latest value, its mean over the last steps, its weight and its course so far.</summary>
internal sealed class TermsTable
{
    private const int Most = 8;
    private const int Buckets = 16;

    /// <summary>How much of the running mean each step replaces.</summary>
    private const double Fresh = 0.05;

    private const string Strokes = "▁▂▃▄▅▆▇█";

    private readonly Dictionary<string, Term> terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Now, double? Before)> said = new(StringComparer.Ordinal);
    private string stage = string.Empty;
    private double learningRate;

    /// <summary>Takes a step in.</summary>
    public void Add(StepReport step)
    {
        (stage, learningRate) = (step.Stage, step.LearningRate);
        int bucket = (int)Math.Clamp((step.Step - 1) * Buckets / Math.Max(step.Steps, 1), 0, Buckets - 1);
        foreach ((string name, double value) in step.Terms)
        {
            if (!terms.TryGetValue(name, out Term? term))
                terms[name] = term = new Term();
            term.Add(value, step.Weights.TryGetValue(name, out double weight) ? weight : null, bucket);
        }
    }

    /// <summary>Takes in what validators say at a checkpoint.</summary>
    public void Add(IReadOnlyDictionary<string, double> validators)
    {
        foreach ((string name, double score) in validators)
            said[name] = said.TryGetValue(name, out (double Now, double? Before) known) ? (score, known.Now) : (score, null);
    }

    /// <summary>The table's lines, 80 columns at most.</summary>
    public IReadOnlyList<string> Lines()
    {
        if (terms.Count == 0)
            return [];
        Table table = new() { Border = TableBorder.None };
        table.AddColumn(new TableColumn("  term").Width(22).NoWrap());
        foreach (string column in (string[])["now", "mean", "weight"])
            table.AddColumn(new TableColumn(column).RightAligned().Width(9));
        table.AddColumn(new TableColumn("course").NoWrap());
        foreach ((string name, Term term) in terms.Take(Most))
        {
            table.AddRow(
                new Text($"  {(name.Length <= 20 ? name : name[..19] + "…")}"), new Text(Numbers.Short(term.Now)), new Text(Numbers.Short(term.Mean)),
                new Text(term.Weight is { } weight ? Numbers.Short(weight) : string.Empty), new Text(term.Course()));
        }

        using StringWriter output = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = Screen.WidestTable - 1;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        string[] lines = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd())];
        string more = terms.Count > Most ? $" · {terms.Count - Most} further terms" : string.Empty;
        string judged = string.Join(" · ", said.Select(static one => $"{one.Key} {Numbers.Short(one.Value.Now)}{Direction(one.Value)}"));
        if (judged.Length > 0)
            lines = [.. lines, $"  without labels, more is better: {judged}"];
        return [.. lines, $"  learning rate {Numbers.Short(learningRate)}{(stage.Length > 0 ? $" · stage {stage}" : string.Empty)}{more}"];
    }

    /// <summary>Which way a validator went since the checkpoint before.</summary>
    private static string Direction((double Now, double? Before) said) =>
        said.Before is not { } before || before == said.Now ? string.Empty : said.Now > before ? " ▲" : " ▼";

    /// <summary>One term.</summary>
    private sealed class Term
    {
        private readonly double[] sums = new double[Buckets];
        private readonly int[] counts = new int[Buckets];

        public double Now { get; private set; } = double.NaN;

        public double Mean { get; private set; } = double.NaN;

        public double? Weight { get; private set; }

        public void Add(double value, double? weight, int bucket)
        {
            Mean = double.IsNaN(Mean) ? value : Mean + (Fresh * (value - Mean));
            (Now, Weight) = (value, weight);
            sums[bucket] += value;
            counts[bucket]++;
        }

        /// <summary>A stroke for each part of the way, from the lowest to the highest so far.</summary>
        public string Course()
        {
            double[] means = [.. Enumerable.Range(0, Buckets).Where(b => counts[b] > 0).Select(b => sums[b] / counts[b])];
            double low = means.Where(double.IsFinite).DefaultIfEmpty().Min(), high = means.Where(double.IsFinite).DefaultIfEmpty().Max();
            return string.Concat(means.Select(mean => !double.IsFinite(mean) ? '!'
                : Strokes[high > low ? (int)Math.Round((mean - low) / (high - low) * (Strokes.Length - 1)) : 0]));
        }
    }
}
