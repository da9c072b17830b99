using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Tests.Metrics;

public sealed class RetrievalTests
{
    // Six samples at distances 0, 1 and 2: every order of those that tie, each as likely as the others.
    [Theory]
    [InlineData("001122", "101010")]
    [InlineData("000000", "100000")]
    [InlineData("000112", "111001")]
    [InlineData("011112", "010010")]
    [InlineData("012345", "010110")]
    public void ExpectedAveragePrecision_IsTheMeanOverAllOrders(string distances, string relevance)
    {
        int[] all = new int[6], relevant = new int[6];
        for (int i = 0; i < 6; i++)
        {
            all[distances[i] - '0']++;
            relevant[distances[i] - '0'] += relevance[i] - '0';
        }

        double[] orders = [.. Orders([.. Enumerable.Range(0, 6)])
            .Where(order => order.Zip(order.Skip(1)).All(pair => distances[pair.First] <= distances[pair.Second]))
            .Select(order => AveragePrecision([.. order.Select(i => relevance[i] == '1')]))];

        // Six fractions summed in double.
        Assert.Equal(orders.Average(), Retrieval.ExpectedAveragePrecision(all, relevant, Retrieval.Harmonic(6)), 1e-14);
    }

    [Fact]
    public void Score_KnownCodes_IsWorkedOutByHand()
    {
        using TensorScope scope = TensorScope.Begin();
        BinaryCodes database = BinaryCodes.From(Tensor.From([1f, 1, 1, 1, 1, -1, -1, -1, -1], 3, 3));
        BinaryCodes queries = BinaryCodes.From(Tensor.From([1f, 1, 1, -1, -1, -1, 1, 1, 1], 3, 3));

        // The first query finds classes 0, 1, 0 in that order: (1/1 + 2/3)/2. The second finds 0, 1, 0 from the other end: the
        // one of its class comes second: 1/2. No sample is of the third's class.
        Retrieval found = Retrieval.Score(queries, [0, 1, 2], database, [0, 1, 0])!;

        Assert.Equal(((1 + (2.0 / 3)) / 2 + 0.5) / 2, found.MeanAveragePrecision, 1e-14);
        Assert.Equal((2, 3, 3), (found.Queries, found.Database, found.Bits));
        Assert.Null(Retrieval.Score(queries, [5, 6, 7], database, [0, 1, 0]));
    }

    // 70 bits take two words.
    [Fact]
    public void Distance_AndText_AreThoseOfTheSigns()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor real = Tensor.Normal([4, 70], generator);
        float[] values = real.ToArray<float>();
        BinaryCodes codes = BinaryCodes.From(real);

        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(string.Concat(Enumerable.Range(0, 70).Select(bit => values[(i * 70) + bit] >= 0 ? '1' : '0')), codes.Text(i));
            for (int j = 0; j < 4; j++)
                Assert.Equal(codes.Text(i).Zip(codes.Text(j)).Count(static pair => pair.First != pair.Second), codes.Distance(i, codes, j));
        }
    }

    [Fact]
    public void Score_CodesThatDontFit_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        BinaryCodes two = BinaryCodes.From(Tensor.Ones([1, 2])), three = BinaryCodes.From(Tensor.Ones([1, 3]));

        Assert.Throws<ArgumentException>(() => Retrieval.Score(two, [0], three, [0]));
        Assert.Throws<ArgumentException>(() => Retrieval.Score(two, [0, 1], two, [0]));
        Assert.Throws<ArgumentException>(() => BinaryCodes.From(Tensor.Ones([3])));
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length < 2
        ? [items]
        : items.SelectMany((item, i) => Orders([.. items[..i], .. items[(i + 1)..]]).Select(rest => (int[])[item, .. rest]));

    private static double AveragePrecision(bool[] relevant) =>
        Enumerable.Range(0, relevant.Length).Where(i => relevant[i]).Average(i => relevant[..(i + 1)].Count(static r => r) / (i + 1.0));
}
