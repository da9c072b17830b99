using Acclimate.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Data.Corruptions;

/// <summary>What each corruption does, on values from 0 to 1. The numbers for the severities 1 to 5 are CIFAR-10-C's.</summary>
internal static class Corruptions
{
    private static readonly double[] NoiseDeviation = [0.04, 0.06, 0.08, 0.09, 0.10];
    private static readonly double[] BlurRadius = [0.4, 0.6, 0.7, 0.8, 1.0];
    private static readonly (double Strength, double Decay)[] FogAmount = [(0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)];
    private static readonly double[] ContrastLeft = [0.75, 0.5, 0.4, 0.3, 0.15];
    private static readonly int[] JpegQuality = [80, 65, 58, 50, 40];

    /// <summary>x + N(0, σ²).</summary>
    public static Tensor Noise(Tensor x, int severity, Generator generator) => x + (Tensor.Normal(x.Shape, generator) * NoiseDeviation[severity - 1]);

    /// <summary>x ∗ G_σ, cut off at four deviations, edges repeated.</summary>
    public static Tensor Blur(Tensor x, int severity)
    {
        double deviation = BlurRadius[severity - 1];
        int radius = (int)Math.Ceiling(4 * deviation);
        double[] bell = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(at => Math.Exp(-at * at / (2 * deviation * deviation)))];
        Tensor kernel = Tensor.From(Array.ConvertAll(bell, value => (float)(value / bell.Sum())));
        Tensor padded = Torch.Native.Operator.Get("aten::replication_pad2d").Call(x, (long[])[radius, radius, radius, radius]).Unsqueeze(1);
        Tensor across = Functional.Conv2d(padded, kernel.Reshape(1, 1, 1, -1));
        return Functional.Conv2d(across, kernel.Reshape(1, 1, -1, 1)).Squeeze(1);
    }

    /// <summary>(x + cP)·max x/(max x + c), P a plasma cloud from 0 to 1.</summary>
    public static Tensor Fog(Tensor x, int severity, Generator generator)
    {
        (double strength, double decay) = FogAmount[severity - 1];
        long height = x.Size(1), width = x.Size(2);
        Tensor cloud = Plasma(Math.Max(height, width), decay, generator).Slice(0, 0, height).Slice(1, 0, width);
        double brightest = x.Max().ToDouble();
        return (x + (cloud * strength)) * (brightest / (brightest + strength));
    }

    /// <summary>(x − mean)·c + mean, each channel by itself.</summary>
    public static Tensor Contrast(Tensor x, int severity)
    {
        Tensor mean = x.Mean([1, 2], keep: true);
        return ((x - mean) * ContrastLeft[severity - 1]) + mean;
    }

    /// <summary>The picture as JPEG brings it back.</summary>
    public static Tensor Jpeg(Tensor picture, int severity) =>
        ImageCodec.Decode(ImageCodec.Encode(picture, ImageFormat.Jpeg, JpegQuality[severity - 1]), "a compressed picture", (int)picture.Size(0));

    /// <summary>
    /// A random cloud by midpoints (Fournier, Fussell, Carpenter, CACM 1982): each halving of the step adds noise that is smaller by the decay;
    /// the edges meet. From 0 to 1.
    /// </summary>
    private static Tensor Plasma(long least, double decay, Generator generator)
    {
        int side = 1;
        while (side < least)
            side *= 2;
        double[] draws = Tensor.Uniform([2, side, side], generator, -1, 1, ScalarType.Float64).ToArray<double>();
        double[,] cloud = new double[side, side];
        double wobble = 1;
        for (int step = side; step >= 2; step /= 2, wobble /= decay)
        {
            int half = step / 2;
            for (int row = 0; row < side; row += step)
            {
                for (int column = 0; column < side; column += step)
                    cloud[row + half, column + half] = Mean(row, column, (0, 0), (0, step), (step, 0), (step, step)) + Draw(0, row, column);
            }

            for (int row = 0; row < side; row += step)
            {
                for (int column = 0; column < side; column += step)
                {
                    cloud[row, column + half] = Mean(row, column + half, (-half, 0), (half, 0), (0, -half), (0, half)) + Draw(1, row, column + half);
                    cloud[row + half, column] = Mean(row + half, column, (-half, 0), (half, 0), (0, -half), (0, half)) + Draw(1, row + half, column);
                }
            }
        }

        double[] values = [.. cloud.Cast<double>()];
        double low = values.Min(), high = Math.Max(values.Max(), low + double.Epsilon);
        return Tensor.From(Array.ConvertAll(values, value => (float)((value - low) / (high - low))), side, side);

        double Draw(int kind, int row, int column) => wobble * draws[(((kind * side) + row) * side) + column];

        double Mean(int row, int column, params ReadOnlySpan<(int Down, int Right)> corners)
        {
            double sum = 0;
            foreach ((int down, int right) in corners)
                sum += cloud[(row + down + side) % side, (column + right + side) % side];
            return sum / corners.Length;
        }
    }
}
