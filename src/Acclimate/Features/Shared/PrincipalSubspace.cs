using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>The directions in which one domain varies most: a point on the Grassmann manifold, with the variances along it.</summary>
/// <param name="Basis">P: [d, k], orthonormal columns, the strongest first.</param>
/// <param name="Variances">The variances along them: [k], descending, above 0 unless the domain has no variance at all.</param>
/// <param name="Certificate">What the eigenvectors can show for themselves.</param>
internal sealed record PrincipalSubspace(Tensor Basis, Tensor Variances, Certificate Certificate)
{
    /// <summary>Variances that are smaller, relative to the largest, are rounding.</summary>
    private const double RankTolerance = 1e-12;

    /// <summary>The principal subspace of a domain.</summary>
    /// <param name="moments">The domain's.</param>
    /// <param name="dimensions">k; fewer where the domain varies in fewer directions, for the others would be arbitrary; 1 at least.</param>
    public static PrincipalSubspace Of(Moments moments, int dimensions)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor covariance = moments.Covariance();
        (Tensor values, Tensor vectors) = covariance.SymmetricEigen();
        double[] all = values.ToArray<double>();
        double largest = Math.Max(all[^1], 0);
        long d = all.Length, k = Math.Clamp(all.Count(value => value > largest * RankTolerance), 1, Math.Min(dimensions, d));
        Tensor basis = vectors.Slice(1, d - k, d).Flip(1), variances = values.Slice(0, d - k, d).Flip(0).Clamp(low: 0);
        Certificate certificate = new()
        {
            EigenResidual = (covariance.MatMul(basis) - (basis * variances)).Norm(0).Max().ToDouble() / Math.Max(largest, double.Epsilon),
            ConstraintError = Grassmann.ConstraintError(basis),
        };
        return new PrincipalSubspace(scope.Keep(basis), scope.Keep(variances), certificate);
    }

    /// <summary>The principal subspaces of two domains, of as many dimensions as both have.</summary>
    /// <param name="source">The source's moments.</param>
    /// <param name="target">The target's.</param>
    /// <param name="dimensions">k, at most.</param>
    public static (PrincipalSubspace Source, PrincipalSubspace Target) OfBoth(Moments source, Moments target, int dimensions)
    {
        PrincipalSubspace one = Of(source, dimensions), two = Of(target, dimensions);
        long k = Math.Min(one.Variances.Size(0), two.Variances.Size(0));
        return (one.First(k), two.First(k));
    }

    private PrincipalSubspace First(long k) => this with { Basis = Basis.Slice(1, 0, k), Variances = Variances.Slice(0, 0, k) };
}
