using System.Globalization;
using System.Text;
using Acclimate.Discrepancies;
using Acclimate.Reports;
using Acclimate.Runs;
using Acclimate.Selection;

namespace Acclimate.Tests.Reports;

/// <summary>Reports made up on the spot, and small runs to be reported.</summary>
internal static class Samples
{
    /// <summary>What a page must survive as the name of a class.</summary>
    public const string Hostile = "<script>alert('x')</script> & \"quoted\" \u0001 \uD800 ünïcödé";

    /// <summary>A complete report of a deep run, with everything that a report may have.</summary>
    public static ReportContents Contents(bool labelled = true, int classes = 12)
    {
        string[] names = [Hostile, .. Enumerable.Range(1, classes - 1).Select(static c => $"class-{c}-with-a-name-that-is-rather-long")];
        long[][] confusion = [.. Enumerable.Range(0, classes).Select(truth => Enumerable.Range(0, classes).Select(said => said == truth ? 20L + truth : (truth + said) % 4).ToArray())];
        RunConfig config = new() { Source = "photos/studio", Target = "photos/phone", Threads = 2, Precision = "float32" };
        RunResult result = new()
        {
            Method = "dan",
            Options = new Dictionary<string, string> { ["lambda"] = "1" },
            Source = config.Source,
            Target = "a/very/long/path/" + new string('x', 120) + "/phone",
            Seed = 0,
            Steps = 2000,
            Precision = "float32",
            Threads = 2,
            Seconds = 83,
            Versions = new Dictionary<string, string> { ["acclimate"] = "0.1.0", ["libtorch"] = "1.13.0" },
            Classes = names,
            Honest = labelled ? new Score(0.721, 0.70, 0.74, 0.71, 1000) { MacroRecall = 0.715 } : null,
            Oracle = labelled ? new Oracle(0.744, 1500) : null,
            Confusion = labelled ? confusion : null,
        };
        return new ReportContents("runs/phone", config, result)
        {
            Curves =
            [
                new Curve("task", [.. Enumerable.Range(1, 200).Select(static i => new CurvePoint(10 * i, 3.0 / i))]),
                new Curve("mmd", [.. Enumerable.Range(1, 200).Select(static i => new CurvePoint(10 * i, 0.1 + Math.Sin(i)))]),
                .. labelled ? [new Curve(Curve.Score, [new(500, 0.6), new(1000, 0.7), new(1500, 0.744), new(2000, 0.721)])] : Array.Empty<Curve>(),
            ],
            Samples = (2310, 874),
            Spaces = new Spaces(
                [.. Enumerable.Range(0, 60).Select(i => i % classes)], [.. Enumerable.Range(0, 40).Select(i => i % classes)], labelled,
                Seen("the pictures, as the network is given them, made small", 1.97), Seen("the features that the model's classifier sees", 1.31)),
        };
    }

    /// <summary>What a guard may have said.</summary>
    public static GuardReport Guard(bool labelled) => new()
    {
        Verdict = "Kept the adapted model, hedged with the source model (weight 0.20): one of three checks prefers it.",
        Hedged = true,
        Rule = "original-space",
        Weights = [new GuardWeight("source", "baseline", 0.2), new GuardWeight("dan", Hostile, 0.5), .. Enumerable.Range(0, 10).Select(static i => new GuardWeight($"pool-{i}", "pool", 0.03))],
        Evidence =
        [
            new GuardEvidence("knn", "kNN consistency", 0.48, 0.61), new GuardEvidence("snd", "Soft neighbourhood density", 0.5, 0.4),
            new GuardEvidence("dev", "Deep embedded validation", null, 1), new GuardEvidence("bnm", "Nuclear norm", 1, 1),
        ],
        Shift = new GuardShift(false, 0.04, [.. Enumerable.Repeat(1 / 12.0, 12)]),
        Agreement = labelled ? 0.97 : null,
        Notes = ["a note"],
        Source = labelled ? new Score(0.55, 0.52, 0.58, 0.5, 1000) : null,
        Bare = labelled ? new Score(0.73, 0.70, 0.76, 0.7, 1000) : null,
    };

    /// <summary>A table of three blobs as CSV.</summary>
    public static string Table(string path, int count, int seed, double shift, string[] classes, bool labelled = true)
    {
        StringBuilder text = new(labelled ? "f0,f1,f2,f3,label\n" : "f0,f1,f2,f3\n");
        Random noise = new(seed);
        for (int i = 0; i < count; i++)
        {
            int c = i % classes.Length;
            double[] row = [.. Enumerable.Range(0, 4).Select(f => (f == c ? 4 : 0) + shift + noise.NextDouble())];
            text.Append(string.Join(',', row.Select(static value => value.ToString("0.####", CultureInfo.InvariantCulture))));
            text.Append(labelled ? $",\"{classes[c].Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n" : "\n");
        }

        File.WriteAllText(path, text.ToString());
        return path;
    }

    private static Space Seen(string what, double distance)
    {
        double[] places = [.. Enumerable.Range(0, 100).Select(static i => Math.Cos(i * 1.7) * i)], others = [.. Enumerable.Range(0, 100).Select(static i => Math.Sin(i * 1.7) * i)];
        return new Space(
            what, 256, new Points(places, others), new Points(others, places),
            new DomainShift(new ProxyADistanceResult(distance, 0.1, 0.01, 60, 40, false), new PermutationTestResult(0.2, 1 / 201.0, 200, 60, 40, false)));
    }
}
