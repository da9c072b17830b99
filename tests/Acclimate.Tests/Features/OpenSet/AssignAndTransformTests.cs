using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.OpenSet;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.OpenSet;

public sealed class AssignAndTransformTests
{
    private const int Unknown = 2;

    [Fact]
    public void Fit_ACloudOfItsOwn_IsUnknownAndTheOthersKeepTheirClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        (FeatureData data, int[] truth) = Clouds(seed: 1);

        using FittedFeatures fitted = new AssignAndTransform { C = 1 }.Fit(data);

        Assert.Equal(truth, fitted.TargetLabels!);
        Assert.Equal(truth, fitted.Classifier!.Predict(fitted.Target.Apply(data.Target)));
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-9);
    }

    // Where the means are apart, the map takes each class's mean to that of what was assigned to it, and moves nothing that stands square on them.
    [Fact]
    public void Fit_Map_TakesEachMeanToTheMeanOfWhatWasAssigned()
    {
        using TensorScope scope = TensorScope.Begin();
        (FeatureData data, int[] truth) = Clouds(seed: 2);

        using FittedFeatures fitted = new AssignAndTransform { Rounds = 1 }.Fit(data);

        for (int c = 0; c < Unknown; c++)
        {
            Tensor mean = Of(data.Source, data.SourceLabels, c), wanted = Of(data.Target, truth, c);

            // Two by two systems of means of length 5, in float64.
            Assert.True((fitted.Source.Apply(mean) - wanted).Abs().Max().ToDouble() < 1e-10);
        }

        Tensor w = ((AffineMap)fitted.Source).Weight, means = Tensor.Concatenate([Of(data.Source, data.SourceLabels, 0), Of(data.Source, data.SourceLabels, 1)]);
        (_, _, Tensor vt) = means.Svd();
        using Generator generator = new(5);
        Tensor square = Tensor.Normal([1, data.Features], generator, ScalarType.Float64);
        square -= square.MatMul(vt.T).MatMul(vt);
        Assert.True((square.MatMul(w) - square).Abs().Max().ToDouble() < 1e-10);
    }

    [Fact]
    public void Fit_KnownSamples_StayWhereTheirLabelsSay()
    {
        using TensorScope scope = TensorScope.Begin();
        (FeatureData data, int[] truth) = Clouds(seed: 3);
        int[] known = new int[truth.Length];
        Array.Fill(known, FeatureData.Unknown);
        known[0] = 1 - truth[0];
        FeatureData labelled = new(data.Source, data.SourceLabels, data.Classes, data.Target, known);

        using FittedFeatures fitted = new AssignAndTransform().Fit(labelled);

        Assert.Equal(known[0], fitted.TargetLabels![0]);
        Assert.Equal(truth[1..], fitted.TargetLabels[1..]);
    }

    [Fact]
    public void Fit_LessRho_LeavesMoreUnknown()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 60, 8, seed: 4);

        int[] counts = [.. new[] { 0.6, 0.4, 0.2, 0.0 }.Select(rho =>
        {
            using FittedFeatures fitted = new AssignAndTransform { Rho = rho, Rounds = 1 }.Fit(data);
            return fitted.TargetLabels!.Count(static label => label == 3);
        })];

        Assert.Equal(counts.Order(), counts);
        Assert.True(counts[^1] > counts[0]);

        // Even where nothing is cheaper than being unknown, each class has a sample.
        using FittedFeatures none = new AssignAndTransform { Rho = 0 }.Fit(data);
        Assert.Equal([0, 1, 2], none.TargetLabels!.Distinct().Order().Take(3));
    }

    [Fact]
    public void Fit_Neighbours_PullAStrayToItsSurroundings()
    {
        // One sample of class 0's cloud is drawn a little past the middle towards class 1; its neighbours are all of class 0.
        using TensorScope scope = TensorScope.Begin();
        double[] source = [-2, 0, -2.2, 0.1, 2, 0, 2.2, 0.1], target = [-0.5, 0, -0.4, 0.1, -0.3, 0, 0.2, 0.05, 3, 0, 3.1, 0.1, 3.2, 0];
        FeatureData data = new(Tensor.From<double>(source, 4, 2), [0, 0, 1, 1], 2, Tensor.From<double>(target, 7, 2));

        using FittedFeatures alone = new AssignAndTransform { Rho = 1, Rounds = 1 }.Fit(data);
        using FittedFeatures together = new AssignAndTransform { Rho = 1, Rounds = 1, Neighbours = 2 }.Fit(data);

        Assert.Equal([0, 0, 0, 1, 1, 1, 1], alone.TargetLabels!);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1], together.TargetLabels!);
    }

    /// <summary>Two classes far apart, moved a little in the target, and there a third cloud away from both.</summary>
    private static (FeatureData Data, int[] Truth) Clouds(long seed)
    {
        using Generator generator = new(seed);
        int[] source = [.. Enumerable.Range(0, 40).Select(static i => i % 2)], truth = [.. Enumerable.Range(0, 60).Select(static i => i % 3)];
        Tensor centres = Tensor.From<double>([5, 0, 0, 0, 0, 5, 0, 0, -8, -8, 0, 0], 3, 4);
        Tensor x = centres.IndexSelect(0, Tensor.From(Array.ConvertAll(source, static c => (long)c))) + (Tensor.Normal([40, 4], generator, ScalarType.Float64) * 0.3);
        Tensor y = centres.IndexSelect(0, Tensor.From(Array.ConvertAll(truth, static c => (long)c))) + (Tensor.Normal([60, 4], generator, ScalarType.Float64) * 0.3) + 0.8;
        return (new FeatureData(x, source, 2, y), truth);
    }

    private static Tensor Of(Tensor samples, int[] labels, int c) =>
        samples.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == c).Select(static i => (long)i)])).Mean(0, keep: true);
}
