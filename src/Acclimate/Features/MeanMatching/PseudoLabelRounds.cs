using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// The rounds that JDA began and its successors share: project, classify the target, take its classes as pseudo-labels,
/// project anew. The coordinates and the decomposition of their scatter are made once.
/// </summary>
internal sealed class PseudoLabelRounds
{
    private readonly FeatureData data;
    private readonly FitContext context;
    private readonly FeatureMap coordinates;
    private readonly Certificate notes;
    private readonly LowRankEigenproblem problem;

    public PseudoLabelRounds(FeatureData data, KernelChoice kernel, double? gamma, FitContext context)
    {
        this.data = data;
        this.context = context;
        Tensor pooled = data.Pooled();
        (coordinates, notes) = KernelCoordinates.Of(kernel, gamma, pooled, context);
        Z = coordinates.Apply(pooled);
        Tensor centred = Z - Z.Mean(0, keep: true);
        problem = new LowRankEigenproblem(centred.T.MatMul(centred));
    }

    /// <summary>The pooled samples' coordinates, [n, r], the source's first.</summary>
    public Tensor Z { get; }

    /// <summary>What is made once for all runs.</summary>
    public IEnumerable<Tensor> Tensors => [.. coordinates.Tensors, Z, .. problem.Tensors];

    /// <summary>Runs the rounds.</summary>
    /// <param name="rounds">T.</param>
    /// <param name="dimensions">k.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="scale">How long the projection's columns are.</param>
    /// <param name="unitRows">Whether embedded samples are scaled to unit length.</param>
    /// <param name="factors">
    /// E of the round's M = EEᵀ, [n, columns], given the pseudo-labels (none in the first round) and the embedded samples
    /// that they were found on (none in the first round).
    /// </param>
    /// <param name="penalty">Λ of the penalty λ tr(WᵀΛW): [r, r], symmetric positive definite; I where it is left out.</param>
    /// <param name="classifier">What gives pseudo-labels; the fit's own where it is left out.</param>
    public FittedFeatures Run(
        int rounds, int dimensions, double lambda, ColumnScale scale, bool unitRows, Func<int[]?, Tensor?, Tensor> factors, Tensor? penalty = null,
        Classifier? classifier = null)
    {
        using TensorScope all = TensorScope.Begin();
        LowRankEigenproblem penalised = penalty is null ? problem : problem.Under(penalty);
        int[]? pseudo = null;
        Tensor? embedded = null;
        FeatureMap map = coordinates;
        Certificate certificate = notes;
        for (int round = 1; round <= rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor f = Z.T.MatMul(factors(pseudo, embedded));
            (Tensor w, _, Certificate solved) = penalised.Solve(f, lambda, dimensions);
            FeatureMap projection = new AffineMap(scope.Keep(scale.Apply(w)));
            if (unitRows)
                projection = projection.Then(new UnitRowsMap());
            embedded = scope.Keep(projection.Apply(Z));

            // The objective of the round: the discrepancy and the penalty that are left at its solution.
            double left = f.T.MatMul(w).Square().Sum().ToDouble() + (lambda * (w * (penalty?.MatMul(w) ?? w)).Sum().ToDouble());
            certificate = certificate.And(solved with { Objective = [left] });
            map = coordinates.Then(projection);
            if (round < rounds)
                pseudo = Classify(embedded, classifier ?? context.Classifier);
            context.Report(round, rounds);
        }

        foreach (Tensor tensor in map.Tensors)
            all.Keep(tensor);
        return new FittedFeatures(map, certificate);
    }

    private int[] Classify(Tensor embedded, Classifier classifier)
    {
        using TensorScope scope = TensorScope.Begin();
        long n = data.SourceCount, all = n + data.TargetCount;
        Tensor source = embedded.Slice(0, 0, n), target = embedded.Slice(0, n, all);
        using FittedClassifier fitted = data.Train(classifier, source, target);
        return data.Corrected(fitted.Predict(target));
    }
}
