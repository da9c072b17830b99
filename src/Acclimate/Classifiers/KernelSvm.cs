using Acclimate.Catalog;
using Acclimate.Classifiers.Native;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>The kernel of a support vector machine, by libsvm's numbers.</summary>
public enum SvmKernel
{
    /// <summary>x·y.</summary>
    Linear = 0,

    /// <summary>exp(−γ‖x − y‖²).</summary>
    Rbf = 2,

    /// <summary>
    /// The caller's: what is trained on is the kernel matrix of the samples, [n, n], and what is predicted the kernel
    /// between new samples and those, [m, n].
    /// </summary>
    Precomputed = 4,
}

/// <summary>
/// Support vector machines by libsvm, one for each pair of classes, which vote: min ½‖w‖² + C Σᵢ max(0, 1 − yᵢ(w·φ(xᵢ) + b)).
/// Among equals in votes, the class that comes first wins, as in libsvm. Where samples count differently, C w_i in place of C, the same problem is solved here
/// (<see cref="WeightedPairs"/>), since libsvm weighs classes only.
/// </summary>
public sealed class KernelSvm : PenalisedClassifier
{
    /// <summary>libsvm computes kernels entry by entry; up to here one matrix product is faster and fits in memory.</summary>
    private const int MostAtOnce = 4096;

    /// <summary>The kernel. Default Gaussian.</summary>
    public SvmKernel Kernel { get; init; } = SvmKernel.Rbf;

    /// <summary>γ of the Gaussian kernel, above 0; none takes 1/(d · variance of all entries of X).</summary>
    [Option("gamma", "γ of the Gaussian kernel, above 0; none: 1/(d · variance of X)", Search = "0.0001..10 log", Source = "scikit-learn's scale")]
    public double? Gamma { get; init; }

    /// <summary>How far from the optimality conditions libsvm may stop. Default 1e-3, its own.</summary>
    [Option("tolerance", "how far from the optimality conditions training may stop, above 0", Search = "fixed", Source = "libsvm")]
    public double Tolerance { get; init; } = 1e-3;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Gamma is { } gamma && !(gamma > 0 && double.IsFinite(gamma)))
            throw new ArgumentException(FormattableString.Invariant($"{ClassifierCatalog.NameOf(this)}: gamma is {gamma}; expected above 0, or none"));
        if (!(Tolerance > 0))
            throw new ArgumentException(FormattableString.Invariant($"{ClassifierCatalog.NameOf(this)}: tolerance is {Tolerance}; expected above 0"));
    }

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes)
    {
        if (Kernel == SvmKernel.Precomputed && samples.Size(0) != samples.Size(1))
            throw new ArgumentException($"a precomputed kernel of {samples.Size(0)} samples must be a square matrix, but is {samples}", nameof(samples));
        return base.Learn(samples, labels, classes);
    }

    /// <inheritdoc/>
    public override bool TakesWeights => Kernel != SvmKernel.Precomputed;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights)
    {
        CheckClassWeights(classes);
        return Train(samples, labels, classes, C ?? ChooseC(samples, labels, classes), weights);
    }

    /// <inheritdoc/>
    private protected override FittedClassifier Train(Tensor samples, int[] labels, int classes, double c) => Train(samples, labels, classes, c, null);

    private FittedVotes Train(Tensor samples, int[] labels, int classes, double c, double[]? sampleWeights)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] present = Present(labels);
        int[] compact = Array.ConvertAll(labels, label => Array.IndexOf(present, label));
        double gamma = Gamma ?? (Kernel == SvmKernel.Rbf ? Scale(samples) : 1);
        Kernel kernel = Kernel == SvmKernel.Rbf ? Features.Maps.Kernel.Rbf(gamma) : Features.Maps.Kernel.Linear;
        double[] weights = WeightsOf(labels, present);
        Svm.Pairs pairs = sampleWeights is not null
            ? WeightedPairs.Train(Within, compact, c, weights, sampleWeights)
            : Kernel != SvmKernel.Precomputed && samples.Size(0) <= MostAtOnce
                ? Svm.Train(kernel.Evaluate(samples, samples), compact, SvmKernel.Precomputed, gamma, c, weights, Tolerance)
                : Svm.Train(samples, compact, Kernel, gamma, c, weights, Tolerance);

        FeatureMap decisions = Kernel switch
        {
            SvmKernel.Precomputed => new AffineMap(scope.Keep(pairs.Coefficients)),
            SvmKernel.Linear => new AffineMap(scope.Keep(samples.T.MatMul(pairs.Coefficients))),
            _ => OfSupport(Tensor.From<long>([.. pairs.Support.Select(static row => (long)row)])),
        };
        foreach (Tensor tensor in decisions.Tensors)
            scope.Keep(tensor);
        return new FittedVotes(decisions, scope.Keep(pairs.Offset), present, classes);

        Tensor Within(Tensor rows)
        {
            Tensor some = samples.IndexSelect(0, rows);
            return kernel.Evaluate(some, some);
        }

        KernelMap OfSupport(Tensor rows) => new(kernel, samples.IndexSelect(0, rows), pairs.Coefficients.IndexSelect(0, rows));
    }

    /// <inheritdoc/>
    private protected override Tensor Pick(Tensor samples, Tensor rows, Tensor trainedOn) =>
        Kernel == SvmKernel.Precomputed ? samples.IndexSelect(0, rows).IndexSelect(1, trainedOn) : samples.IndexSelect(0, rows);

    private static double Scale(Tensor samples)
    {
        double spread = samples.Flatten().Variance(0, unbiased: false).ToDouble() * samples.Size(1);
        return spread > 0 ? 1 / spread : 1;
    }
}

/// <summary>Machines for pairs of classes, which vote.</summary>
/// <param name="Decisions">What the machines say, less their offsets: [n, pairs], pairs (0, 1), (0, 2), … (1, 2), … of <paramref name="Present"/>.</param>
/// <param name="Offset">The offsets: [1, pairs]. A machine votes for its first class above 0, else for its second.</param>
/// <param name="Present">The classes that had samples, ascending; two at least.</param>
/// <param name="Classes">C.</param>
public sealed record FittedVotes(FeatureMap Decisions, Tensor Offset, IReadOnlyList<int> Present, int Classes) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Decisions.Tensors, Offset];

    /// <summary>What each machine says of each sample.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <returns>[n, pairs].</returns>
    public Tensor Decide(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Decisions.Apply(samples) + Offset);
    }

    /// <summary>The votes for each class.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Scores(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor first = Decide(samples).GreaterThan(0).To(ScalarType.Float64);
        (List<long> one, List<long> other) = ([], []);
        for (int i = 0; i < Present.Count; i++)
        {
            for (int j = i + 1; j < Present.Count; j++)
            {
                one.Add(Present[i]);
                other.Add(Present[j]);
            }
        }

        return scope.Keep(first.MatMul(Ballots(one)) + (1 - first).MatMul(Ballots(other)));

        Tensor Ballots(List<long> classes) => Tensor.From<long>([.. classes]).OneHot(Classes).To(ScalarType.Float64);
    }

    /// <summary>The share of the votes.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Probabilities(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Scores(samples) / Offset.Size(1));
    }
}
