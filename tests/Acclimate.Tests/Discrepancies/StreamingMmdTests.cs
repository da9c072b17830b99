using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class StreamingMmdTests
{
    private const double Variance = 8;

    [Fact]
    public void Estimate_ManySeeds_MeetsTheExactEstimateWithinItsFeatureError()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Domains(400, 300, shift: 0.4);
        double exact = MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, GaussianKernels.WithVariances(Variance)).ToArray<double>()[0];

        double[] standardised = [.. Enumerable.Range(0, 60).Select(seed =>
        {
            StreamedMmd found = Stream(x, y, 64, seed, frequencies: 256);
            return (found.Value - exact) / found.FeatureError;
        })];

        // Unbiased over the draw of frequencies, with the stated error: 60 standardised errors have mean 0 ± 1/√60 and
        // mean square 1 ± √(2/60); four of these deviations are allowed.
        Assert.InRange(standardised.Average(), -4 / Math.Sqrt(60), 4 / Math.Sqrt(60));
        Assert.InRange(standardised.Average(static z => z * z), 1 - (4 * Math.Sqrt(2.0 / 60)), 1 + (4 * Math.Sqrt(2.0 / 60)));
    }

    [Fact]
    public void Estimate_ManySamplesOfTheDomains_SpreadsByItsSamplingError()
    {
        using TensorScope scope = TensorScope.Begin();
        List<double> values = [], errors = [];
        for (int draw = 0; draw < 40; draw++)
        {
            (Tensor x, Tensor y) = Domains(1000, 1000, shift: 0.5, seed: 100 + draw);
            StreamedMmd found = Stream(x, y, 50, seed: 1, frequencies: 64);
            values.Add(found.Value);
            errors.Add(found.SamplingError!.Value);
        }

        // The spread of 40 values is known to 1/√80 = 11 %, the jackknife over 20 groups to 16 % each and biased upwards by
        // a few percent; within a factor of 1.6 they agree.
        double mean = values.Average(), spread = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        Assert.InRange(errors.Average() / spread, 1 / 1.6, 1.6);
    }

    [Fact]
    public void Estimate_OtherBatches_SameValue()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Domains(100, 90, shift: 1);
        double one = Stream(x, y, 100, seed: 3, frequencies: 32).Value, many = Stream(x, y, 7, seed: 3, frequencies: 32).Value;
        Assert.Equal(one, many, 1e-12);
    }

    [Fact]
    public void Estimate_EqualDomains_IsZeroWithinItsErrors()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Domains(2000, 2000, shift: 0);
        StreamedMmd found = Stream(x, y, 64, seed: 0, frequencies: 128);
        Assert.InRange(found.Value, -5 * (found.FeatureError + found.SamplingError!.Value), 5 * (found.FeatureError + found.SamplingError!.Value));
    }

    [Fact]
    public void Misuse_Refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingMmd(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingMmd(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingMmd(3, 1, frequencies: 1));
        using StreamingMmd mmd = new(3, 1);
        Assert.Throws<InvalidOperationException>(() => mmd.Estimate());
        using Tensor wide = Tensor.Ones([2, 4]);
        Assert.Contains("expected 3", Assert.Throws<ArgumentException>(() => mmd.AddSource(wide)).Message, StringComparison.Ordinal);
    }

    private static StreamedMmd Stream(Tensor x, Tensor y, int batch, long seed, int frequencies)
    {
        using StreamingMmd mmd = new(x.Size(1), Variance, frequencies, seed);
        for (long start = 0; start < x.Size(0); start += batch)
            mmd.AddSource(x.Slice(0, start, Math.Min(start + batch, x.Size(0))));
        for (long start = 0; start < y.Size(0); start += batch)
            mmd.AddTarget(y.Slice(0, start, Math.Min(start + batch, y.Size(0))));
        return mmd.Estimate();
    }

    private static (Tensor X, Tensor Y) Domains(int n, int m, double shift, long seed = 5)
    {
        using Generator generator = new(seed);
        return (Tensor.Normal([n, 4], generator, ScalarType.Float64), Tensor.Normal([m, 4], generator, ScalarType.Float64) + shift);
    }
}
