using System.Diagnostics;
using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Bench.Pretrained;
using Acclimate.Torch;

// What pretrained networks cost: features beside a bare PyTorch loop, a frozen front computed once or each step, pictures from files.
//
//   Pretrained features [--rounds N]   ResNet-50 at 224 × 224, beside PyTorch, in turns
//   Pretrained front                   ten epochs of a linear probe and of the last stage, with the front computed once and each step
//   Pretrained parts                   where a step of last-stage fine-tuning goes, and so what sparing the front can gain at most
//   Pretrained files                   decoding, preparing and computing JPEG files (ACCLIMATE_DATA with pacs)
string[] parts = [.. args.Where(static a => a is "features" or "front" or "parts" or "files")];
int roundsAt = Array.IndexOf(args, "--rounds");
int rounds = roundsAt < 0 ? 3 : int.Parse(args[roundsAt + 1], CultureInfo.InvariantCulture);
Console.WriteLine(FormattableString.Invariant($"libtorch {Engine.Version}, {Engine.Threads} threads"));
if (parts.Length == 0 || parts.Contains("features"))
    FeatureSpeed.Measure(rounds);
if (parts.Length == 0 || parts.Contains("front"))
    FrontSpeed.Measure();
if (parts.Length == 0 || parts.Contains("parts"))
    StepParts.Measure();
if (parts.Length == 0 || parts.Contains("files"))
    FileSpeed.Measure();

namespace Acclimate.Bench.Pretrained
{
    /// <summary>ResNet-50's features beside a bare PyTorch loop.</summary>
    internal static class FeatureSpeed
    {
        private const int Batch = 16, Batches = 3;

        public static void Measure(int rounds)
        {
            using Process peer = Process.Start(new ProcessStartInfo(
                Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3",
                [Path.Combine(AppContext.BaseDirectory, "peer.py"), $"{Engine.Threads}", $"{Batch}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { ["OMP_NUM_THREADS"] = $"{Engine.Threads}" },
            })!;
            using Generator generator = new(0);
            using Backbone network = Networks.Build("resnet50", [3, 224, 224], generator);
            using Tensor pictures = Tensor.Uniform([Batch, 3, 224, 224], generator);
            network.Eval();
            network.Freeze();
            Console.WriteLine("\n| ResNet-50 features, 224 × 224 | Acclimate, images/s | PyTorch | ratio | range |\n| --- | ---: | ---: | ---: | ---: |");
            foreach ((string name, ScalarType type) in ((string, ScalarType)[])[("float32", ScalarType.Float32), ("bf16", ScalarType.BFloat16)])
            {
                List<(double Ours, double Theirs)> times = [];
                for (int round = 0; round <= rounds; round++)
                {
                    double ours = Ours(network, pictures, type);
                    peer.StandardInput.WriteLine($"{name} {Batches}");
                    peer.StandardInput.Flush();
                    double theirs = double.Parse(peer.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
                    if (round > 0)
                        times.Add((ours, theirs));
                }

                double[] ratios = [.. times.Select(static t => t.Theirs / t.Ours).Order()];
                double images = Batch * Batches;
                Console.WriteLine(FormattableString.Invariant(
                    $"| {name} | {images / Median(times.Select(static t => t.Ours)):F1} | {images / Median(times.Select(static t => t.Theirs)):F1} | {Median(ratios):F2} | {ratios[0]:F2}–{ratios[^1]:F2} |"));
            }

            peer.StandardInput.Close();
        }

        public static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }

        private static double Ours(Backbone network, Tensor pictures, ScalarType type)
        {
            using NoGrad noGrad = NoGrad.Begin();
            using Autocast half = Autocast.Begin(type);
            network.Forward(pictures).Dispose();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batches; i++)
                network.Forward(pictures).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
