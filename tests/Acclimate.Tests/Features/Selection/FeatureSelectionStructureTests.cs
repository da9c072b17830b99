using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Selection;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Selection;

public sealed class FeatureSelectionStructureTests
{
    [Fact]
    public void Fit_Rounds_NeverRaiseTheObjective()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 12, seed: 1);

        using FittedFeatures fitted = new FeatureSelectionStructure { Dimensions = 3, Rounds = 30 }.Fit(data);

        IReadOnlyList<double> objective = fitted.Certificate.Objective;
        Assert.True(objective.Count > 2);
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First * (1 + 1e-10)));
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-8);
        Assert.InRange(fitted.Certificate.EigenResidual!.Value, 0, 1e-10);
    }

    [Fact]
    public void Fit_Converged_NoFeasiblePointAroundIsBetter()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        FeatureData data = ToyFeatures.Shifted(20, 15, 5, seed: 2);
        FeatureSelectionStructure fssp = new() { Dimensions = 2, Gamma = 0, Lambda = 0.3, Rounds = 2000, UnitRows = false, Scale = ColumnScale.Constraint };

        using FittedFeatures fitted = fssp.Fit(data);

        // With γ = 0 by loops: the means' distance over eᵀe, and the rows' lengths times λ and the features' mean deviation.
        Tensor p = ((AffineMap)fitted.Source).Weight, x = data.Pooled(), centred = x - x.Mean(0, keep: true);
        Tensor b = centred.T.MatMul(centred) / 35;
        Tensor apart = (data.Source.Mean(0, keep: true) - data.Target.Mean(0, keep: true)) / Math.Sqrt((1.0 / 20) + (1.0 / 15));
        double lambda = 0.3 * Math.Sqrt(b.Diagonal().Mean().ToDouble());
        double least = Objective(p);
        Assert.Equal(least, fitted.Certificate.Objective[^1], 1e-8 * least);
        for (int i = 0; i < 200; i++)
        {
            // Any direction, brought back to PᵀBP = I.
            Tensor other = p + (Tensor.Normal([5, 2], generator, ScalarType.Float64) * (Math.Pow(10, -1 - (i % 3)) * p.Norm().ToDouble()));
            (Tensor values, Tensor vectors) = other.T.MatMul(b).MatMul(other).SymmetricEigen();
            other = other.MatMul(vectors / values.Sqrt());
            Assert.True(Objective(other) >= least * (1 - 1e-3), $"{Objective(other)} < {least}");
        }

        double Objective(Tensor w) => apart.MatMul(w).Square().Sum().ToDouble() + (lambda * RowSparseRegression.Norm(w));
    }

    [Fact]
    public void Fit_FeaturesScaledAlike_FindsTheSameEmbedding()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 6, seed: 3), larger = new(data.Source * 50, data.SourceLabels, 3, data.Target * 50);
        FeatureSelectionStructure fssp = new() { Dimensions = 2 };

        using FittedFeatures one = fssp.Fit(data), two = fssp.Fit(larger);

        Tensor y = one.Source.Apply(data.Source), z = two.Source.Apply(larger.Source);
        Assert.True((y.MatMul(y.T) - z.MatMul(z.T)).Abs().Max().ToDouble() < 1e-6);
    }

    [Fact]
    public void Fit_FeaturesThatDifferBetweenTheDomains_WeighLittle()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(60, 60, 6, seed: 4, shift: 0);
        Tensor target = plain.Target.Clone();
        target.Slice(1, 4, 6).AddInPlace(Tensor.Full([60, 2], 30, ScalarType.Float64));

        using FittedFeatures fitted = new FeatureSelectionStructure { Dimensions = 2, UnitRows = false, Gamma = 0.1, Lambda = 0.01 }
            .Fit(new FeatureData(plain.Source, plain.SourceLabels, 3, target));

        double[] rows = ((AffineMap)fitted.Source).Weight.Norm(1).ToArray<double>();
        Assert.All(rows[4..], row => Assert.True(row < rows[..4].Max() / 10, string.Join(' ', rows)));
    }
}
