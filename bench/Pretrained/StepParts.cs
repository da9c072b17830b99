using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Bench.Pretrained;

/// <summary>
/// Where a step of last-stage fine-tuning goes, on CIFAR's ResNet-56 in batches of 32: processor time on one thread, the least of many rounds for
/// each part, in turns, so that other work on the machine does not count. What a frozen front spares is its own forward pass and nothing else.
/// </summary>
internal static class StepParts
{
    private const int Batch = 32, Stages = 3, Rounds = 25;

    public static void Measure()
    {
        int threads = Engine.Threads;
        Engine.Threads = 1;
        foreach (ScalarType type in Engine.HasBfloat16 ? (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16] : [ScalarType.Float32])
            Measure(type);
        Engine.Threads = threads;
    }

    private static void Measure(ScalarType type)
    {
        using Generator generator = new(0);
        using Backbone network = Networks.Build("cifar_resnet56", [3, 32, 32], generator);
        network.Train();
        for (int stage = 0; stage < Stages; stage++)
        {
            foreach ((_, Module module) in network.StageModules(stage))
                module.Freeze();
        }

        using Tensor pictures = Tensor.Normal([Batch, 3, 32, 32], generator), features = Tensor.Normal([Batch, 32, 16, 16], generator), last = features.ChannelsLast(), maps = Maps(generator);
        using Conv2d convolution = new(64, 64, 3, generator, padding: 1, bias: false);
        using BatchNorm2d norm = new(64);
        using Sgd sgd = new(network, 0, momentum: 0.9, weightDecay: 5e-4);
        (string Name, Action Work)[] parts =
        [
            ("the frozen front, forward", () => { using NoGrad noGrad = NoGrad.Begin(); network.Outputs(pictures, ["layer2"])[0].Dispose(); }),
            ("the last stage, forward", () => network.Forward(features, Stages)),
            ("the last stage, forward and backward", () => Backward(network.Forward(features, Stages))),
            ("the same, from features in channels-last", () => Backward(network.Forward(last, Stages))),
            ("its convolutions alone (18 of 64 × 64 maps), forward and backward", () => Repeat(convolution.Forward)),
            ("its batch norms alone", () => Repeat(norm.Forward)),
            ("the optimizer", sgd.Step),
        ];
        double[] least = [.. parts.Select(static _ => double.PositiveInfinity)];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                using TensorScope scope = TensorScope.Begin();
                using Autocast half = Autocast.Begin(type);
                TimeSpan start = Environment.CpuUsage.TotalTime;
                parts[i].Work();
                least[i] = Math.Min(least[i], (Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
            }
        }

        Console.WriteLine(FormattableString.Invariant($"\n| a step of ResNet-56's last stage, batches of {Batch}, {type} | ms |\n| --- | ---: |"));
        for (int i = 0; i < parts.Length; i++)
            Console.WriteLine(FormattableString.Invariant($"| {parts[i].Name} | {least[i]:F1} |"));
        double step = Math.Min(least[2], least[3]) + least[^1];
        Console.WriteLine(FormattableString.Invariant($"| **the most that sparing the front can gain**: (front + last stage + optimizer) / (last stage + optimizer) | **{(step + least[0]) / step:F2}** |"));

        void Repeat(Func<Tensor, Tensor> layer)
        {
            for (int i = 0; i < 18; i++)
            {
                using Tensor alone = maps.Detach();
                Backward(layer(alone.WithGrad()));
            }
        }
    }

    private static Tensor Maps(Generator generator)
    {
        using Tensor drawn = Tensor.Normal([Batch, 64, 8, 8], generator);
        return drawn.ChannelsLast();
    }

    private static void Backward(Tensor output) => output.Sum().Backward();
}
