using Acclimate.Features;
using Acclimate.Features.Transport;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class ExactTransportTests
{
    [Fact]
    public void Fit_SeenAndUnseenSamples_AreMappedAtPotsCostToWhereItMapsThem()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(37, 24, 5, seed: 1);
        Tensor unseen = ToyFeatures.Shifted(11, 3, 5, seed: 2).Source;
        Tensor expected = PythonOptimalTransport.Evaluate(
            "(lambda t: np.vstack([t.transform(Xs=x), t.transform(Xs=z), np.full((1, 5), ot.emd2([], [], ot.dist(x, y)))]))(ot.da.EMDTransport().fit(Xs=x, Xt=y))",
            ("x", data.Source), ("y", data.Target), ("z", unseen));

        using FittedFeatures fitted = new ExactTransport().Fit(data);

        Tensor mapped = Tensor.Concatenate([fitted.Source.Apply(data.Source), fitted.Source.Apply(unseen)]);
        Assert.InRange((mapped - expected.Slice(0, 0, 48)).Abs().Max().ToDouble(), 0, 1e-9);
        double cost = expected.Slice(0, 48, 49).Max().ToDouble();
        Assert.Equal(cost, fitted.Certificate.Objective.Single(), 1e-9 * cost);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-14);
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-11);
        Assert.Empty(fitted.Certificate.Notes);
    }

    [Fact]
    public void Fit_IdenticalDomains_MapsEverySampleToItself()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(50, 4, 6, seed: 4);
        using Generator generator = new(5);
        Tensor order = Tensor.Permutation(50, generator);
        FeatureData data = new(plain.Source, plain.SourceLabels, 3, plain.Source.IndexSelect(0, order));

        using FittedFeatures fitted = new ExactTransport().Fit(data);

        Assert.InRange((fitted.Source.Apply(data.Source) - data.Source).Abs().Max().ToDouble(), 0, 1e-12);
        Assert.InRange(fitted.Certificate.Objective.Single(), 0, 1e-12);
    }

    [Fact]
    public void Fit_DuplicatesInTheSource_GoToTheBarycentreOfTheirMass()
    {
        // Two samples at 0 and two at 10; the targets at −1 and 1 are nearest to the former, those at 9 and 13 to the latter.
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From<double>([0, 10, 0, 10], 4, 1), y = Tensor.From<double>([13, -1, 9, 1], 4, 1);

        using FittedFeatures fitted = new ExactTransport().Fit(new FeatureData(x, [0, 1, 0, 1], 2, y));

        Assert.Equal([0, 11, 0, 11], fitted.Source.Apply(x).ToArray<double>());
        Assert.Equal([0.5, 12], fitted.Source.Apply(Tensor.From<double>([0.5, 11], 2, 1)).ToArray<double>());
        Assert.True(fitted.Target.Apply(y).SameAs(y));
    }

    [Fact]
    public void Fit_AllSamplesTheSame_IsATranslation()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([5, 2], ScalarType.Float64), y = Tensor.Full([3, 2], 4, ScalarType.Float64);

        using FittedFeatures fitted = new ExactTransport().Fit(new FeatureData(x, [0, 0, 0, 0, 0], 1, y));

        Assert.InRange((fitted.Source.Apply(x) - 4).Abs().Max().ToDouble(), 0, 1e-12);
    }

    [Fact]
    public void Fit_MoreSamplesThanAreCoupledAtOnce_CouplesPartsAndSaysSo()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 5, seed: 6);
        List<FitProgress> rounds = [];

        using FittedFeatures fitted = new ExactTransport { PairsAtOnce = 20 * 15 }.Fit(data, new FitContext { Progress = rounds.Add });

        // Each part sends its mass to all of its targets, and the parts are of the same size: the means agree as those of the whole.
        Tensor mapped = fitted.Source.Apply(data.Source);
        Assert.InRange((mapped.Mean(0) - data.Target.Mean(0)).Abs().Max().ToDouble(), 0, 1e-12);
        Assert.Contains("3 parts", Assert.Single(fitted.Certificate.Notes), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], rounds.Select(static round => round.Round));
        using FittedFeatures whole = new ExactTransport().Fit(data);
        Assert.True(whole.Certificate.Objective.Single() <= fitted.Certificate.Objective.Average());
    }

    [Fact]
    public void Fit_Cancelled_StopsInTheMidst()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        Tensor x = Tensor.Normal([600, 20], generator, ScalarType.Float64), y = Tensor.Normal([599, 20], generator, ScalarType.Float64);
        FitContext context = new() { Cancellation = new CancellationToken(canceled: true) };

        Assert.Throws<OperationCanceledException>(() => new ExactTransport().Fit(new FeatureData(x, new int[600], 1, y), context));
    }

    [Theory]
    [InlineData("W>D", 81.53)]
    [InlineData("D>W", 71.53)]
    public void Fit_SurfTask_IsPotsFigure(string task, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new ExactTransport(), "rowsum,zscore,l2"), 0.005);
}
