using System.Globalization;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.MeanMatching;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class ConditionalTransferableComponentsTests
{
    [Fact]
    public void Slope_IsWhatFiniteDifferencesGive()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(61);
        FeatureData data = ToyFeatures.Shifted(12, 10, 5, seed: 62);
        ConditionalTransferableComponents.Problem problem = new(
            data.Source, Tensor.From<long>([.. data.SourceLabels.Select(static l => (long)l)]), 3, data.Target, 0.05, 0.3, 0.2, 0.7);
        ConditionalTransferableComponents.Point at = new(Random(5, 2), Random(3, 2) + 1, Random(3, 2));
        Tensor shares = Tensor.From<double>([0.2, 0.5, 0.3]);

        (_, ConditionalTransferableComponents.Point slope) = problem.Slope(at, shares);

        Check(at.W, slope.W, moved => at with { W = moved });
        Check(at.A, slope.A, moved => at with { A = moved });
        Check(at.B, slope.B, moved => at with { B = moved });

        Tensor Random(long rows, long columns) => Tensor.Normal([rows, columns], generator, ScalarType.Float64) * 0.5;

        // Central differences at 1e-5 err by 1e-10 of the third derivative and 1e-11 of rounding.
        void Check(Tensor of, Tensor found, Func<Tensor, ConditionalTransferableComponents.Point> with)
        {
            double[] values = of.ToArray<double>(), gradient = found.ToArray<double>();
            for (int i = 0; i < values.Length; i++)
            {
                double up = At(i, 1e-5), down = At(i, -1e-5);
                Assert.Equal((up - down) / 2e-5, gradient[i], 1e-7);
            }

            double At(int i, double step)
            {
                double[] moved = [.. values];
                moved[i] += step;
                return problem.Slope(with(Tensor.From(moved, of.Size(0), of.Size(1))), shares).Value;
            }
        }
    }

    [Fact]
    public void Shares_AnyOther_MatchNoBetter()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 5, seed: 63, shift: 0.2);
        ConditionalTransferableComponents.Problem problem = new(
            data.Source, Tensor.From<long>([.. data.SourceLabels.Select(static l => (long)l)]), 3, data.Target, 0.05, 0, 0, 0);
        ConditionalTransferableComponents.Point at = new(Tensor.Eye(5, ScalarType.Float64), Tensor.Ones([3, 5], ScalarType.Float64), Tensor.Zeros([3, 5], ScalarType.Float64));

        Tensor best = problem.Shares(at);

        Assert.Equal(1, best.Sum().ToDouble(), 1e-12);
        double least = problem.Slope(at, best).Value;
        for (int i = 0; i <= 20; i++)
        {
            for (int j = 0; j <= 20 - i; j++)
                Assert.True(problem.Slope(at, Tensor.From<double>([i / 20.0, j / 20.0, (20 - i - j) / 20.0])).Value >= least - 1e-8);
        }
    }

    [Fact]
    public void Fit_Rounds_ObjectiveNeverRises()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 8, seed: 64);
        using FittedFeatures fitted = new ConditionalTransferableComponents { Dimensions = 3, Rounds = 8 }.Fit(data);

        IReadOnlyList<double> objective = fitted.Certificate.Objective;
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First + 1e-8, $"{pair}"));
        Assert.True(objective[^1] < objective[0]);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-12);
    }

    [Fact]
    public void Fit_ClassesMovedStretchedAndRarer_AreFoundAgain()
    {
        // Each class is stretched and moved in a way of its own, and the target has four times as many of the second.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(65);
        int[] source = [.. Enumerable.Range(0, 200).Select(static i => i % 2)], target = [.. Enumerable.Range(0, 200).Select(static i => i % 5 == 0 ? 0 : 1)];
        Tensor x = Samples(source, -2, 2, 1, 1), y = Samples(target, -3.2, 2.6, 1.4, 0.8);

        using FittedFeatures fitted = new ConditionalTransferableComponents { Dimensions = 2, Rounds = 20, ScalePenalty = 1e-3, LocationPenalty = 1e-3 }.Fit(new FeatureData(x, source, 2, y));

        double[] shares = [.. fitted.Certificate.Notes[0].Split(": ")[1].Split(", ").Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
        Assert.InRange(shares[1], 0.7, 0.9);
        Assert.IsType<AffineMap>(fitted.Source);

        Tensor Samples(int[] labels, double first, double second, double firstScale, double secondScale)
        {
            Tensor at = Tensor.From<double>([.. labels.Select(l => l == 0 ? first : second)], labels.Length, 1);
            Tensor scale = Tensor.From<double>([.. labels.Select(l => l == 0 ? firstScale : secondScale)], labels.Length, 1);
            return (Tensor.Normal([labels.Length, 2], generator, ScalarType.Float64) * scale) + at;
        }
    }
}
