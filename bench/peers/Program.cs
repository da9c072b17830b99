using System.Diagnostics;
using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Bench.Peers;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

// Training of deep methods beside the loop that a competent user of PyTorch writes for them (peer.py), on the same
// libtorch and threads. The two programs take turns, round by round.
//
//   Peers [CASE …] [--rounds N] [--ours]   images per second, beside the peer's; --ours leaves the peer out
//   Peers --memory [STEPS]                  resident memory after 500 steps and at the end
const int batch = 64;
if (args is ["--memory", ..])
{
    Memory.Measure(args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : 10_000);
    return;
}

int roundsAt = Array.IndexOf(args, "--rounds");
int rounds = roundsAt < 0 ? 5 : int.Parse(args[roundsAt + 1], CultureInfo.InvariantCulture);
bool alone = args.Contains("--ours");
string[] wanted = [.. args.Where((a, i) => !a.StartsWith("--", StringComparison.Ordinal) && (roundsAt < 0 || i != roundsAt + 1))];

ScalarType auto = Engine.HasBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
Case[] all =
[
    new("LeNet, DAN", "lenet", "dan", "lenet/dan", ScalarType.Float32, Warm: 10, Steps: 60),
    new("LeNet, DAN, peer by a Gram matrix", "lenet", "dan", "lenet/dan-gram", ScalarType.Float32, Warm: 10, Steps: 60),
    new("LeNet, DANN", "lenet", "dann", "lenet/dann", ScalarType.Float32, Warm: 10, Steps: 60),
    new("ResNet-18, source-only", "resnet18", "source-only", "resnet18/source-only", ScalarType.Float32, Warm: 1, Steps: 4),
    new("ResNet-18, DANN", "resnet18", "dann", "resnet18/dann", ScalarType.Float32, Warm: 1, Steps: 3),
    new("ResNet-18, source-only, auto", "resnet18", "source-only", "resnet18/source-only", auto, Warm: 1, Steps: 4),
    new("ResNet-18, DANN, auto", "resnet18", "dann", "resnet18/dann", auto, Warm: 1, Steps: 3),
];
Case[] cases = wanted.Length == 0 ? all : [.. all.Where(c => wanted.Any(w => c.Name.Contains(w, StringComparison.OrdinalIgnoreCase)))];

using Process? peer = alone ? null : Process.Start(new ProcessStartInfo(
    Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3",
    [Path.Combine(AppContext.BaseDirectory, "peer.py"), $"{Engine.Threads}", $"{batch}"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
    Environment = { ["OMP_NUM_THREADS"] = $"{Engine.Threads}" },
})!;

Console.WriteLine(FormattableString.Invariant(
    $"libtorch {Engine.Version}, {Engine.Threads} threads, batches of {batch} + {batch}, {rounds} rounds in turns; auto is {auto}\n"));
Console.WriteLine("Images per second: medians of the rounds. Ratio: median of the rounds' own; range: least to greatest. By processor time: the same of the seconds");
Console.WriteLine("that both programs' threads used, which other work on the machine touches less.\n");
Console.WriteLine("| training | Acclimate | PyTorch (float32) | ratio | range | processor ms a step | PyTorch's | ratio by processor time |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
foreach (Case one in cases)
{
    List<Time> ours = [], theirs = [];
    for (int round = 0; round <= rounds; round++)
    {
        Time a = Ours.Train(one, batch);
        Time b = peer is null ? a : Ask(peer, one);
        if (round > 0)
        {
            ours.Add(a);
            theirs.Add(b);
        }
    }

    double images = (one.Method == "source-only" ? 1 : 2) * batch * one.Steps;
    double Milliseconds(List<Time> times) => 1000 * Median(times.Select(static t => t.Processor)) / one.Steps;
    double[] ratios = [.. ours.Zip(theirs, static (a, b) => b.Seconds / a.Seconds).Order()];
    Console.WriteLine(FormattableString.Invariant(
        $"| {one.Name} | {images / Median(ours.Select(static t => t.Seconds)):F0} | {images / Median(theirs.Select(static t => t.Seconds)):F0} | **{Median(ratios):F2}** | {ratios[0]:F2}–{ratios[^1]:F2} | {Milliseconds(ours):F1} | {Milliseconds(theirs):F1} | {Median(ours.Zip(theirs, static (a, b) => b.Processor / a.Processor)):F2} |"));
}

peer?.StandardInput.Close();

static Time Ask(Process peer, Case one)
{
    peer.StandardInput.WriteLine($"{one.Peer} {one.Warm} {one.Steps}");
    peer.StandardInput.Flush();
    string[] words = (peer.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer has ended")).Split(' ');
    return new Time(double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}

namespace Acclimate.Bench.Peers
{
    /// <summary>What is trained.</summary>
    internal sealed record Case(string Name, string Backbone, string Method, string Peer, ScalarType Precision, int Warm, int Steps);

    /// <summary>What it took: seconds on the clock, and seconds of processor over all threads.</summary>
    internal readonly record struct Time(double Seconds, double Processor);

    /// <summary>Acclimate's half: the trainer on tensors in memory.</summary>
    internal static class Ours
    {
        public static Time Train(Case one, int batch)
        {
            long[] shape = one.Backbone == "lenet" ? [1, 28, 28] : [3, 64, 64];
            using Domain source = Pictures("source", shape, 1), target = Pictures("target", shape, 2);
            using Generator generator = new(0);
            using ClassifierNetwork network = new(new NetworkSpec(one.Backbone, shape, 10), generator);
            using Objective objective = (Objective)MethodCatalog.Find(one.Method).Create();
            TrainerOptions options = new() { Steps = one.Warm + one.Steps, BatchSize = batch, Precision = one.Precision };
            (long Clock, TimeSpan Processor) start = default, end = default;
            new Trainer(network, objective, options).Fit(source, target, Preprocessing.None, progress: report =>
            {
                if (report.Step == one.Warm)
                    start = Now();
                if (report.Step == report.Steps)
                    end = Now();
            });
            return new Time(Stopwatch.GetElapsedTime(start.Clock, end.Clock).TotalSeconds, (end.Processor - start.Processor).TotalSeconds);
        }

        public static Domain Pictures(string name, long[] shape, long seed)
        {
            const int count = 1024;
            using Generator generator = new(seed);
            return Domain.FromTensor(
                name, Tensor.Normal([count, .. shape], generator), new Labels([.. Enumerable.Range(0, 10).Select(static c => $"{c}")], [.. Enumerable.Range(0, count).Select(static i => i % 10)]));
        }

        private static (long, TimeSpan) Now() => (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    }
}
