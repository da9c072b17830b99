using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>What pretrained weights are worth: few labelled pictures of a new task, and pictures of the same task made worse.</summary>
internal static class PretrainedTransfer
{
    private const string MobileNet = "weights_mobilenet/mobilenet_v1_025_224.safetensors";
    private const string CifarResNet = "weights_cifar10_resnet/resnet20-12fca82f.th";

    /// <summary>
    /// 10, 20 and 50 labelled pictures a class, other ones for each seed: P the photographs of PACS, scored on all its other
    /// photographs; C CIFAR-10, scored on 1,000 pictures of its test part. A MobileNetV1 (α = 0.25, ImageNet) at 128 × 128.
    /// In <c>distil</c> the same network starts from random numbers, as in <c>scratch</c>, and the fine-tuned one teaches it.
    /// </summary>
    public static BenchmarkSuite FewLabels { get; } = new(
        "few-labels",
        "Few labelled pictures, MobileNetV1 of ImageNet at 128 × 128",
        [
            .. from count in (int[])[10, 20, 50]
               select new BenchmarkTask($"P{count}", $"pacs/photo?take={count}&draw={BenchmarkTask.Seed}", string.Empty) { Test = $"pacs/photo?leave={count}&draw={BenchmarkTask.Seed}" },
            .. from count in (int[])[10, 20, 50]
               select new BenchmarkTask($"C{count}", $"cifar10?part=train&take={count}&draw={BenchmarkTask.Seed}", string.Empty) { Test = "cifar10?part=test" },
        ],
        [
            Row("scratch", "source-only", static run => run with { Weights = null }),
            Row("linear-probe", "source-only", static run => run with { Freeze = "all" }),
            Row("whole", "source-only"),
            Row("fine-tune", "fine-tune"),
            Row("gradual", "source-only", static run => run with { Gradual = true }),
            Row("lora", "source-only", static run => run with { Lora = 4 }),
            Row("adapters", "source-only", static run => run with { Adapters = 8 }),
            Row("l2-sp", "l2-sp"),
            Row("delta", "delta"),
            Row("bss", "bss"),
            Row("bi-tuning", "bi-tuning"),
            Row("distil", "distil", static run => run with { Weights = null }) with { Teacher = Row("fine-tune", "fine-tune") },
        ])
    {
        Training = new RunConfig { Backbone = "mobilenetv1-0.25", Weights = MobileNet, Size = 128, Steps = 300, BatchSize = 32, CheckpointSteps = 300 },
        Seeds = [0, 1, 2, 3, 4],
    };

    /// <summary>
    /// CIFAR-10 to the same made worse: a ResNet-20 that knows the clean pictures adapts to the worse training part without its labels, and is
    /// scored on the worse test part. Digits are severities.
    /// </summary>
    public static BenchmarkSuite Corrupted { get; } = new(
        "corrupted-cifar",
        "CIFAR-10 made worse, a pretrained ResNet-20",
        [
            .. from severity in Enumerable.Range(1, 5)
               from kind in (string[])["noise", "blur", "fog", "contrast", "jpeg"]
               select new BenchmarkTask($"{kind}{severity}", "cifar10?part=train", $"cifar10?part=train&corrupt={kind}:{severity}&draw={BenchmarkTask.Seed}") { Test = $"cifar10?part=test&corrupt={kind}:{severity}&draw={BenchmarkTask.Seed}" },
        ],
        [.. BenchmarkSuites.Among("source-only", "adabn", "tent", "dan", "dann", "shot")])
    {
        Training = new RunConfig { Backbone = "cifar_resnet20", Weights = CifarResNet, Steps = 200, BatchSize = 32, LearningRate = 0.001, CheckpointSteps = 200 },
        Seeds = [0, 1, 2],
    };

    private static BenchmarkRow Row(string name, string method, Func<RunConfig, RunConfig>? run = null) => new(name, method, "", "") { Run = run ?? (static config => config) };
}
