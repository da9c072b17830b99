using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Shared;

/// <summary>
/// The largest eigenpairs of diag(d) − YYᵀ for a thin Y: what is left of an eigenproblem once the part that never changes is
/// diagonal. Most of d is far below the wanted eigenvalues and takes part only through Y.
/// </summary>
/// <remarks>
/// <para>Split d into its m largest entries and a tail within [0, τ]. An eigenvector with eigenvalue θ > τ has the tail
/// (D − θ)⁻¹Yc for some c, and 1/(θ − t) on [0, τ] is a polynomial of degree p − 1 in t but for an error of ρ⁻ᵖ, where
/// ρ = z + √(z² − 1), z = 2θ/τ − 1 (Chebyshev). So it lies in the span of the m unit vectors and of p blocks Tⱼ(D)Y, in
/// which a Rayleigh–Ritz step finds it. The smallest θ wanted is known beforehand to be at least the (k + rank Y)-th
/// entry of d (Weyl), and m and p are those that make the step smallest.</para>
/// <para>The pairs' residuals are looked at, and where one is more than rounding the whole matrix is decomposed, as it is
/// where the step would not be much smaller.</para>
/// </remarks>
internal static class DiagonalLessLowRank
{
    /// <summary>What the polynomials may be off by, relative.</summary>
    private const double Precision = 1e-15;

    /// <summary>The residual, relative to the largest entry, up to which a pair counts as exact.</summary>
    private const double Rounding = 1e-13;

    /// <summary>The share of the whole problem's size from which on the step is not worth its while.</summary>
    private const double Worthwhile = 0.75;

    /// <summary>The k largest eigenvalues, descending, and their eigenvectors as columns.</summary>
    /// <param name="d">[r], ascending, 0 or more.</param>
    /// <param name="y">Y: [r, c].</param>
    /// <param name="count">k, at most r.</param>
    public static (Tensor Values, Tensor Vectors) Largest(Tensor d, Tensor y, int count)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor Values, Tensor Vectors)? found = Projected(d, y, count);
        (Tensor values, Tensor vectors) = found ?? Top(d.Diagonal() - y.MatMul(y.T), count);
        return (scope.Keep(values), scope.Keep(vectors));
    }

    private static (Tensor Values, Tensor Vectors)? Projected(Tensor d, Tensor y, int count)
    {
        double[] entries = d.ToArray<double>();
        int r = entries.Length, c = (int)y.Size(1);
        (int m, int p) = Smallest(entries, c, count);
        if (m + (c * p) > Worthwhile * r)
            return null;

        // T₀Y, T₁Y, … by Chebyshev's recurrence on the tail, brought to [−1, 1]; then an orthonormal basis of them.
        long split = r - m;
        Tensor tail = d.Slice(0, 0, split), low = y.Slice(0, 0, split), head = y.Slice(0, split, r);
        Tensor t = ((tail * (2 / entries[split - 1])) - 1).Unsqueeze(1);
        List<Tensor> blocks = [low, t * low];
        while (blocks.Count < p)
            blocks.Add((t * blocks[^1] * 2) - blocks[^2]);
        Tensor q = Operator.Get("aten::linalg_qr").CallMany(Tensor.Concatenate([.. blocks], 1), "reduced")[0];

        Tensor qy = q.T.MatMul(low), cross = -head.MatMul(qy.T);
        Tensor ritz = Tensor.Concatenate([
            Tensor.Concatenate([d.Slice(0, split, r).Diagonal() - head.MatMul(head.T), cross], 1),
            Tensor.Concatenate([cross.T, q.T.MatMul(tail.Unsqueeze(1) * q) - qy.MatMul(qy.T)], 1),
        ]);
        (Tensor values, Tensor small) = Top(ritz, count);
        Tensor vectors = Tensor.Concatenate([q.MatMul(small.Slice(0, m, small.Size(0))), small.Slice(0, 0, m)]);
        Tensor residual = (d.Unsqueeze(1) * vectors) - y.MatMul(y.T.MatMul(vectors)) - (vectors * values);
        return residual.Norm(0).Max().ToDouble() <= Rounding * entries[^1] ? (values, vectors) : null;
    }

    /// <summary>The m and p with the smallest m + cp.</summary>
    private static (int Entries, int Degree) Smallest(double[] ascending, int c, int count)
    {
        int r = ascending.Length;
        (int Entries, int Degree) best = (r, 0);
        if (count + c >= r)
            return best;
        double theta = ascending[r - count - c];
        for (int m = count + c; m < r; m++)
        {
            double z = (2 * theta / Math.Max(ascending[r - m - 1], double.Epsilon)) - 1;
            if (!(z > 1))
                continue;

            // Where entries are equal but for rounding, z is so near to 1 that p has no end: more than a whole number holds.
            double p = Math.Max(2, Math.Ceiling(-Math.Log(Precision) / Math.Log(z + Math.Sqrt((z * z) - 1))));
            if (c * p <= r - m && m + (c * p) < best.Entries + (c * best.Degree))
                best = (m, (int)p);
        }

        return best;
    }

    /// <summary>The k largest eigenpairs of any symmetric matrix, descending.</summary>
    public static (Tensor Values, Tensor Vectors) Top(Tensor matrix, int count)
    {
        (Tensor values, Tensor vectors) = ((matrix + matrix.T) / 2).SymmetricEigen();
        long r = matrix.Size(0);
        return (values.Slice(0, r - count, r).Flip(0), vectors.Slice(1, r - count, r).Flip(1));
    }
}
