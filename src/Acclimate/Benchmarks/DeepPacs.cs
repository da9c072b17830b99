using Acclimate.Catalog;
using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>PACS from photographs: P photo, A art_painting, C cartoon, S sketch, scored on the samples that were adapted to.</summary>
internal static class DeepPacs
{
    private static IReadOnlyList<BenchmarkTask> Tasks { get; } = BenchmarkSuites.Tasks("P>A P>C P>S", static letter => $"pacs/{letter switch
    {
        "P" => "photo",
        "A" => "art_painting",
        "C" => "cartoon",
        _ => "sketch",
    }}");

    /// <summary>A ResNet-18 without pretraining at 64 × 64; few steps and rows, as each takes minutes on two cores.</summary>
    public static BenchmarkSuite FromScratch { get; } = new(
        "pacs-deep",
        "PACS from photographs, ResNet-18 from scratch at 64 × 64",
        Tasks,
        [.. BenchmarkSuites.Among("source-only", "dan", "dann", "cdan", "mcc")])
    {
        Training = new RunConfig { Backbone = "resnet18", Size = 64, Augment = true, Steps = 300, BatchSize = 32, CheckpointSteps = 100 },
        Seeds = [0, 1, 2],
    };

    /// <summary>A perceptron on the features of a MobileNetV1 (α = 0.25, ImageNet).</summary>
    public static BenchmarkSuite OnFeatures { get; } = new(
        "pacs-features",
        "PACS from photographs, features of a pretrained MobileNetV1",
        Tasks,
        [.. BenchmarkSuites.Deep(ClassSets.Same)])
    {
        Training = new RunConfig { Backbone = "mlp", Steps = 2000, BatchSize = 64, CheckpointSteps = 500 },
        Features = "weights_mobilenet/mobilenet_v1_025_224.safetensors",
        Seeds = [0, 1, 2],
    };
}
