using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Generated;
using Acclimate.Metrics;
using Acclimate.Regression;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Regression;

public sealed class NetworkRegressionTests
{
    private static readonly Dictionary<string, string> Defaults = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Task_Numbers_IsHalfTheMeanSquaredErrorWithItsGradient(bool weighted)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] said = [0.5, -1, 2], known = [3, 4], y = [1, 1, -1], few = [0, 5], w = weighted ? [2, 0, 0.5] : [1, 1, 1];
        Tensor outputs = Column(said).WithGrad(), ofKnown = Column(known).WithGrad();
        TrainingStep step = new(default, Of(outputs), Tensor.From<long>([0, 0, 0]), Of(outputs), Of(ofKnown))
        {
            Values = Tensor.From(y),
            SourceWeights = weighted ? Tensor.From(w) : null,
            KnownLabels = Tensor.From<long>([0, 0]),
            KnownValues = Tensor.From(few),
        };
        using SourceOnly objective = new();

        IReadOnlyList<LossTerm> terms = objective.Task(step);
        (terms[0].Value + terms[1].Value).Backward();

        // Three or two terms of sizes up to 10, in float64.
        Assert.Equal(Enumerable.Range(0, 3).Sum(i => w[i] * (said[i] - y[i]) * (said[i] - y[i]) / 2) / 3, terms[0].Value.ToDouble(), 1e-14);
        Assert.Equal(((3.0 * 3) + (1.0 * 1)) / 2 / 2, terms[1].Value.ToDouble(), 1e-14);
        Assert.Equal(Enumerable.Range(0, 3).Select(i => w[i] * (said[i] - y[i]) / 3), outputs.Grad!.ToArray<double>(), static (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal([1.5, -0.5], ofKnown.Grad!.ToArray<double>());

        static Tensor Column(double[] values) => Tensor.From(values, values.Length, 1);

        static Activations Of(Tensor logits) => new([("features", logits), ("logits", logits), ("probabilities", logits)]);
    }

    // The same sums of at most 256 products in float32 (network) and float64 (map): each layer rounds relatively by 256 · 6e-8 at most, and four layers and two norms of unit scale follow each other.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MapOf_Network_ComputesWhatTheNetworkDoesInUse(bool bottleneck)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [5], 1) { Bottleneck = bottleneck ? new Bottleneck(32, BottleneckActivation.Relu) : null }, generator);
        Tensor samples = Tensor.Normal([200, 5], generator) * 2;
        network.Train();
        for (int i = 0; i < 10; i++)
            _ = network.Forward(samples + 1);
        network.Eval();

        double[] asNetwork = network.Forward(samples).To(ScalarType.Float64).ToArray<double>(), asMap = NetworkRegression.MapOf(network, 3).Apply(samples.To(ScalarType.Float64)).ToArray<double>();

        double scale = asNetwork.Max(Math.Abs);
        Assert.All(asNetwork.Zip(asMap), both => Assert.InRange(Math.Abs((3 * both.First) - both.Second), 0, 1e-4 * scale));
    }

    // y = sin(2x₁) + x₂/2 + 0.1ε: what is linear leaves the sine, of deviation 0.7 or so; a network of two layers can follow it. Scored on other samples of the source.
    [Fact]
    public void Fit_NetworkOnTheSource_FollowsWhatALinearModelCannot()
    {
        using TensorScope scope = TensorScope.Begin();
        CovariateShift shift = CovariateShift.Draw(800, 10, 4), others = CovariateShift.Draw(400, 10, 5);
        RegressionData data = new(shift.Source.Samples(), shift.Source.Values, others.Source.Samples());
        using FittedRegression network = RegressionTransfer.Fit("source-only", Defaults, null, data, training: new TrainerOptions { Steps = 500 });
        using FittedRegression linear = RegressionTransfer.Fit("no-adaptation", Defaults, null, data);

        Assert.True(Rmse(network, others) < Rmse(linear, others) / 2, $"{Rmse(network, others)} by the network, {Rmse(linear, others)} by ridge");

        double Rmse(FittedRegression by, CovariateShift of) => RegressionScore.Of(by.Predict(data.Target), of.Source.Values).Rmse.Value;
    }

    // In the source x₂ repeats x₁, of which y is made; in the target it says nothing of y and lies elsewhere. It tells the domains apart and x₁ doesn't: features that don't tell them apart do without it.
    [Fact]
    public void Fit_DannWhereAFeatureMovedThatMisleads_ErrsLessThanTheSourcesNetwork()
    {
        double[] before = new double[3], after = new double[3];
        for (int seed = 0; seed < before.Length; seed++)
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator generator = new(seed);
            Tensor z = Tensor.Normal([600, 1], generator, ScalarType.Float64), u = Tensor.Normal([600, 1], generator, ScalarType.Float64);
            RegressionData data = new(
                Tensor.Concatenate([z, z + (Tensor.Normal([600, 1], generator, ScalarType.Float64) * 0.1)], 1), z.ToArray<double>(),
                Tensor.Concatenate([u, Tensor.Normal([600, 1], generator, ScalarType.Float64) + 3], 1));
            double[] truth = u.ToArray<double>();
            before[seed] = Rmse("source-only");
            after[seed] = Rmse("dann");

            double Rmse(string method)
            {
                using FittedRegression fitted = RegressionTransfer.Fit(method, Defaults, null, data, seed, new TrainerOptions { Steps = 600 });
                return RegressionScore.Of(fitted.Predict(data.Target), truth).Rmse.Value;
            }
        }

        Assert.True(after.Average() < 0.8 * before.Average(), $"{string.Join(", ", before)} by the source's own, {string.Join(", ", after)} by DANN");
    }

    [Fact]
    public void Fit_FewTargetNumbers_AreLearntFrom()
    {
        using TensorScope scope = TensorScope.Begin();
        CovariateShift shift = CovariateShift.Draw(100, 130, 6);
        Tensor all = shift.Target.Samples();
        double[] moved = [.. shift.Target.Values.Select(static value => value + 2)];
        RegressionData without = new(shift.Source.Samples(), shift.Source.Values, all.Slice(0, 0, 100)), with = without with { Few = all.Slice(0, 100, 130), FewValues = moved[100..] };
        using FittedRegression blind = Fit(without), told = Fit(with);

        // The target's numbers are the source's and 2: whoever is told of 30 of them errs by less than half of that shift.
        Assert.True(Rmse(blind) > 1.5 && Rmse(told) < 1, $"{Rmse(blind)} without, {Rmse(told)} with");

        FittedRegression Fit(RegressionData data) => RegressionTransfer.Fit("dann", Defaults, null, data, training: new TrainerOptions { Steps = 300 });

        double Rmse(FittedRegression by) => RegressionScore.Of(by.Predict(without.Target), moved[..100]).Rmse.Value;
    }

    [Fact]
    public void Trainer_NumbersForAMethodOfClasses_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [2], 1), generator);
        using Domain source = Domain.FromTensor("houses", Tensor.Normal([8, 2], generator).LeaveScopes(), Labels.OfValues([1, 2, 3, 4, 5, 6, 7, 8])), target = Domain.FromTensor("target", Tensor.Normal([8, 2], generator).LeaveScopes());
        using ConditionalDomainAdversarialNetwork objective = new();

        ArgumentException refused = Assert.Throws<ArgumentException>(() => new Trainer(network, objective, new TrainerOptions { Steps = 1 }).Fit(source, target, Preprocessing.None));

        Assert.Contains("cdan works on classes, but houses has numbers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsOfValues_Numbers_GoAlongWithTheirSamplesAndMustBeFinite()
    {
        Assert.Equal([3f, 1f], Labels.OfValues([1, 2, 3]).Take([2, 0]).Values!);
        Assert.Contains("sample 1", Assert.Throws<ArgumentException>(() => Labels.OfValues([1, 1e300])).Message, StringComparison.Ordinal);
    }
}
