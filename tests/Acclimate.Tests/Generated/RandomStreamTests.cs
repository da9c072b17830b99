using Acclimate.Generated;

namespace Acclimate.Tests.Generated;

public sealed class RandomStreamTests
{
    private const int Draws = 100_000;

    [Fact]
    public void Uniform_ManyDraws_HasTheMeanAndRangeOfTheUnitInterval()
    {
        RandomStream random = new(1, 2, 3);
        double sum = 0;
        for (int i = 0; i < Draws; i++)
        {
            float u = random.Uniform();
            Assert.InRange(u, 0, 1 - float.Epsilon);
            sum += u;
        }

        // Five deviations of the mean of n uniform draws, 1/√(12 n).
        Assert.Equal(0.5, sum / Draws, 5 / Math.Sqrt(12.0 * Draws));
    }

    [Fact]
    public void Normal_ManyDraws_HasMeanZeroAndVarianceOne()
    {
        RandomStream random = new(5);
        double sum = 0, squares = 0;
        for (int i = 0; i < Draws; i++)
        {
            float z = random.Normal();
            sum += z;
            squares += z * z;
        }

        // Five deviations: of the mean 1/√n, of the second moment √(2/n).
        Assert.Equal(0, sum / Draws, 5 / Math.Sqrt(Draws));
        Assert.Equal(1, squares / Draws, 5 * Math.Sqrt(2.0 / Draws));
    }

    [Fact]
    public void Shuffle_AnyItems_KeepsThemAll()
    {
        RandomStream random = new(9);
        int[] items = [.. Enumerable.Range(0, 100)];
        random.Shuffle(items);
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
