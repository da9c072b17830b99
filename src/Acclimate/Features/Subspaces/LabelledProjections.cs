using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>Projections that keep what tells labelled samples' classes apart.</summary>
internal static class LabelledProjections
{
    /// <summary>What is smaller, relative to what there was, is rounding.</summary>
    private const double Tolerance = 1e-10;

    /// <summary>The ridge of the within-class scatter, relative to its mean diagonal.</summary>
    private const double Ridge = 1e-3;

    /// <summary>
    /// The directions of partial least squares: each has the largest covariance with the classes that is left beside the
    /// ones before it (de Jong, "SIMPLS", Chemometrics and Intelligent Laboratory Systems 1993).
    /// </summary>
    /// <param name="samples">Z: [n, d].</param>
    /// <param name="classes">Y: [n, C], 1 where a sample has the class.</param>
    /// <param name="count">How many; fewer where nothing is left.</param>
    /// <returns>R: [d, k], unit columns.</returns>
    public static Tensor PartialLeastSquares(Tensor samples, Tensor classes, int count)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor z = samples - samples.Mean(0, keep: true);
        Tensor gram = z.T.MatMul(z), covariance = z.T.MatMul(classes - classes.Mean(0, keep: true));
        double all = covariance.Norm().ToDouble();
        List<Tensor> directions = [];
        Tensor? loadings = null;
        while (directions.Count < Math.Min(count, samples.Size(1)) && (directions.Count == 0 || covariance.Norm().ToDouble() > Tolerance * all))
        {
            (Tensor u, _, _) = covariance.Svd();
            Tensor r = u.Slice(1, 0, 1);
            directions.Add(r);

            // What the direction's scores explain of Z, beside the loadings before it, is taken out of the covariance.
            Tensor p = gram.MatMul(r);
            Tensor v = loadings is null ? p : p - loadings.MatMul(loadings.T.MatMul(p));
            v /= v.Norm().Clamp(low: double.Epsilon);
            loadings = loadings is null ? v : Tensor.Concatenate([loadings, v], 1);
            covariance -= v.MatMul(v.T.MatMul(covariance));
        }

        return scope.Keep(Tensor.Concatenate([.. directions], 1));
    }

    /// <summary>Fisher's discriminants: the largest between-class scatter under WᵀS_wW = I.</summary>
    /// <param name="samples">Z: [n, d].</param>
    /// <param name="classes">Y: [n, C], 1 where a sample has the class.</param>
    /// <returns>W: [d, k], k one less than there are classes with samples; 1 at least.</returns>
    public static Tensor Discriminants(Tensor samples, Tensor classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor z = samples - samples.Mean(0, keep: true), counts = classes.Sum(0).Unsqueeze(1);
        Tensor means = classes.T.MatMul(z) / counts.Clamp(low: 1), within = z - classes.MatMul(means);
        Tensor sw = within.T.MatMul(within);
        long d = samples.Size(1);
        double ridge = Math.Max(Ridge * sw.Diagonal().Mean().ToDouble(), double.Epsilon);
        (Tensor values, Tensor vectors) = (sw + (Tensor.Eye(d, ScalarType.Float64) * ridge)).SymmetricEigen();
        Tensor whiten = vectors * values.Rsqrt();
        Tensor between = means.MatMul(whiten) * counts.Sqrt();
        (_, _, Tensor vt) = between.Svd();
        long k = Math.Clamp((long)counts.GreaterThan(0).To(ScalarType.Float64).Sum().ToDouble() - 1, 1, vt.Size(0));
        return scope.Keep(whiten.MatMul(vt.Slice(0, 0, k).T));
    }
}
