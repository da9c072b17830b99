using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// The Tucker subspace of samples that are tensors: orthonormal U^(k), one for each mode but the samples', that hold the
/// most of ‖X‖² in X ×₁ U^(1) ×₂ U^(2) …, by higher-order orthogonal iteration (De Lathauwer, De Moor, Vandewalle, SIAM J.
/// Matrix Anal. Appl. 2000).
/// </summary>
internal static class TuckerSubspace
{
    private const int Sweeps = 20;
    private const double Tolerance = 1e-8;

    /// <summary>The subspace.</summary>
    /// <param name="samples">X: [n, n₁, n₂, …].</param>
    /// <param name="ranks">r_k, at most n_k.</param>
    /// <param name="start">Where to start from; none starts with each mode by itself.</param>
    /// <returns>U^(k): [n_k, r_k].</returns>
    public static Tensor[] Of(Tensor samples, long[] ranks, Tensor[]? start = null)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor?[] u = start is null ? new Tensor?[ranks.Length] : [.. start];
        double held = 0;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double before = held;
            for (int k = 0; k < u.Length; k++)
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor x = Unfold(MultilinearMap.Multiply(samples, [.. u.Select((factor, mode) => mode == k ? null : factor)]), k);
                (Tensor values, Tensor vectors) = x.T.MatMul(x).SymmetricEigen();
                long size = vectors.Size(0);
                held = values.Slice(0, size - ranks[k], size).Sum().ToDouble();
                u[k] = scope.Keep(vectors.Slice(1, size - ranks[k], size).Flip(1));
            }

            // One mode's eigenvectors are the answer at once; more modes settle against each other.
            if (u.Length == 1 || held - before <= Tolerance * held)
                break;
        }

        Tensor[] found = [.. u.Select(static factor => factor!)];
        foreach (Tensor factor in found)
            all.Keep(factor);
        return found;
    }

    /// <summary>X ×₁ U^(1)U^(1)ᵀ ×₂ …: the nearest to X in the subspace.</summary>
    public static Tensor Project(Tensor samples, Tensor[] u)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor core = MultilinearMap.Multiply(samples, u);
        return scope.Keep(MultilinearMap.Multiply(core, [.. u.Select(static factor => factor.T)]));
    }

    /// <summary>X's mode k as columns: [everything else, n_k].</summary>
    public static Tensor Unfold(Tensor samples, int mode)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(samples.Transpose(mode + 1, -1).Flatten(0, -2).Contiguous());
    }
}
