using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>An estimate of MMD² with what it is uncertain by, as standard errors.</summary>
/// <param name="Value">The unbiased estimate; it can be negative.</param>
/// <param name="FeatureError">How far it is from the exact estimate on the same samples, for want of more frequencies.</param>
/// <param name="SamplingError">How far that is from the domains' own MMD², for want of more samples; none of fewer than three groups of batches.</param>
public sealed record StreamedMmd(double Value, double FeatureError, double? SamplingError);

/// <summary>
/// MMD² of two domains of any size under a Gaussian kernel, in one pass over batches and with as much memory as a few
/// batches: the unbiased estimate over all pairs, from sums of random Fourier features (Rahimi and Recht, NIPS 2007; Zhao
/// and Meng, "FastMMD", Neural Computation 2015). Time grows with the number of samples times that of frequencies.
/// </summary>
/// <remarks>
/// For each frequency ω, with S = Σ exp(iωᵀx), the sum over pairs i ≠ j of cos ωᵀ(xᵢ − xⱼ) is |S|² − n, so that
/// u = (|S_x|² − n)/(n(n − 1)) + (|S_y|² − m)/(m(m − 1)) − 2 Re(S_x S̄_y)/(nm) costs no pairs. The estimate is the mean of u
/// over frequencies; its expectation over their draw is <see cref="MaximumMeanDiscrepancy.QuadraticUnbiased"/>. The
/// features' error is the standard error of that mean; the samples' is a jackknife over groups of batches.
/// </remarks>
public sealed class StreamingMmd : IDisposable
{
    private const int Groups = 20;

    private readonly Tensor frequencies;
    private readonly Sums source;
    private readonly Sums target;

    /// <summary>Draws the frequencies.</summary>
    /// <param name="features">d, 1 or more.</param>
    /// <param name="variance">σ² of the kernel exp(−‖x − y‖²/(2σ²)), positive and finite.</param>
    /// <param name="frequencies">How many frequencies, 2 or more.</param>
    /// <param name="seed">Where they are drawn from.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public StreamingMmd(long features, double variance, int frequencies = 512, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(frequencies, 2);
        if (!(variance > 0 && double.IsFinite(variance)))
            throw new ArgumentOutOfRangeException(nameof(variance), variance, "a kernel's variance must be positive and finite");
        using Generator generator = new(Generator.Derive(seed, 9100));
        this.frequencies = FourierFeatures.Frequencies(features, frequencies, 1 / (2 * variance), generator);
        this.frequencies.LeaveScopes();
        source = new Sums(frequencies);
        target = new Sums(frequencies);
    }

    /// <summary>Takes in a batch of the source. Batches in random order make the sampling error trustworthy.</summary>
    /// <param name="samples">[n, d], floating point.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void AddSource(Tensor samples) => Add(source, samples);

    /// <summary>Takes in a batch of the target.</summary>
    /// <param name="samples">[n, d], floating point.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void AddTarget(Tensor samples) => Add(target, samples);

    /// <summary>The estimate from what was taken in so far.</summary>
    /// <exception cref="InvalidOperationException">There are fewer than two samples of a domain.</exception>
    public StreamedMmd Estimate()
    {
        if (source.Count < 2 || target.Count < 2)
            throw new InvalidOperationException($"MMD needs two samples or more of each domain, but there are {source.Count} and {target.Count}");
        double[] u = PerFrequency(null);
        double mean = u.Average(), spread = u.Sum(value => (value - mean) * (value - mean));
        double featureError = Math.Sqrt(spread / (u.Length - 1) / u.Length);

        // The jackknife: what the estimate would be without each group, and how much these vary.
        double[] without = [.. Enumerable.Range(0, Groups).Where(CanSpare).Select(group => PerFrequency(group).Average())];
        double? samplingError = without.Length < 3
            ? null
            : Math.Sqrt((without.Length - 1.0) / without.Length * without.Sum(value => (value - without.Average()) * (value - without.Average())));
        return new StreamedMmd(mean, featureError, samplingError);
    }

    /// <inheritdoc/>
    public void Dispose() => frequencies.Dispose();

    private void Add(Sums sums, Tensor samples)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Samples.Check(samples, nameof(samples), 1, "MMD").To(ScalarType.Float64);
        if (x.Size(1) != frequencies.Size(0))
            throw new ArgumentException($"the samples have {x.Size(1)} features; expected {frequencies.Size(0)}", nameof(samples));

        // Evaluate divides by √m, as an inner product wants it; a sum of waves does not.
        double[] waves = (FourierFeatures.Evaluate(x, frequencies).Sum(0) * Math.Sqrt(frequencies.Size(1))).ToArray<double>();
        sums.Add(waves, x.Size(0));
    }

    private bool CanSpare(int group) =>
        (source.CountOf(group) > 0 || target.CountOf(group) > 0) && source.Count - source.CountOf(group) > 1 && target.Count - target.CountOf(group) > 1;

    private double[] PerFrequency(int? without)
    {
        (double[] x, double n) = source.Total(without);
        (double[] y, double m) = target.Total(without);
        int count = x.Length / 2;
        double[] u = new double[count];
        for (int j = 0; j < count; j++)
        {
            double within = ((Square(x[j]) + Square(x[count + j]) - n) / (n * (n - 1))) + ((Square(y[j]) + Square(y[count + j]) - m) / (m * (m - 1)));
            u[j] = within - (2 * ((x[j] * y[j]) + (x[count + j] * y[count + j])) / (n * m));
        }

        return u;

        static double Square(double value) => value * value;
    }

    /// <summary>Sums of one domain's cosines and sines, group by group.</summary>
    private sealed class Sums(int frequencies)
    {
        private readonly double[][] waves = [.. Enumerable.Range(0, Groups).Select(_ => new double[2 * frequencies])];
        private readonly long[] counts = new long[Groups];
        private int next;

        public long Count => counts.Sum();

        public long CountOf(int group) => counts[group];

        public void Add(double[] batch, long samples)
        {
            double[] group = waves[next];
            for (int j = 0; j < batch.Length; j++)
                group[j] += batch[j];
            counts[next] += samples;
            next = (next + 1) % Groups;
        }

        public (double[] Waves, double Count) Total(int? without)
        {
            double[] total = new double[2 * frequencies];
            for (int group = 0; group < Groups; group++)
            {
                for (int j = 0; group != without && j < total.Length; j++)
                    total[j] += waves[group][j];
            }

            return (total, Count - (without is { } left ? counts[left] : 0));
        }
    }
}
