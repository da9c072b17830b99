using Acclimate.Features;
using Acclimate.Features.Correspondence;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Correspondence;

public sealed class ReconstructedSourceTests
{
    [Fact]
    public void Fit_NoStructure_IsTheLeastOfTheObjectiveByLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        FeatureData data = Few(ToyFeatures.Shifted(12, 9, 3, seed: 1), 6);
        ReconstructedSource drs = new() { Alpha = 2, Beta = 0, Gamma = 0.2, Lambda = 0.3, UnitRows = false };

        using FittedFeatures fitted = drs.Fit(data);

        // Π and Π_c as the ridge projections that they are, [d, d].
        Tensor x = data.Source, atoms = data.Target.Slice(0, 0, 6);
        double ridge = 0.2 * atoms.Square().Sum(1).Mean().ToDouble(), penalty = 0.3 * x.Square().Sum().ToDouble() / 3;
        Tensor byAll = x.MatMul(Projection(atoms));
        Tensor own = Tensor.Concatenate([.. Enumerable.Range(0, 12).Select(i => x.Slice(0, i, i + 1).MatMul(Projection(atoms.Slice(0, i % 3, 6, 3))))]);
        Tensor p = ((AffineMap)fitted.Source).Weight;
        double least = Objective(p);
        for (int i = 0; i < 100; i++)
            Assert.True(Objective(p + (Tensor.Normal([3, 3], generator, ScalarType.Float64) * Math.Pow(10, -(i % 5)))) >= least);

        Tensor Projection(Tensor z) => (z.T.MatMul(z) + (Tensor.Eye(3, ScalarType.Float64) * ridge)).Solve(z.T.MatMul(z));
        double Objective(Tensor map)
        {
            Tensor mapped = x.MatMul(map);
            return ((mapped - byAll).Square().Sum() + ((mapped - own).Square().Sum() * 2) + (map.Square().Sum() * penalty)).ToDouble();
        }
    }

    [Fact]
    public void Fit_MoreStructure_KeepsDifferencesWithinClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Few(ToyFeatures.Shifted(60, 30, 6, seed: 2), 9);

        Assert.True(Lost(1000) < Lost(0) / 2, $"{Lost(1000)}, {Lost(0)}");

        double Lost(double beta)
        {
            using FittedFeatures fitted = new ReconstructedSource { Beta = beta, Neighbours = 19, UnitRows = false }.Fit(data);
            Tensor change = fitted.Source.Apply(data.Source) - data.Source;
            return Enumerable.Range(0, 3).Sum(c => change.Slice(0, c, 60, 3).Variance(0).Sum().ToDouble());
        }
    }

    [Fact]
    public void Fit_SourceSamplesWithWrongLabels_AreNotTrainedOn()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(60, 30, 6, seed: 4, shift: 0.2);
        int[] wrong = [.. plain.SourceLabels.Select(static (l, i) => i < 20 ? (l + 1) % 3 : l)];
        FeatureData data = Few(new FeatureData(plain.Source, wrong, 3, plain.Target), 9);

        double all = TargetSamples.Accuracy(new ReconstructedSource { Select = false }, data, ToyFeatures.Classes(30));
        double selected = TargetSamples.Accuracy(new ReconstructedSource(), data, ToyFeatures.Classes(30));

        Assert.True(selected > all, $"{selected}, {all}");
        Assert.InRange(selected, 90, 100);
    }

    [Fact]
    public void Fit_NoTargetLabels_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();

        ArgumentException refusal = Assert.Throws<ArgumentException>(static () => new ReconstructedSource().Fit(ToyFeatures.Shifted(9, 9, 3, seed: 3)));

        Assert.Contains("labels of a few target samples", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("W>D")]
    [InlineData("D>W")]
    public void Fit_SurfWithThreeLabelsAClass_IsAboveTheSameClassifierOnTheTargetAlone(string task)
    {
        using TensorScope scope = TensorScope.Begin();
        (FeatureData pair, int[] truth) = TargetSamples.Read("surf", task, "rowsum,zscore,l2");
        FeatureData data = TargetSamples.FewLabels(pair, truth, each: 3, seed: 1);

        double adapted = TargetSamples.Accuracy(new ReconstructedSource(), data, truth), alone = TargetSamples.TargetOnly(data, truth);

        Assert.True(adapted > alone, $"{adapted} against {alone}");
    }

    private static FeatureData Few(FeatureData data, int known) =>
        new(data.Source, data.SourceLabels, 3, data.Target, [.. ToyFeatures.Classes(data.TargetCount).Select((c, i) => i < known ? c : FeatureData.Unknown)]);
}
