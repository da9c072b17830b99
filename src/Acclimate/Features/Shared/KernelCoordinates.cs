using System.Globalization;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>What a method's linear maps work on.</summary>
public enum KernelChoice
{
    /// <summary>The features themselves; the penalty is on the projection W.</summary>
    Primal,

    /// <summary>The linear kernel; the penalty is on the samples' coefficients, as in the papers' kernel form.</summary>
    Linear,

    /// <summary>The Gaussian kernel exp(−γ‖x − y‖²).</summary>
    Rbf,
}

/// <summary>
/// Coordinates in which a kernel method is its own primal. With K = PκPᵀ over the pooled samples, the coefficients α = Pa
/// and the coordinates z(x) = k(x, X)P: then Kα = Za, ‖α‖ = ‖a‖, and every KMK, KHK or KLK becomes ZᵀMZ, ZᵀHZ or ZᵀLZ,
/// r × r. A new sample has coordinates like any other. A linear kernel needs no n × n matrix: with XᵀX = Vσ²Vᵀ, z(x) = xVσ.
/// </summary>
/// <remarks>
/// Above <see cref="Limit"/> samples the Gaussian kernel goes through Nyström's approximation on landmarks drawn at random
/// (Williams and Seeger, NIPS 2000): k(x, y) ≈ φ(x)·φ(y), φ(x) = k(x, L) k(L, L)^−½, which is a linear kernel again. The
/// note says so, with the error of k on pairs drawn at random.
/// </remarks>
internal static class KernelCoordinates
{
    /// <summary>The most pooled samples whose kernel matrix is decomposed as a whole.</summary>
    public const int Limit = 5000;

    private const int Landmarks = 1000;
    private const int Probed = 500;
    private const long DrawLandmarks = 9001;
    private const long DrawProbes = 9002;

    /// <summary>Eigenvalues that are smaller, relative to the largest, are rounding.</summary>
    private const double RankTolerance = 1e-13;

    /// <summary>The map into the coordinates, and what is to be said of it.</summary>
    /// <param name="choice">Primal, linear or Gaussian.</param>
    /// <param name="gamma">γ; none takes one over the median squared distance.</param>
    /// <param name="pooled">X: [n, d], both domains.</param>
    /// <param name="context">Where landmarks are drawn from.</param>
    public static (FeatureMap Map, Certificate Notes) Of(KernelChoice choice, double? gamma, Tensor pooled, FitContext context)
    {
        switch (choice)
        {
            case KernelChoice.Primal:
                return (new IdentityMap(), new Certificate());
            case KernelChoice.Linear:
                return (Linear(pooled.T.MatMul(pooled)), new Certificate());
            default:
                Kernel kernel = gamma is { } given ? Kernel.Rbf(given) : Kernel.RbfAtMedian(pooled);
                return pooled.Size(0) <= Limit ? (Exact(kernel, pooled), new Certificate()) : Nystroem(kernel, pooled, context);
        }
    }

    /// <summary>z(x) = xVσ.</summary>
    /// <param name="gram">XᵀX: [d, d].</param>
    public static FeatureMap Linear(Tensor gram)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor squares, Tensor v) = Positive(gram);
        return new AffineMap(scope.Keep(v * squares.Sqrt()));
    }

    private static KernelMap Exact(Kernel kernel, Tensor pooled)
    {
        using TensorScope scope = TensorScope.Begin();
        (_, Tensor p) = Positive(kernel.Evaluate(pooled, pooled));
        return new KernelMap(kernel, pooled, scope.Keep(p.Contiguous()));
    }

    private static (FeatureMap Map, Certificate Notes) Nystroem(Kernel kernel, Tensor pooled, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor landmarks = scope.Keep(Drawn(pooled, Landmarks, context, DrawLandmarks));
        (Tensor values, Tensor vectors) = Positive(kernel.Evaluate(landmarks, landmarks));
        KernelMap features = new(kernel, landmarks, scope.Keep(vectors * values.Rsqrt()));

        Tensor probes = Drawn(pooled, Probed, context, DrawProbes);
        Tensor seen = features.Apply(probes), exact = kernel.Evaluate(probes, probes);
        double error = (seen.MatMul(seen.T) - exact).Norm().ToDouble() / exact.Norm().ToDouble();
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{pooled.Size(0):N0} samples: the kernel is approximated by Nyström's method on {Landmarks:N0} landmarks; its relative error on {Probed} samples drawn at random is {error:0.0000}");

        using Moments moments = Moments.Of(pooled, features);
        Tensor gram = moments.Scatter + (moments.Mean.T.MatMul(moments.Mean) * moments.Count);
        AffineMap linear = (AffineMap)Linear(gram);
        KernelMap map = features with { Weight = scope.Keep(features.Weight.MatMul(linear.Weight)) };
        return (map, new Certificate { Notes = [note] });
    }

    private static Tensor Drawn(Tensor samples, int count, FitContext context, long purpose)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = context.Draw(purpose);
        return scope.Keep(samples.IndexSelect(0, Tensor.Permutation(samples.Size(0), generator).Slice(0, 0, Math.Min(count, samples.Size(0)))));
    }

    /// <summary>The eigenpairs of a positive semidefinite matrix that are not rounding.</summary>
    private static (Tensor Values, Tensor Vectors) Positive(Tensor matrix)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor vectors) = matrix.SymmetricEigen();
        double[] all = values.ToArray<double>();
        double least = Math.Max(all[^1], 0) * RankTolerance;
        int drop = Math.Min(all.Length - 1, all.Count(value => value <= least));
        return (scope.Keep(values.Slice(0, drop, all.Length).Clamp(low: 0)), scope.Keep(vectors.Slice(1, drop, all.Length)));
    }
}
