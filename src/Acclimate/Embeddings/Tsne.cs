using System.Numerics;
using Acclimate.Torch;

namespace Acclimate.Embeddings;

/// <summary>What <see cref="Tsne"/> found.</summary>
/// <param name="Points">The samples' x and y: [n, 2], float64.</param>
/// <param name="Divergence">KL(P‖Q) = Σ pᵢⱼ ln(pᵢⱼ / qᵢⱼ) in nats: what of the neighbourhoods the plane could not keep.</param>
/// <param name="FirstDivergence">The same where it started from.</param>
public sealed record TsneResult(Tensor Points, double Divergence, double FirstDivergence);

/// <summary>
/// Exact t-SNE: points in the plane whose Student-t neighbourhoods qᵢⱼ ∝ 1 / (1 + ‖yᵢ − yⱼ‖²) come as near as they can to
/// the samples' own pᵢⱼ. Neighbours are kept; distances between groups, and the groups' sizes, mean nothing. Each iteration
/// takes n² steps, so it is for some thousand samples at most. Van der Maaten and Hinton, JMLR 9, 2008.
/// </summary>
/// <remarks>
/// Gradient descent on KL(P‖Q) with momentum and a gain for each coordinate, P exaggerated twelvefold for the first 250
/// iterations, from the principal plane at a standard deviation of 10⁻⁴, as is usual now (Kobak and Berens, Nature
/// Communications 10, 2019). Samples that are the same start apart by the seed's noise.
/// </remarks>
public sealed class Tsne
{
    private const int ExaggeratedIterations = 250;
    private const double Exaggeration = 12;
    private const double FirstDeviation = 1e-4;
    private const double LeastGain = 0.01;
    private const int IterationsPerLook = 25;

    /// <summary>How many neighbours a sample has, 1 or more; 30 unless set. No more than a third of the other samples are taken.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps of the descent, 1 or more; 750 unless set.</summary>
    public int Iterations { get; init; } = 750;

    /// <summary>What the noise at the start is drawn by; 0 unless set.</summary>
    public long Seed { get; init; }

    /// <summary>Embeds samples.</summary>
    /// <param name="samples">[n, d], n ≥ 1, floating point, finite.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="ArgumentException">No floating-point matrix with rows, a value that is not finite, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TsneResult Fit(Tensor samples, CancellationToken cancellation = default)
    {
        PrincipalPlane.Check(samples);
        if (!(Perplexity >= 1 && double.IsFinite(Perplexity)) || Iterations < 1)
            throw new ArgumentException($"t-SNE needs a perplexity and a number of iterations of 1 or more, but has {Perplexity} and {Iterations}");
        int n = (int)samples.Size(0);
        if (n < 3)
            return new TsneResult(PrincipalPlane.Of(samples), 0, 0);
        double[] p = NeighbourAffinities.Of(samples, Math.Clamp((n - 1) / 3.0, 1, Perplexity));
        double[][] y = Start(samples);
        double first = Divergence(p, y);
        Descend(p, y, cancellation);
        using TensorScope scope = TensorScope.Begin();
        Tensor points = Tensor.Stack([Tensor.From(y[0], n), Tensor.From(y[1], n)], 1);
        return new TsneResult(scope.Keep(points), Divergence(p, y), first);
    }

    /// <summary>KL(P‖Q) in nats.</summary>
    /// <param name="p">The samples' affinities, row by row.</param>
    /// <param name="y">The points: all x, then all y.</param>
    internal static double Divergence(double[] p, double[][] y)
    {
        int n = y[0].Length;
        (double total, double logs) = (0, 0);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                if (i == j)
                    continue;
                double dx = y[0][i] - y[0][j], dy = y[1][i] - y[1][j], near = 1 / (1 + (dx * dx) + (dy * dy)), affinity = p[(i * n) + j];
                total += near;
                logs += affinity > 0 ? affinity * Math.Log(affinity / near) : 0;
            }
        }

        return logs + Math.Log(total);
    }

    /// <summary>∂KL/∂yᵢ = 4 Σⱼ (s·pᵢⱼ − qᵢⱼ)(yᵢ − yⱼ) / (1 + ‖yᵢ − yⱼ‖²), s being the exaggeration: all x, then all y.</summary>
    internal static void Gradient(double[] p, double[][] y, double exaggeration, double[][] gradient)
    {
        int n = y[0].Length, width = Vector<double>.Count, whole = n - (n % width);
        ReadOnlySpan<double> xs = y[0], ys = y[1];
        double total = -n;
        double[][] apart = [new double[n], new double[n]];
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = p.AsSpan(i * n, n);
            Vector<double> x = new(xs[i]), v = new(ys[i]), sum = default, pullX = default, pullY = default, pushX = default, pushY = default;
            for (int j = 0; j < whole; j += width)
            {
                Vector<double> dx = x - new Vector<double>(xs[j..]), dy = v - new Vector<double>(ys[j..]);
                Vector<double> near = Vector<double>.One / (Vector<double>.One + (dx * dx) + (dy * dy)), pull = near * new Vector<double>(row[j..]), push = near * near;
                sum += near;
                pullX += pull * dx;
                pullY += pull * dy;
                pushX += push * dx;
                pushY += push * dy;
            }

            double s = Vector.Sum(sum), ax = Vector.Sum(pullX), ay = Vector.Sum(pullY), bx = Vector.Sum(pushX), by = Vector.Sum(pushY);
            for (int j = whole; j < n; j++)
            {
                double dx = xs[i] - xs[j], dy = ys[i] - ys[j], near = 1 / (1 + (dx * dx) + (dy * dy)), pull = near * row[j], push = near * near;
                (s, ax, ay, bx, by) = (s + near, ax + (pull * dx), ay + (pull * dy), bx + (push * dx), by + (push * dy));
            }

            total += s;
            (gradient[0][i], gradient[1][i], apart[0][i], apart[1][i]) = (ax, ay, bx, by);
        }

        for (int k = 0; k < 2; k++)
        {
            for (int i = 0; i < n; i++)
                gradient[k][i] = 4 * ((exaggeration * gradient[k][i]) - (apart[k][i] / total));
        }
    }

    /// <summary>The principal plane, small, with noise smaller still: all x, then all y.</summary>
    private double[][] Start(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(Generator.Derive(Seed, 0));
        Tensor plane = PrincipalPlane.Of(samples);
        double deviation = plane.Select(1, 0).StandardDeviation(0, unbiased: false).ToDouble();
        Tensor noise = Tensor.Normal([samples.Size(0), 2], generator, ScalarType.Float64) * (FirstDeviation / 100);
        Tensor start = (deviation > 0 ? plane * (FirstDeviation / deviation) : plane) + noise;
        return [start.Select(1, 0).Contiguous().ToArray<double>(), start.Select(1, 1).Contiguous().ToArray<double>()];
    }

    private void Descend(double[] p, double[][] y, CancellationToken cancellation)
    {
        int n = y[0].Length;
        double rate = Math.Max(n / Exaggeration / 4, 50);
        double[][] Fresh(double value) => [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Repeat(value, n).ToArray())];
        double[][] gradient = Fresh(0), moved = Fresh(0), gains = Fresh(1);
        int exaggeratedIterations = Math.Min(ExaggeratedIterations, Iterations / 3);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            if (iteration % IterationsPerLook == 0)
                cancellation.ThrowIfCancellationRequested();
            bool exaggerated = iteration < exaggeratedIterations;

            // What was gathered on the exaggerated surface would carry points past places on the other.
            if (iteration == exaggeratedIterations)
                (moved, gains) = (Fresh(0), Fresh(1));
            Gradient(p, y, exaggerated ? Exaggeration : 1, gradient);
            double momentum = exaggerated ? 0.5 : 0.8;
            for (int k = 0; k < 2; k++)
            {
                for (int i = 0; i < n; i++)
                {
                    double gain = gradient[k][i] * moved[k][i] < 0 ? gains[k][i] + 0.2 : gains[k][i] * 0.8;
                    gains[k][i] = Math.Max(gain, LeastGain);
                    moved[k][i] = (momentum * moved[k][i]) - (rate * gains[k][i] * gradient[k][i]);
                    y[k][i] += moved[k][i];
                }
            }
        }
    }
}
