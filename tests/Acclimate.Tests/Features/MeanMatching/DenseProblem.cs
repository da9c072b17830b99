using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

/// <summary>
/// The papers' formulas word by word, for small data: K, H and M as n × n matrices made by loops, eigenproblems by Cholesky
/// and back; nothing that knows of low rank.
/// </summary>
internal static class DenseProblem
{
    /// <summary>K, so that embedded samples are KᵀW: [p, n]. Xᵀ in the primal.</summary>
    public static Tensor Kernel(KernelChoice kernel, double gamma, Tensor x) => kernel switch
    {
        KernelChoice.Primal => x.T,
        KernelChoice.Linear => x.MatMul(x.T),
        _ => (-gamma * (x.Unsqueeze(1) - x.Unsqueeze(0)).Square().Sum(2)).Exp(),
    };

    /// <summary>H = I − 11ᵀ/n.</summary>
    public static Tensor Centring(long n) => Eye(n) - (1.0 / n);

    /// <summary>I.</summary>
    public static Tensor Eye(long n) => Tensor.Eye(n, ScalarType.Float64);

    /// <summary>M = marginal·M₀ + conditional·Σ_c M_c, entry by entry; <paramref name="weigh"/> as W-BDA weighs classes.</summary>
    public static Tensor Mmd(int[] source, int[]? pseudo, int targetCount, int classes, double marginal, double conditional = 1, bool weigh = false)
    {
        int ns = source.Length, n = ns + targetCount;
        double[] m = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                m[(i * n) + j] = marginal * Entry(i, 1.0 / ns, 1.0 / targetCount) * Entry(j, 1.0 / ns, 1.0 / targetCount);
                for (int c = 0; pseudo is not null && c < classes; c++)
                {
                    double inSource = source.Count(l => l == c), inTarget = pseudo.Count(l => l == c);
                    if (inSource == 0 || inTarget == 0 || Label(i) != c || Label(j) != c)
                        continue;
                    double s = (weigh ? Math.Sqrt(inSource / ns) : 1) / inSource, t = (weigh ? Math.Sqrt(inTarget / targetCount) : 1) / inTarget;
                    m[(i * n) + j] += conditional * Entry(i, s, t) * Entry(j, s, t);
                }
            }
        }

        return Tensor.From(m, n, n);

        double Entry(int i, double ofSource, double ofTarget) => i < ns ? ofSource : -ofTarget;
        int Label(int i) => i < ns ? source[i] : pseudo![i - ns];
    }

    /// <summary>The k eigenvectors of Bv = θSv with the largest θ, the largest first, of length 1; S positive definite.</summary>
    public static (Tensor W, Tensor Theta) Largest(Tensor b, Tensor s, int k)
    {
        Tensor l = s.Cholesky();
        Tensor inner = l.Solve(l.Solve(b).T);
        (Tensor values, Tensor u) = ((inner + inner.T) / 2).SymmetricEigen();
        long n = b.Size(0);
        Tensor w = l.T.Solve(u.Slice(1, n - k, n).Flip(1));
        return (w / w.Norm(0, keep: true), values.Slice(0, n - k, n).Flip(0));
    }

    /// <summary>S_w of labelled columns, class by class.</summary>
    public static Tensor Within(Tensor columns, int[] labels)
    {
        Tensor sum = Tensor.Zeros([columns.Size(0), columns.Size(0)], ScalarType.Float64);
        foreach (IGrouping<int, int> members in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
        {
            Tensor x = columns.IndexSelect(1, Tensor.From<long>([.. members.Select(static i => (long)i)]));
            sum += x.MatMul(Centring(x.Size(1))).MatMul(x.T);
        }

        return sum;
    }

    /// <summary>S_b of labelled columns: what is left of the scatter about the mean of all.</summary>
    public static Tensor Between(Tensor columns, int[] labels) =>
        columns.MatMul(Centring(columns.Size(1))).MatMul(columns.T) - Within(columns, labels);

    /// <summary>Rows of unit length.</summary>
    public static Tensor UnitRows(Tensor z) => z / z.Norm(1, keep: true);

    /// <summary>The label of each row's nearest.</summary>
    public static int[] Nearest(Tensor from, int[] labels, Tensor to)
    {
        long[] nearest = (to.Unsqueeze(1) - from.Unsqueeze(0)).Square().Sum(2).ArgMin(1).ToArray<long>();
        return [.. nearest.Select(i => labels[i])];
    }

    /// <summary>JDA's rounds, on any S and B: embeds, classifies, begins again.</summary>
    /// <returns>The embedded samples of the last round, their rows of unit length.</returns>
    public static Tensor Rounds(FeatureData data, Tensor k, Tensor b, int dimensions, int rounds, Func<int[]?, Tensor> s)
    {
        int[]? pseudo = null;
        Tensor z = k;
        for (int round = 0; round < rounds; round++)
        {
            z = UnitRows(k.T.MatMul(Largest(b, s(pseudo), dimensions).W));
            pseudo = Nearest(z.Slice(0, 0, data.SourceCount), data.SourceLabels, z.Slice(0, data.SourceCount, z.Size(0)));
        }

        return z;
    }

    /// <summary>Eigenvectors have a sign of their own: compares the embedded samples' inner products, which don't.</summary>
    public static void AssertSame(Tensor expected, Tensor actual, double tolerance)
    {
        Tensor gram = expected.MatMul(expected.T);
        double error = (actual.MatMul(actual.T) - gram).Norm().ToDouble() / gram.Norm().ToDouble();
        Assert.True(error <= tolerance, $"relative difference {error}");
    }
}
