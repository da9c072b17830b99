using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Features;

/// <summary>Small pairs of domains made up on the spot, in the open scope.</summary>
internal static class ToyFeatures
{
    /// <summary>Three classes around centres of their own; the target is moved and stretched.</summary>
    public static FeatureData Shifted(int sourceCount, int targetCount, int features, long seed, double shift = 1)
    {
        using Generator generator = new(seed);
        Tensor centres = Tensor.Normal([3, features], generator, ScalarType.Float64) * 3;
        int[] source = Classes(sourceCount), target = Classes(targetCount);
        Tensor x = Samples(centres, source, generator);
        Tensor y = (Samples(centres, target, generator) * 1.3) + shift;
        return new FeatureData(x, source, 3, y);
    }

    /// <summary>The target's true classes in <see cref="Shifted"/>.</summary>
    public static int[] Classes(int count) => [.. Enumerable.Range(0, count).Select(static i => i % 3)];

    private static Tensor Samples(Tensor centres, int[] labels, Generator generator) =>
        centres.IndexSelect(0, Tensor.From<long>([.. labels.Select(static l => (long)l)]))
        + Tensor.Normal([labels.Length, centres.Size(1)], generator, ScalarType.Float64);
}
