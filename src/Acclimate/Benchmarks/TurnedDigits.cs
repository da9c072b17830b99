using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Benchmarks;

/// <summary>Handwritten digits, each turned by an angle drawn uniformly from ±45°, which is what is to be told from the pixels.</summary>
internal static class TurnedDigits
{
    private const double Most = 45;

    /// <summary>Draws digits of a domain, each at most once, and turns them.</summary>
    /// <param name="digits">Grey pictures.</param>
    /// <param name="filled">The middle part of a picture's side that digits fill, of 1: what is cut out.</param>
    /// <param name="count">How many.</param>
    /// <param name="side">The side of the turned pictures.</param>
    /// <param name="seed">Where chance starts from.</param>
    /// <param name="cancellation">Stops before the work.</param>
    /// <returns>[count, side²], float64, brought to 0 … 1; and the angles in degrees.</returns>
    public static (Tensor Samples, double[] Degrees) Draw(Domain digits, double filled, int count, int side, long seed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        int[] rows = Array.ConvertAll(Tensor.Permutation(digits.Count, generator).Slice(0, 0, count).ToArray<long>(), static row => (int)row);
        double[] degrees = Tensor.Uniform([count], generator, -Most, Most, ScalarType.Float64).ToArray<double>();
        using Domain drawn = digits.Take(rows);
        Tensor pixels = FeatureData.Rows(drawn, Preprocessing.None);
        long from = (long)Math.Round(Math.Sqrt(pixels.Size(1)));
        Tensor pictures = (pixels / Math.Max(1, pixels.Max().ToDouble())).Reshape(count, 1, from, from);

        // Where each pixel of the turned picture comes from: (x, y) ↦ filled · R(θ)(x, y), in units of half the side.
        double[] theta = [.. degrees.SelectMany(degree => Turn(degree * Math.PI / 180, filled))];
        Tensor grid = Operator.Get("aten::affine_grid_generator").Call(Tensor.From(theta, count, 2, 3), (long[])[count, 1, side, side], false);
        Tensor turned = Operator.Get("aten::grid_sampler").Call(pictures, grid, 0L, 0L, false);
        return (scope.Keep(turned.Reshape(count, side * side)), degrees);
    }

    private static double[] Turn(double angle, double filled) =>
        [filled * Math.Cos(angle), -filled * Math.Sin(angle), 0, filled * Math.Sin(angle), filled * Math.Cos(angle), 0];
}
