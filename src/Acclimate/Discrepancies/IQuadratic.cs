using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>A positive semidefinite matrix Q, by what can be done with it.</summary>
internal interface IQuadratic
{
    /// <summary>Qx.</summary>
    /// <param name="x">[n].</param>
    Tensor Times(Tensor x);

    /// <summary>What solves (Q + diag(d))p = r; lives in the open scope.</summary>
    /// <param name="d">[n], above 0.</param>
    Func<Tensor, Tensor> Factor(Tensor d);
}

/// <summary>A matrix that is given as a whole, n² numbers.</summary>
/// <param name="matrix">Q: [n, n], float64.</param>
internal sealed class DenseQuadratic(Tensor matrix) : IQuadratic
{
    /// <summary>What is added to the diagonal, of its largest entry, so that a flat Q has a Cholesky factor in float64 too; solutions are refined without it.</summary>
    private const double Ridge = 1e-12;

    private readonly double ridge = Ridge * Math.Max(1, LargestOf(matrix));

    public Tensor Times(Tensor x) => matrix.MatMul(x);

    public Func<Tensor, Tensor> Factor(Tensor d)
    {
        Tensor whole = matrix.Clone();
        Operator.Get("aten::diagonal").Call(whole, 0L, 0L, 1L).AddInPlace(d + ridge);
        Tensor factor = whole.Cholesky();
        return Refinement.Of(r => Operator.Get("aten::cholesky_solve").Call(r.Unsqueeze(1), factor, false).Squeeze(1), x => Times(x) + (x * d));
    }

    private static double LargestOf(Tensor matrix)
    {
        using TensorScope scope = TensorScope.Begin();
        return matrix.Diagonal().Max().ToDouble();
    }
}

/// <summary>Q = ZZᵀ by its factor: n·r numbers, and Woodbury's formula (D + ZZᵀ)⁻¹ = D⁻¹ − D⁻¹Z(I + ZᵀD⁻¹Z)⁻¹ZᵀD⁻¹.</summary>
/// <param name="z">Z: [n, r], float64.</param>
internal sealed class LowRankQuadratic(Tensor z) : IQuadratic
{
    private const double Ridge = 1e-9;
    private const long Rows = 16384;

    public Tensor Times(Tensor x) => z.MatMul(z.T.MatMul(x));

    public Func<Tensor, Tensor> Factor(Tensor d)
    {
        Tensor eased = d + Ridge, inner = Tensor.Eye(z.Size(1), ScalarType.Float64);
        for (long start = 0; start < z.Size(0); start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            long end = Math.Min(start + Rows, z.Size(0));
            Tensor some = z.Slice(0, start, end);
            inner.AddInPlace(some.T.MatMul(some / eased.Slice(0, start, end).Unsqueeze(1)));
        }

        Tensor factor = inner.Cholesky();
        return Refinement.Of(
            r =>
            {
                Tensor alone = r / eased;
                Tensor shared = Operator.Get("aten::cholesky_solve").Call(z.T.MatMul(alone).Unsqueeze(1), factor, false).Squeeze(1);
                return alone - (z.MatMul(shared) / eased);
            },
            x => Times(x) + (x * d));
    }
}

/// <summary>Solutions brought nearer by solving for what they leave.</summary>
internal static class Refinement
{
    private const int Rounds = 2;

    public static Func<Tensor, Tensor> Of(Func<Tensor, Tensor> solve, Func<Tensor, Tensor> times) => r =>
    {
        Tensor x = solve(r), left = r - times(x);
        double size = left.Norm().ToDouble();
        for (int round = 0; round < Rounds && size > 0; round++)
        {
            Tensor next = x + solve(left), nextLeft = r - times(next);
            double nextSize = nextLeft.Norm().ToDouble();
            if (!(nextSize < size))
                break;
            (x, left, size) = (next, nextLeft, nextSize);
        }

        return x;
    };
}
