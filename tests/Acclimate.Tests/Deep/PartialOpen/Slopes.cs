using Acclimate.Torch;

namespace Acclimate.Tests.Deep.PartialOpen;

/// <summary>Derivatives of a number by elements of a float64 tensor, by central differences.</summary>
internal static class Slopes
{
    private const double Width = 1e-5;

    /// <summary>
    /// Compares a gradient with central differences at a few elements spread over the tensor. The differences err by
    /// Width² times a third derivative of order 1, about 1e-10, and by 1e-16/Width = 1e-11 of rounding: 1e-7 holds both
    /// with room, and is far below the gradients' own size.
    /// </summary>
    public static void AssertEqual(Tensor at, double factor, Func<double> value, int count = 5)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] gradient = at.Grad!.ToArray<double>();
        Assert.Contains(gradient, static g => Math.Abs(g) > 1e-5);
        using NoGrad noGrad = NoGrad.Begin();
        Tensor flat = at.Detach().Reshape(-1);
        int[] largest = [.. Enumerable.Range(0, gradient.Length).OrderByDescending(i => Math.Abs(gradient[i])).Take(count)];
        foreach (int i in largest)
        {
            Tensor element = flat.Slice(0, i, i + 1);
            element.AddInPlace(Tensor.Full([1], Width, ScalarType.Float64));
            double above = value();
            element.AddInPlace(Tensor.Full([1], -2 * Width, ScalarType.Float64));
            double below = value();
            element.AddInPlace(Tensor.Full([1], Width, ScalarType.Float64));
            Assert.Equal(factor * (above - below) / (2 * Width), gradient[i], 1e-7);
        }
    }
}
