using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Features.StructuralRisk;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class AdaptationRegularisationTransferTests
{
    [Theory]
    [InlineData(KernelKind.Rbf, 10, 1)]
    [InlineData(KernelKind.Rbf, 0, 1)]
    [InlineData(KernelKind.Rbf, 10, 0)]
    [InlineData(KernelKind.Linear, 10, 1)]
    public void Fit_SquaredLoss_AgreesWithTheDenseEquations(KernelKind kind, double lambda, double manifold)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 1);
        AdaptationRegularisationTransfer artl = new() { Kernel = kind, Lambda = lambda, Manifold = manifold, Rounds = 3, Neighbours = 4 };

        using FittedFeatures fitted = artl.Fit(data);

        // The textbook: every matrix n × n, and a solution of the whole system in every round.
        Tensor x = new UnitRowsMap().Apply(data.Pooled());
        Tensor k = (kind == KernelKind.Linear ? Kernel.Linear : Kernel.Rbf(0.5)).Evaluate(x, x);
        Tensor l = new GraphLaplacian(x, 4, EdgeWeight.Cosine, normalised: true, loops: true).Dense();
        Tensor e = Tensor.Concatenate([Tensor.Ones([30], ScalarType.Float64), Tensor.Zeros([25], ScalarType.Float64)]).Diagonal();
        Tensor y = Tensor.Concatenate([OneHot(data.SourceLabels), Tensor.Zeros([25, 3], ScalarType.Float64)]);
        int[] pseudo = Nearest(x, data.SourceLabels);
        Tensor f = y;
        for (int round = 0; round < 3; round++)
        {
            Tensor m = Mean(data.SourceLabels, pseudo, null) * 3;
            for (int c = 0; c < 3; c++)
                m += Mean(data.SourceLabels, pseudo, c);
            Tensor a = (e + (m * (lambda / m.Norm().ToDouble())) + (l * manifold)).MatMul(k) + (Tensor.Eye(55, ScalarType.Float64) * 0.1);
            f = k.MatMul(a.Solve(e.MatMul(y)));
            pseudo = Array.ConvertAll(f.Slice(0, 30, 55).ArgMax(1).ToArray<long>(), static c => (int)c);
        }

        Tensor scores = fitted.Classifier!.Scores(fitted.Source.Apply(data.Pooled()));
        Assert.True((scores - f).Abs().Max().ToDouble() < 1e-9);
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-10);
        Assert.Equal(3, fitted.Certificate.Objective.Count);
    }

    [Fact]
    public void Fit_HingeLoss_NoStepLowersTheObjective()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        FeatureData data = ToyFeatures.Shifted(24, 18, 5, seed: 2);
        AdaptationRegularisationTransfer artl = new() { Loss = RiskLoss.Svm, Rounds = 1, Neighbours = 4 };

        using FittedFeatures fitted = artl.Fit(data);

        // The problem is convex: a point that no small step improves on, among many, is its minimum. Dual variables are right to
        // 1e-4, and so the objective to the square of that times their number.
        FittedScores machine = Assert.IsType<FittedScores>(fitted.Classifier);
        KernelMap map = Assert.IsType<KernelMap>(machine.Decisions);
        Tensor k = map.Kernel.Evaluate(map.Anchors, map.Anchors);
        Tensor l = new GraphLaplacian(map.Anchors, 4, EdgeWeight.Cosine, normalised: true, loops: true).Dense();
        int[] pseudo = Nearest(map.Anchors, data.SourceLabels);
        Tensor m = Mean(data.SourceLabels, pseudo, null) * 3;
        for (int c = 0; c < 3; c++)
            m += Mean(data.SourceLabels, pseudo, c);
        m /= m.Norm().ToDouble();
        Tensor signs = (OneHot(data.SourceLabels) * 2) - 1;
        double optimum = Objective(map.Weight, machine.Offset);
        Assert.Equal(fitted.Certificate.Objective[0], optimum, 1e-8);
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-3);
        for (int trial = 0; trial < 200; trial++)
        {
            double size = Math.Pow(10, -(trial % 5));
            Tensor alpha = map.Weight + (Tensor.Normal([42, 3], generator, ScalarType.Float64) * (size * map.Weight.Abs().Max().ToDouble()));
            Tensor offset = machine.Offset + (Tensor.Normal([1, 3], generator, ScalarType.Float64) * size);
            Assert.True(Objective(alpha, offset) >= optimum - 1e-5);
        }

        double Objective(Tensor alpha, Tensor offset)
        {
            Tensor f = k.MatMul(alpha);
            double hinge = (1 - ((f.Slice(0, 0, 24) + offset) * signs)).Relu().Sum().ToDouble();
            return hinge + (0.1 * (alpha * f).Sum().ToDouble()) + (10 * (f * m.MatMul(f)).Sum().ToDouble()) + (f * l.MatMul(f)).Sum().ToDouble();
        }
    }

    [Fact]
    public void Fit_HingeLossAndClassesWithoutSamples_NeverPredictsThem()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 24, 6, seed: 6);
        FeatureData gaps = new(plain.Source, [.. plain.SourceLabels.Select(static label => (2 * label) + 1)], 7, plain.Target);
        FeatureData one = new(plain.Source, [.. plain.SourceLabels.Select(static _ => 2)], 4, plain.Target);
        AdaptationRegularisationTransfer artl = new() { Loss = RiskLoss.Svm };

        using FittedFeatures some = artl.Fit(gaps), single = artl.Fit(one);

        Assert.All(some.Classifier!.Predict(some.Target.Apply(plain.Target)), static label => Assert.Equal(1, label % 2));
        Assert.All(single.Classifier!.Predict(single.Target.Apply(plain.Target)), static label => Assert.Equal(2, label));
    }

    [Fact]
    public void Fit_Surf_GivesThePrintedCells()
    {
        double[] cells =
        [
            RealPairs.Accuracy("surf", "D>W", new AdaptationRegularisationTransfer(), "rowsum,zscore"),
            RealPairs.Accuracy("surf", "W>D", new AdaptationRegularisationTransfer(), "rowsum,zscore"),
        ];

        Assert.Equal([88.5, 87.9], cells.Select(static cell => Math.Round(cell, 1)));
    }

    private static Tensor OneHot(int[] labels) => Tensor.From<long>([.. labels.Select(static label => (long)label)]).OneHot(3).To(ScalarType.Float64);

    /// <summary>The class of the source sample that is nearest to each target sample.</summary>
    private static int[] Nearest(Tensor pooled, int[] labels)
    {
        using FittedClassifier nearest = new NearestNeighbours().Fit(pooled.Slice(0, 0, labels.Length), labels, 3);
        return nearest.Predict(pooled.Slice(0, labels.Length, pooled.Size(0)));
    }

    /// <summary>M₀, or M_c: eeᵀ with e by its definition.</summary>
    private static Tensor Mean(int[] source, int[] target, int? c)
    {
        double inSource = source.Count(label => label == (c ?? label)), inTarget = target.Count(label => label == (c ?? label));
        double[] e = [.. source.Select(label => label == (c ?? label) ? 1 / inSource : 0), .. target.Select(label => label == (c ?? label) ? -1 / inTarget : 0)];
        Tensor column = Tensor.From(e, e.Length, 1);
        return column.MatMul(column.T);
    }
}
