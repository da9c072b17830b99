using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Selection.Guard;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Guard;

public sealed class HedgeTests
{
    private static readonly HalfAndHalfRule Rule = new();

    [Fact]
    public void Target_ThreeCandidates_IsTheirWeightedMean()
    {
        using TensorScope scope = TensorScope.Begin();
        Candidate source = Said("source", 0.9, 0.4), one = Said("one", 0.2, 0.6), two = Said("two", 0.5, 0);
        Hedge hedge = new([source, one, two], 0, new HedgeWeights(0.25, [0.2, 0.8, 0]));

        // 0.25·0.9 + 0.75(0.2·0.9 + 0.8·0.2) = 0.48; 0.25·0.4 + 0.75(0.2·0.4 + 0.8·0.6) = 0.52.
        double[] found = hedge.Target().ToArray<double>();

        Assert.All(found.Zip((double[])[0.48, 0.52, 0.52, 0.48]), static pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        Assert.Throws<InvalidOperationException>(() => new Hedge([source], 0, new HedgeWeights(1, [0])).Adapted());

        static Candidate Said(string name, double first, double second) => new(name, name, Tensor.From([first, 1 - first, second, 1 - second], 2, 2));
    }

    // Both domains are drawn alike, but the target has nine samples of one class in ten: to standardise each domain by itself then moves
    // the classes apart from where the source has them, and the default is wrong where the source's own model is right.
    [Fact]
    public void Rule_AdaptingHurtsByConstruction_TheHedgeStaysWithTheSource()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(11);
        int[] from = [.. Enumerable.Range(0, 300).Select(static i => i % 2)], to = [.. Enumerable.Range(0, 300).Select(static i => i % 10 == 0 ? 1 : 0)];
        LabelFreePair pair = new(Samples(from), from, 2, Samples(to));

        using GuardPool pool = GuardPool.Fit(pair);
        PoolEvidence evidence = PoolEvidence.Of(pool, Rule.Validators);
        Hedge hedge = new(pool.Candidates, evidence.Source, Rule.Weigh(evidence));
        double source = Accuracy(pool.Source.Target, to), adapted = Accuracy(pool.Default.Target, to), hedged = Accuracy(hedge.Target(), to);

        // The shift of class shares is 0.4; estimates of it by a good classifier of 300 samples vary by some hundredths.
        Assert.InRange(evidence.LabelShift, 0.3, 0.5);
        Assert.Equal(HalfAndHalfRule.AtOdds, hedge.Weights.Source);
        Assert.True(adapted < source - 0.1, $"adapting was to hurt: {adapted} beside {source}");

        // Two thirds of the weight are the source's, and so is a part of the rest: what is lost are samples near the border, a point or so, which for 300 samples has a
        // standard error of 0.7 points.
        Assert.True(hedged >= source - 0.025, $"the hedge gets {hedged}, the source's own model {source}, the default {adapted}");

        Tensor Samples(int[] labels)
        {
            Tensor centres = Tensor.From([.. labels.Select(static label => label == 0 ? -1.0 : 1.0)], labels.Length, 1);
            return Tensor.Concatenate([centres + (Tensor.Normal([labels.Length, 1], generator, ScalarType.Float64) * 0.5), Tensor.Normal([labels.Length, 3], generator, ScalarType.Float64) * 0.3], 1);
        }
    }

    [Fact]
    public void Rule_AMovedTarget_TheHedgeGainsAndAStudentFollowsIt()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(120, 90, 6, seed: 12, shift: 2.5);
        using GuardPool pool = GuardPool.Fit(GuardPoolTests.Pair(data));
        PoolEvidence evidence = PoolEvidence.Of(pool, Rule.Validators);
        Hedge hedge = new(pool.Candidates, evidence.Source, Rule.Weigh(evidence));
        int[] truth = ToyFeatures.Classes(90);
        Tensor said = hedge.Target();

        using HedgeStudent student = HedgeStudent.Of(data.Target, said, data.Source, data.SourceLabels, new FitContext());
        int[] learnt = student.Classifier.Predict(data.Target);

        Assert.True(Accuracy(said, truth) >= Accuracy(pool.Source.Target, truth), $"{Accuracy(said, truth)} beside {Accuracy(pool.Source.Target, truth)}");
        Assert.True(learnt.Zip(said.ArgMax(1).ToArray<long>(), static (a, b) => a == b ? 1.0 : 0).Average() > 0.9);
        Assert.Contains("of 6 label-free checks prefer the adapted one", GuardWords.Verdict(Rule, evidence, hedge.Weights), StringComparison.Ordinal);
    }

    // 1,200 features that lie in 6 directions: the student learns in components, and is linear in the features all the same.
    [Fact]
    public void Student_OfWideSamples_TakesTheFeaturesAsTheyAre()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 6, seed: 13, shift: 0);
        using Generator generator = new(14);
        Tensor wide = Tensor.Normal([6, 1200], generator, ScalarType.Float64);
        int[] truth = ToyFeatures.Classes(45);
        Tensor taught = Tensor.From([.. truth.Select(static label => (long)label)]).OneHot(3).To(ScalarType.Float64);

        using HedgeStudent student = HedgeStudent.Of(data.Target.MatMul(wide), taught, data.Source.MatMul(wide), data.SourceLabels, new FitContext());

        Assert.Equal([45, 3], student.HeldOut.Shape);
        Assert.True(Accuracy(student.HeldOut, truth) > 0.9);
        Assert.True(student.Classifier.Predict(data.Target.MatMul(wide)).Zip(truth, static (a, b) => a == b ? 1.0 : 0).Average() > 0.9);
    }

    [Fact]
    public void Verdict_FiguresThatTwoDecimalsWouldMakeTheSame_HaveMore()
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, IReadOnlyList<double>> said = Rule.Validators.ToDictionary(static name => name, static name => (IReadOnlyList<double>)(name == "knn" ? [0.48, 0.61] : name == "silhouette" ? [0.0191, 0.0214] : [0.5, 0.4]));
        PoolEvidence evidence = new(["p0", "default"], ["source", "self-training"], 0, 1, null, said, LabelShift: 0);

        string verdict = GuardWords.Verdict(Rule, evidence, Rule.Weigh(evidence));

        Assert.Equal(
            "Hedged with the source's own model (weight 0.20): 2 of 6 label-free checks prefer the adapted one (kNN consistency in the original space 0.61 vs 0.48, "
            + "silhouette in the original space 0.0214 vs 0.0191, …). The improvement is not verified: no target label was looked at.",
            verdict);
    }

    private static double Accuracy(Tensor said, int[] truth) => said.ArgMax(1).ToArray<long>().Zip(truth, static (a, b) => a == b ? 1.0 : 0).Average();
}
