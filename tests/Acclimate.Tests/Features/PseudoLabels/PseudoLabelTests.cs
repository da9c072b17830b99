using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.PseudoLabels;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.PseudoLabels;

public sealed class PseudoLabelTests
{
    // One round by hand, R = 1: q = ½. Of the three samples called 0 the two surest are taken, of the two called 1 the one; source weights ½,
    // target weights 4/3. A student that takes no weights learns from the same samples.
    [Fact]
    public void Rounds_One_LearnsFromTheSurestOfEachClassByTheWeightsOfTheFormula()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Tensor.From<double>([0, 1, 4, 5], 4, 1), target = Tensor.From<double>([0, 1, 2, 8, 9], 5, 1);
        Tensor first = Tensor.From([0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.3, 0.7, 0.45, 0.55], 5, 2);
        SelfTrainingRounds rounds = new(source, [0, 0, 1, 1], 2, target);
        Spy weighted = new(true), plain = new(false);

        rounds.Run(1, first, weighted, new FitContext()).Dispose();
        rounds.Run(1, first, plain, new FitContext()).Dispose();

        Assert.Equal([0, 1, 4, 5, 0, 1, 8], weighted.Samples);
        Assert.Equal([0, 0, 1, 1, 0, 0, 1], weighted.Labels);
        Assert.Equal([0.5, 0.5, 0.5, 0.5, 4.0 / 3, 4.0 / 3, 4.0 / 3], weighted.Weights!);
        Assert.Equal(weighted.Samples, plain.Samples);
        Assert.Null(plain.Weights);
    }

    // A chain of three samples, the ends certain: by hand with W of 1 between neighbours, D = (1, 2, 1), S = W/√2, α = ½, the middle has
    // (1 − α)(I − αS)⁻¹Y, whose middle row is α/√2 · (Y₀ + Y₂)/(1 − α²) scaled to sum to 1: (½, ½); the ends keep their class.
    [Fact]
    public void Spread_AChain_IsTheClosedForm()
    {
        using TensorScope scope = TensorScope.Begin();
        GraphLaplacian graph = new(Tensor.From<double>([0, 1, 2], 3, 1), 1, EdgeWeight.Binary, normalised: true);
        Tensor seeds = Tensor.From<double>([1, 0, 0, 0, 0, 1], 3, 2);

        Tensor spread = GraphSpread.Of(graph, seeds, 0.5);

        Tensor s = Tensor.From([0, Math.Sqrt(0.5), 0, Math.Sqrt(0.5), 0, Math.Sqrt(0.5), 0, Math.Sqrt(0.5), 0], 3, 3);
        Tensor exact = (Tensor.Eye(3, ScalarType.Float64) - (s * 0.5)).Solve(seeds) * 0.5;
        exact = exact / exact.Sum(1, keep: true);

        // Iterations stop at 1e-7 of the first error.
        Assert.True((spread - exact).Abs().Max().ToDouble() < 1e-6);
        Assert.Equal(0.5, spread.Select(0, 1).ToArray<double>()[0], 1e-9);
    }

    [Fact]
    public void Propagation_LabelsOverBothDomains_ReachTheTarget()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 6, seed: 3, shift: 0.3);

        using FittedFeatures fitted = new LabelPropagation { Seeds = PropagationSeeds.Labels }.Fit(data);

        Assert.True(fitted.TargetLabels!.Zip(ToyFeatures.Classes(45), static (a, b) => a == b ? 1.0 : 0).Average() > 0.9);
    }

    [Fact]
    public void SelfTraining_AMovedTarget_BeatsItsTeacher()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(150, 150, 6, seed: 5, shift: 1.6);
        int[] truth = ToyFeatures.Classes(150);
        LogisticRegression classifier = new();

        using FittedClassifier teacher = classifier.Fit(data.Source, data.SourceLabels, 3);
        using FittedFeatures student = new BalancedSelfTraining().Fit(data, new FitContext { Classifier = classifier });

        double before = Right(teacher.Predict(data.Target)), after = Right(student.Classifier!.Predict(data.Target));
        Assert.True(after >= before && after > 0.8, $"{after} after {before}");

        double Right(int[] found) => found.Zip(truth, static (a, b) => a == b ? 1.0 : 0).Average();
    }

    private sealed class Spy(bool takesWeights) : Classifier
    {
        public double[] Samples { get; private set; } = [];

        public int[] Labels { get; private set; } = [];

        public double[]? Weights { get; private set; }

        public override bool TakesWeights => takesWeights;

        protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes)
        {
            (Samples, Labels) = (samples.ToArray<double>(), labels);
            return new FittedConstant(0, classes);
        }

        protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights)
        {
            Weights = weights;
            return Learn(samples, labels, classes);
        }
    }
}
