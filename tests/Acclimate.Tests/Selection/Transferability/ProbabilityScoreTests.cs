using Acclimate.Data;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

/// <summary>LEEP and NCE: what is made of the source's classes.</summary>
public sealed class ProbabilityScoreTests
{
    /// <summary>Written as the paper has it: tables of P(y, z), P(z) and P(y | z), then the likelihood of each label.</summary>
    [Theory]
    [InlineData(40, 7, 3)]
    [InlineData(5, 20, 4)]
    public void Leep_RandomProbabilities_IsThePapersThreeSteps(int n, int sources, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        (double[,] theta, Labels labels, Tensor tensor) = Random(n, sources, classes);
        double[,] joint = new double[classes, sources];
        for (int y = 0; y < classes; y++)
        {
            for (int z = 0; z < sources; z++)
                joint[y, z] = Enumerable.Range(0, n).Where(i => labels.Indices[i] == y).Sum(i => theta[i, z]) / n;
        }

        double expected = Enumerable.Range(0, n).Average(i => Math.Log(Enumerable.Range(0, sources)
            .Sum(z => joint[labels.Indices[i], z] / Enumerable.Range(0, classes).Sum(y => joint[y, z]) * theta[i, z])));

        Assert.Equal(expected, Leep.Of(tensor, labels), 1e-12);
    }

    /// <summary>H(Y | Z) = H(Y, Z) − H(Z), each from its counts.</summary>
    [Theory]
    [InlineData(40, 7, 3)]
    [InlineData(5, 20, 4)]
    public void Nce_RandomProbabilities_IsTheDifferenceOfTwoEntropies(int n, int sources, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        (double[,] theta, Labels labels, Tensor tensor) = Random(n, sources, classes);
        int[] predicted = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, sources).MaxBy(z => theta[i, z]))];
        double both = Entropy(predicted.Select((z, i) => (z, labels.Indices[i]))), alone = Entropy(predicted);

        Assert.Equal(alone - both, NegativeConditionalEntropy.Of(tensor, labels), 1e-12);

        double Entropy<T>(IEnumerable<T> values) => -values.GroupBy(static v => v).Sum(g => (double)g.Count() / n * Math.Log((double)g.Count() / n));
    }

    [Fact]
    public void BothScores_SourceClassesThatTellAll_AreZero_AndThatTellNothing_TheLabelsEntropy()
    {
        using TensorScope scope = TensorScope.Begin();
        Labels labels = ScoreCases.Three(12);
        Tensor all = Tensor.Eye(5).IndexSelect(0, labels.ToTensor()), nothing = Tensor.Full([12, 5], 0.2);

        Assert.Equal(0, Leep.Of(all, labels), 1e-12);
        Assert.Equal(0, NegativeConditionalEntropy.Of(all, labels), 1e-12);
        Assert.Equal(-Math.Log(3), Leep.Of(nothing, labels), 1e-7);
        Assert.Equal(-Math.Log(3), NegativeConditionalEntropy.Of(nothing, labels), 1e-12);
        Assert.Equal(0, Leep.Of(nothing.Slice(0, 0, 1), ScoreCases.Three(1)), 1e-7);
    }

    [Fact]
    public void BothScores_ClassWithoutSamples_ChangesNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        (_, Labels labels, Tensor tensor) = Random(30, 6, 3);
        Labels more = new(["none", .. labels.Classes], Array.ConvertAll(labels.Indices, static i => i + 1));

        Assert.Equal(Leep.Of(tensor, labels), Leep.Of(tensor, more));
        Assert.Equal(NegativeConditionalEntropy.Of(tensor, labels), NegativeConditionalEntropy.Of(tensor, more));
    }

    private static (double[,] Theta, Labels Labels, Tensor Tensor) Random(int n, int sources, int classes)
    {
        using Generator generator = new(4);
        Tensor tensor = Functional.Softmax(Tensor.Normal([n, sources], generator, ScalarType.Float64) * 2);
        double[,] theta = new double[n, sources];
        Buffer.BlockCopy(tensor.ToArray<double>(), 0, theta, 0, n * sources * sizeof(double));
        using Tensor drawn = Tensor.Uniform([n], generator, 0, classes);
        return (theta, new Labels([.. Enumerable.Range(0, classes).Select(static c => $"{c}")], Array.ConvertAll(drawn.ToArray<float>(), v => Math.Min((int)v, classes - 1))), tensor);
    }
}
