using Acclimate.Features.Selection;

namespace Acclimate.Tests.Features.Selection;

public sealed class LinearChainTests
{
    private const int Labels = 3;
    private const int Features = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void ForwardBackward_AnyLength_AgreesWithAllLabellings(int length)
    {
        LinearChain chain = Chain(length);
        TokenSequence sequence = Sequence(length, length);

        (double partition, double[] marginals, double[] expectations, _) = Enumerate(chain, sequence);
        double[] found = new double[chain.Weights.Length];
        double logPartition = chain.AddExpectations(sequence, found);

        Assert.Equal(Math.Log(partition), logPartition, 1e-10);
        Assert.Equal(marginals, chain.Marginals(sequence), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(expectations, found, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Predict_AnyLength_FindsTheBestOfAllLabellings(int length)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            LinearChain chain = Chain(seed);
            TokenSequence sequence = Sequence(length, seed + 100);

            Assert.Equal(Enumerate(chain, sequence).Best, chain.Predict(sequence));
        }
    }

    [Fact]
    public void LogLikelihood_OverAllLabellings_SumsToOne()
    {
        LinearChain chain = Chain(7);
        TokenSequence plain = Sequence(4, 7);

        double sum = All(4).Sum(labels => Math.Exp(chain.LogLikelihood(new TokenSequence(plain.Features, labels))));

        Assert.Equal(1, sum, 1e-10);
    }

    [Fact]
    public void Marginals_HugeWeights_DontOverflow()
    {
        LinearChain chain = Chain(8) with { Weights = [.. Chain(8).Weights.Select(static w => w * 1e4)] };

        Assert.All(chain.Marginals(Sequence(6, 8)), static p => Assert.InRange(p, 0, 1 + 1e-9));
    }

    [Fact]
    public void Predict_FeatureThatWasNeverSeen_CountsForNothing()
    {
        LinearChain chain = Chain(9);

        Assert.Equal(chain.Predict(new TokenSequence([[1], [2]])), chain.Predict(new TokenSequence([[1, 99], [2, 50]])));
    }

    internal static LinearChain Chain(int seed)
    {
        Random random = new(seed);
        return new LinearChain(Features, Labels, [.. Enumerable.Range(0, LinearChain.WeightCount(Features, Labels)).Select(_ => (random.NextDouble() * 4) - 2)]);
    }

    internal static TokenSequence Sequence(int length, int seed)
    {
        Random random = new(seed);
        int[][] tokens = [.. Enumerable.Range(0, length).Select(_ => Enumerable.Range(0, Features).Where(_ => random.NextDouble() < 0.5).ToArray())];
        return new TokenSequence(tokens, [.. Enumerable.Range(0, length).Select(_ => random.Next(Labels))]);
    }

    private static IEnumerable<int[]> All(int length) =>
        Enumerable.Range(0, (int)Math.Pow(Labels, length)).Select(code => Enumerable.Range(0, length).Select(i => code / (int)Math.Pow(Labels, i) % Labels).ToArray());

    /// <summary>Everything by enumerating the labellings.</summary>
    private static (double Partition, double[] Marginals, double[] Expectations, int[] Best) Enumerate(LinearChain chain, TokenSequence sequence)
    {
        int n = sequence.Count;
        double partition = 0, highest = double.NegativeInfinity;
        double[] marginals = new double[n * Labels], expectations = new double[chain.Weights.Length];
        int[] best = [];
        foreach (int[] y in All(n))
        {
            double[] counts = new double[chain.Weights.Length];
            for (int i = 0; i < n; i++)
            {
                foreach (int f in sequence.Features[i])
                    counts[(f * Labels) + y[i]]++;
                if (i > 0)
                    counts[(Features * Labels) + (y[i - 1] * Labels) + y[i]]++;
            }

            double score = counts.Zip(chain.Weights, static (c, w) => c * w).Sum(), weight = Math.Exp(score);
            partition += weight;
            if (score > highest)
                (highest, best) = (score, y);
            for (int i = 0; i < n; i++)
                marginals[(i * Labels) + y[i]] += weight;
            for (int k = 0; k < counts.Length; k++)
                expectations[k] += weight * counts[k];
        }

        return (partition, [.. marginals.Select(m => m / partition)], [.. expectations.Select(e => e / partition)], best);
    }
}
