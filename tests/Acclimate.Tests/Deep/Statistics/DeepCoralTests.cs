using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class DeepCoralTests
{
    [Fact]
    public void Loss_IsTheDistanceOfTheLogitsCovariances()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 5), y = Loops.Sample(2, 4, 5, 0.7, 2);
        using DeepCoral coral = new();

        LossTerm term = Assert.Single(coral.Loss(Step(x, y)));

        double[][] cs = Covariance(Steps.Columns(Loops.Rows(x), 2, 5)), ct = Covariance(Steps.Columns(Loops.Rows(y), 2, 5));
        double expected = cs.Zip(ct, static (a, b) => Loops.Squared(a, b)).Sum() / (4 * 9);

        // A few hundred float64 operations on numbers of size 10.
        Assert.Equal(expected, term.Value.ToDouble(), 1e-12);
        Assert.Equal("coral.logits", term.Name);
        Assert.Equal(Steps.HalfRamp, term.Weight, 1e-15);
    }

    [Fact]
    public void Loss_Gradients_AgreeWithFiniteDifferences()
    {
        using Tensor x = Loops.Sample(3, 5, 5), y = Loops.Sample(4, 4, 5, 0.7, 2);
        using DeepCoral coral = new() { Layers = ["logits", "features"] };

        Loops.CheckGradients(x, y, (a, b) =>
        {
            using TensorScope scope = TensorScope.Begin();
            IReadOnlyList<LossTerm> terms = coral.Loss(Step(a, b));
            return scope.Keep(terms[0].Value + terms[1].Value);
        });
    }

    [Fact]
    public void Loss_OneSampleOfADomain_IsNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using DeepCoral coral = new();

        Assert.Empty(coral.Loss(Step(Loops.Sample(1, 6, 5), Loops.Sample(2, 1, 5))));
        Assert.Empty(coral.Loss(Step(Loops.Sample(1, 1, 5), Loops.Sample(2, 6, 5))));
    }

    private static TrainingStep Step(Tensor x, Tensor y) => new(Steps.Half, Steps.Split(x, 2), Steps.Labels(), Steps.Split(y, 2));

    private static double[][] Covariance(double[][] rows)
    {
        int width = rows[0].Length;
        double[] means = [.. Enumerable.Range(0, width).Select(d => rows.Average(row => row[d]))];
        return [.. Enumerable.Range(0, width).Select(p => Enumerable.Range(0, width)
            .Select(q => rows.Sum(row => (row[p] - means[p]) * (row[q] - means[q])) / (rows.Length - 1)).ToArray())];
    }
}
