using System.Diagnostics;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Bench.Pretrained;

/// <summary>Ten epochs with the frozen front computed once, and at each step.</summary>
internal static class FrontSpeed
{
    private const int Batch = 32, Epochs = 10;

    public static void Measure()
    {
        Console.WriteLine("\n| ten epochs | samples | frozen | each step, s | once, s | ratio | largest difference of a parameter |\n| --- | ---: | --- | ---: | ---: | ---: | ---: |");
        foreach ((string backbone, long side, int count, string last) in ((string, long, int, string)[])[("cifar_resnet56", 32, 512, "layer2"), ("resnet18", 224, 128, "layer3")])
        {
            foreach (string freeze in (string[])["all", last])
            {
                (double slow, ClassifierNetwork one) = Train(backbone, side, count, freeze, FrontCache.Off);
                (double fast, ClassifierNetwork two) = Train(backbone, side, count, freeze, FrontCache.Memory);
                using (one)
                using (two)
                {
                    using TensorScope scope = TensorScope.Begin();
                    double off = one.NamedParameters().Zip(two.NamedParameters()).Max(static pair =>
                    {
                        using NoGrad noGrad = NoGrad.Begin();
                        return (pair.First.Value - pair.Second.Value).Abs().Max().ToDouble();
                    });
                    Console.WriteLine(FormattableString.Invariant($"| {backbone}, {side} × {side} | {count} | {(freeze == "all" ? "all: a linear probe" : $"up to {freeze}")} | {slow:F1} | {fast:F1} | **{slow / fast:F1}** | {off:0.0e0} |"));
                }
            }
        }
    }

    private static (double Seconds, ClassifierNetwork Network) Train(string backbone, long side, int count, string freeze, FrontCache cache)
    {
        using Generator pictures = new(1), first = new(0);
        using Domain domain = Domain.FromTensor(
            "pictures", Tensor.Normal([count, 3, side, side], pictures), new Labels(["a", "b", "c", "d"], [.. Enumerable.Range(0, count).Select(static i => i % 4)]));
        ClassifierNetwork network = new(new NetworkSpec(backbone, [3, side, side], 4), first);
        using SourceOnly objective = new();
        TrainerOptions options = new()
        {
            Steps = Epochs * count / Batch,
            BatchSize = Batch,
            LearningRate = 0.001,
            FineTuning = new FineTuning { Freeze = freeze },
            Cache = cache,
        };
        long start = Stopwatch.GetTimestamp();
        new Trainer(network, objective, options).Fit(domain, domain, Preprocessing.None);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, network);
    }
}
