using System.Globalization;
using Acclimate.Discrepancies;
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
/// Above <see cref="Limit"/> samples the Gaussian kernel is approximated, k(x, y) ≈ φ(x)·φ(y), which is a linear kernel
/// again: by Nyström's method on landmarks drawn at random (Williams and Seeger, NIPS 2000), φ(x) = k(x, L) k(L, L)^−½, or by
/// as many random Fourier features (Rahimi and Recht, NIPS 2007): the one that was asked for, or else
/// whichever is nearer to k on samples drawn at random.
/// The certificate's note says which, with its error.
/// </remarks>
internal static class KernelCoordinates
{
    /// <summary>The most pooled samples whose kernel matrix is decomposed as a whole.</summary>
    public const int Limit = 5000;

    /// <summary>The dimensions of φ: landmarks of Nyström's method, or cosines and sines.</summary>
    internal const int Width = 1000;

    private const int Probed = 500;
    private const long DrawSamples = 9001;
    private const long DrawFrequencies = 9003;

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
                if (pooled.Size(0) <= Limit)
                    return (Exact(Gaussian(gamma, pooled), pooled), new Certificate());
                (FeatureMap features, Certificate notes) = Approximate(gamma, pooled, pooled.Size(0), context);
                using (Moments moments = Moments.Of(pooled, features))
                    return (features.Then(Linear(moments.Gram())), notes);
        }
    }

    /// <summary>φ, on which the Gaussian kernel is approximately a linear one, and how well.</summary>
    /// <param name="gamma">γ; none takes one over the median squared distance.</param>
    /// <param name="some">Samples drawn at random, or all of them: [some, d].</param>
    /// <param name="count">How many samples there are.</param>
    /// <param name="context">Where landmarks and frequencies are drawn from.</param>
    public static (FeatureMap Map, Certificate Notes) Approximate(double? gamma, Tensor some, long count, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        Kernel kernel = Gaussian(gamma, some);

        // Landmarks and probes are different samples, or the error would flatter Nyström's method.
        using Generator generator = context.Draw(DrawSamples);
        Tensor order = Tensor.Permutation(some.Size(0), generator);
        long all = some.Size(0), landmarked = Math.Min(Width, Math.Max(1, all - Probed));
        Tensor landmarks = some.IndexSelect(0, order.Slice(0, 0, landmarked));
        Tensor probes = some.IndexSelect(0, order.Slice(0, Math.Max(0, all - Probed), all));
        (FeatureMap map, string by, double error) = Candidates().MinBy(static candidate => candidate.Error);
        foreach (Tensor tensor in map.Tensors)
            scope.Keep(tensor);
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} samples: the kernel is approximated by {by}; its relative error on {probes.Size(0)} samples drawn at random is {error:0.0000}");
        return (map, new Certificate { Notes = [note] });

        IEnumerable<(FeatureMap Map, string By, double Error)> Candidates()
        {
            if (context.Approximation != KernelApproximation.Fourier)
            {
                FeatureMap nystroem = Nystroem(kernel, landmarks);
                yield return (nystroem, $"Nyström's method on {landmarked:N0} landmarks", Error(kernel, nystroem, probes));
            }

            if (context.Approximation != KernelApproximation.Nystroem)
            {
                FeatureMap fourier = Fourier(kernel, some.Size(1), Width / 2, context);
                yield return (fourier, $"{Width:N0} random Fourier features", Error(kernel, fourier, probes));
            }
        }
    }

    /// <summary>
    /// Features of the kernel itself: φ(x) = z(x)κ^−½, for which φ(x)·φ(y) = k(x, y) and ‖w‖² = αᵀKα. The features as they
    /// are where the choice is primal.
    /// </summary>
    /// <param name="choice">Primal, linear or Gaussian.</param>
    /// <param name="gamma">γ; none takes one over the median squared distance.</param>
    /// <param name="pooled">X: [n, d], both domains.</param>
    /// <param name="context">Where landmarks are drawn from.</param>
    public static (FeatureMap Map, Certificate Notes) Features(KernelChoice choice, double? gamma, Tensor pooled, FitContext context)
    {
        (FeatureMap map, Certificate notes) = Of(choice, gamma, pooled, context);

        // Z = Pκ: the columns of Z are κ long.
        return (choice == KernelChoice.Primal ? map : Scaled(map, map.Apply(pooled).Norm(0, keep: true).Rsqrt()), notes);

        static FeatureMap Scaled(FeatureMap map, Tensor by) => map switch
        {
            AffineMap linear => linear with { Weight = linear.Weight * by },
            KernelMap kernel => kernel with { Weight = kernel.Weight * by },
            ChainMap chain => new ChainMap([.. chain.Maps.SkipLast(1), Scaled(chain.Maps[^1], by)]),
            _ => throw new InvalidOperationException($"coordinates can't end in a {map.GetType().Name}"),
        };
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

    /// <summary>φ(x) = k(x, L) k(L, L)^−½, L the landmarks.</summary>
    internal static KernelMap Nystroem(Kernel kernel, Tensor landmarks)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor vectors) = Positive(kernel.Evaluate(landmarks, landmarks));
        return new KernelMap(kernel, landmarks, scope.Keep(vectors * values.Rsqrt()));
    }

    /// <summary>φ(x) of cosines and sines.</summary>
    internal static FourierMap Fourier(Kernel kernel, long features, int frequencies, FitContext context)
    {
        using Generator generator = context.Draw(DrawFrequencies);
        return new FourierMap(FourierFeatures.Frequencies(features, frequencies, kernel.Gamma, generator));
    }

    /// <summary>‖φ(X)φ(X)ᵀ − k(X, X)‖ over ‖k(X, X)‖, both without the diagonal.</summary>
    internal static double Error(Kernel kernel, FeatureMap features, Tensor probes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor seen = features.Apply(probes), apart = 1 - Tensor.Eye(probes.Size(0), ScalarType.Float64);
        Tensor exact = kernel.Evaluate(probes, probes) * apart;
        return ((seen.MatMul(seen.T) * apart) - exact).Norm().ToDouble() / Math.Max(exact.Norm().ToDouble(), double.Epsilon);
    }

    private static Kernel Gaussian(double? gamma, Tensor samples) => gamma is { } given ? Kernel.Rbf(given) : Kernel.RbfAtMedian(samples);

    /// <summary>The eigenpairs of a positive semidefinite matrix that are not rounding.</summary>
    public static (Tensor Values, Tensor Vectors) Positive(Tensor matrix)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor vectors) = matrix.SymmetricEigen();
        double[] all = values.ToArray<double>();
        double least = Math.Max(all[^1], 0) * RankTolerance;
        int drop = Math.Min(all.Length - 1, all.Count(value => value <= least));
        return (scope.Keep(values.Slice(0, drop, all.Length).Clamp(low: 0)), scope.Keep(vectors.Slice(1, drop, all.Length)));
    }
}
