using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests;

/// <summary>Small domains made up on the spot.</summary>
internal static class Toy
{
    public const int Classes = 3;

    /// <summary>Rows of features around one centre a class; the target's are moved.</summary>
    public static Domain Blobs(string name, int count, long seed, double shift = 0, int features = 6)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(static i => i % Classes)];
        Tensor centres = Tensor.Eye(Classes).Slice(0, 0, Classes) * 4;
        Tensor noise = Tensor.Normal([count, features], generator);
        Tensor means = Tensor.Concatenate([centres, Tensor.Zeros([Classes, features - Classes])], 1);
        Tensor samples = means.IndexSelect(0, Tensor.From([.. labels.Select(static l => (long)l)])) + noise + shift;
        return Domain.FromTensor(name, samples.Clone().LeaveScopes(), new Labels(["ant", "bee", "cat"], labels));
    }

    /// <summary>Grey pictures of 28×28, one bright band a class.</summary>
    public static Domain Bands(string name, int count, long seed, double brightness = 1)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(static i => i % Classes)];
        Tensor pictures = Tensor.Uniform([count, 1, 28, 28], generator, 0, 60);
        for (int i = 0; i < count; i++)
        {
            Tensor band = pictures[i, 0, (labels[i] * 9)..((labels[i] * 9) + 6)];
            band.AddInPlace(Tensor.Full([1], 150 * brightness));
        }

        return Domain.FromTensor(name, pictures.To(ScalarType.UInt8).LeaveScopes(), new Labels(["ant", "bee", "cat"], labels));
    }
}
