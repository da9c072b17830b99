using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>What <see cref="PermutationTest"/> found.</summary>
/// <param name="Mmd">The unbiased estimate of MMD², the mean over the kernels.</param>
/// <param name="PValue">
/// (1 + permutations whose estimate is at least as great) / (1 + permutations): the chance of so great an estimate, were
/// both samples from one distribution. Never below 1 / (1 + permutations).
/// </param>
/// <param name="Permutations">How many random divisions were compared with.</param>
/// <param name="SourceUsed">Source examples that the test used.</param>
/// <param name="TargetUsed">Target examples that the test used.</param>
/// <param name="IsSubsample">Whether that is fewer than were given.</param>
public sealed record PermutationTestResult(
    double Mmd, double PValue, int Permutations, int SourceUsed, int TargetUsed, bool IsSubsample);

/// <summary>
/// Whether two samples come from one distribution: the MMD two-sample test by permutation. The kernel matrix of the
/// pooled sample is made once; each permutation divides it anew. Gretton et al., JMLR 13, 2012.
/// </summary>
public sealed class PermutationTest
{
    /// <summary>Random divisions to compare with, 1 or more; 200 unless set, which resolves p down to 1/201.</summary>
    public int Permutations { get; init; } = 200;

    /// <summary>Examples of each domain used at most, 2 or more; 1,000 unless set. Of more, a random subset is drawn by the seed.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>What the permutations and subsets are drawn by; 0 unless set.</summary>
    public long Seed { get; init; }

    /// <summary>The kernels, weighed equally; one at the median of the squared distances (σ² their median) unless set.</summary>
    public GaussianKernels Kernels { get; init; } = GaussianKernels.AroundMedian(count: 1, reading: BandwidthReading.Variance);

    /// <summary>Tests two samples.</summary>
    /// <param name="source">[n, d], n ≥ 2, floating point.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or fewer than 2 rows; or an option is out of its range.</exception>
    public PermutationTestResult Run(Tensor source, Tensor target)
    {
        if (Permutations < 1 || Limit < 2)
            throw new ArgumentException($"a permutation test needs 1 permutation and a limit of 2 or more, but has {Permutations} and {Limit}");
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        (Tensor wholeX, Tensor wholeY) = Samples.Check(source, target, 2, "a permutation test");
        Tensor x = Subset(wholeX, 0), y = Subset(wholeY, 1);
        long n = x.Size(0), all = n + y.Size(0);
        Tensor divided = Divisions(n, all).To(x.Device);
        Tensor estimates = Estimates(KernelMatrix(x, y), divided, n, all);
        double[] values = estimates.ToArray<double>();

        // The divisions sum the same kernel values in other orders, so ties differ by rounding: about 1e-13 here.
        int asGreat = values.Skip(1).Count(value => value >= values[0] - 1e-12);
        return new PermutationTestResult(
            values[0], (1.0 + asGreat) / (1 + Permutations), Permutations, (int)n, (int)(all - n), n < wholeX.Size(0) || all - n < wholeY.Size(0));
    }

    /// <summary>The mean kernel of the pooled sample, float64, with an empty diagonal.</summary>
    private Tensor KernelMatrix(Tensor x, Tensor y)
    {
        Tensor squared = PairwiseDistances.SquaredWithin(Tensor.Concatenate([x, y]).To(ScalarType.Float64));
        Tensor matrix = squared.ZerosLike();
        foreach (double variance in Kernels.Variances(x, y))
        {
            using Tensor one = GaussianKernels.Evaluate(squared, variance);
            matrix.AddInPlace(one, 1.0 / Kernels.Count);
        }

        Operator.Get("aten::fill_diagonal_").Run(matrix, 0L);
        return matrix;
    }

    /// <summary>A column for each division, the given one first: 1 where an example counts as source.</summary>
    private Tensor Divisions(long n, long all)
    {
        Tensor divisions = Tensor.Zeros([all, Permutations + 1], ScalarType.Float64);
        using Tensor given = divisions.Slice(0, 0, n).Select(1, 0);
        given.FillInPlace(1);
        for (int b = 1; b <= Permutations; b++)
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator generator = new(Generator.Derive(Seed, 2, b));
            Tensor chosen = Tensor.Permutation(all, generator).Slice(0, 0, n);
            Operator.Get("aten::index_fill_.int_Scalar").Run(divisions.Select(1, b), 0, chosen, 1.0);
        }

        return divisions;
    }

    /// <summary>The unbiased MMD² of every division: sums over blocks come from one product with the matrix.</summary>
    private static Tensor Estimates(Tensor matrix, Tensor divisions, long n, long all)
    {
        double m = all - n;
        Tensor toSource = matrix.MatMul(divisions);
        Tensor within = (toSource * divisions).Sum(0);
        Tensor across = toSource.Sum(0) - within;
        Tensor other = matrix.Sum() - within - (across * 2);
        return (within / ((double)n * (n - 1))) + (other / (m * (m - 1))) - (across * (2 / (n * m)));
    }

    private Tensor Subset(Tensor sample, long domain)
    {
        if (sample.Size(0) <= Limit)
            return sample;
        using Generator generator = new(Generator.Derive(Seed, domain));
        using Tensor order = Tensor.Permutation(sample.Size(0), generator);
        using Tensor chosen = order.Slice(0, 0, Limit).To(sample.Device);
        return sample.IndexSelect(0, chosen);
    }
}
