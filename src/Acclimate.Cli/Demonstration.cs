using System.Text.Json;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Runs;
using Acclimate.Selection;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli;

/// <summary>What the demo came to, kept as <c>demo.json</c>.</summary>
/// <param name="SourceOnly">The plain classifier's accuracy on the target, seed by seed.</param>
/// <param name="Dan">DAN's.</param>
/// <param name="ADistanceBefore">The domains' A-distance in the source-only features: mean over the seeds.</param>
/// <param name="ADistanceAfter">The same in DAN's.</param>
/// <param name="MmdBefore">MMD² in the source-only features.</param>
/// <param name="MmdAfter">The same in DAN's.</param>
/// <param name="Seconds">All the training's time.</param>
internal sealed record DemoReport(
    double[] SourceOnly, double[] Dan, double ADistanceBefore, double ADistanceAfter, double MmdBefore, double MmdAfter, double Seconds)
{
    /// <summary>Where it is kept; there only once the demo is complete.</summary>
    public static string In(string folder) => Path.Combine(folder, "demo.json");
}

/// <summary>The main job on generated digits: three seeds of source-only and of DAN, each an ordinary run.</summary>
internal sealed class Demonstration(string folder, long steps, int seeds, Screen screen, bool toError, CancellationToken cancellation)
{
    public const string Source = "generated:digits-clean";
    public const string Target = "generated:digits-wild";

    /// <summary>Trains what is not yet trained, and measures.</summary>
    public DemoReport Run()
    {
        using Domain source = Domain.Open(Source), target = Domain.Open(Target);
        List<RunResult> results = [];
        (List<double> distances, List<double> mmds) = ([], []);
        foreach (string method in (string[])["source-only", "dan"])
        {
            for (int seed = 0; seed < seeds; seed++)
            {
                RunFolder run = new(Path.Combine(folder, $"{method}-{seed}"));
                results.Add(Train(method, seed, run));
                using TransferModel model = TransferModel.Load(run.Model);
                using Domain someSource = DomainShift.Some(source), someTarget = DomainShift.Some(target);
                using Tensor from = model.Features(someSource, cancellation), to = model.Features(someTarget, cancellation);
                DomainShift seen = DomainShift.OfFeatures(from, to);
                distances.Add(seen.ADistance.Value);
                mmds.Add(seen.Mmd.Mmd);
            }
        }

        double[] accuracies = [.. results.Select(r => r.Honest!.Accuracy)];
        DemoReport report = new(
            accuracies[..seeds], accuracies[seeds..],
            distances.Take(seeds).Average(), distances.Skip(seeds).Average(), mmds.Take(seeds).Average(), mmds.Skip(seeds).Average(),
            results.Sum(r => r.Seconds));
        AtomicFile.Write(DemoReport.In(folder), stream => JsonSerializer.Serialize(stream, report, Screen.JsonOptions));
        return report;
    }

    private RunResult Train(string method, int seed, RunFolder run)
    {
        RunConfig config = new() { Source = Source, Target = Target, Method = method, Steps = steps, Seed = seed };
        using RunProgressView view = new(screen, $"{method}, seed {seed}", toError);
        if (!File.Exists(run.Config))
            return TransferRun.Start(config, run, view.Report, cancellation);
        if (run.Open().Steps != steps)
            throw new UsageException($"{folder} holds an unfinished demo of {run.Open().Steps} steps: name another folder with --out");
        return TransferRun.Resume(run, view.Report, cancellation);
    }

    /// <summary>The table: accuracies in percent with their spread over the seeds, and what the features say.</summary>
    public static void Write(DemoReport report, Screen screen)
    {
        MeanAndDeviation plain = Percent(report.SourceOnly), dan = Percent(report.Dan);
        new Box($"Accuracy on the target, mean of {plain.Count} {(plain.Count == 1 ? "seed" : "seeds")}")
            .Row("source only", $"{plain} %")
            .Row("DAN (MK-MMD)", $"{dan} %", FormattableString.Invariant($"{dan.Mean - plain.Mean:+0.0;-0.0} points"))
            .Row("A-distance", $"{Numbers.Fixed(report.ADistanceBefore)} → {Numbers.Fixed(report.ADistanceAfter)}", "in the features, of 2")
            .Row("MMD²", $"{Numbers.Short(report.MmdBefore)} → {Numbers.Short(report.MmdAfter)}", "in the features")
            .Row("training", Numbers.Duration(report.Seconds))
            .Write(screen);
    }

    private static MeanAndDeviation Percent(double[] accuracies) => MeanAndDeviation.Of([.. accuracies.Select(a => 100 * a)]);
}
