using Acclimate.Generated;

namespace Acclimate.Tests.Generated;

public sealed class DigitStrokesTests
{
    private const int Pixels = DigitImages.Channels * DigitImages.Side * DigitImages.Side;

    [Fact]
    public void Clean_SameSeed_SameBytes()
    {
        DigitImages first = DigitStrokes.Clean(100, 7), second = DigitStrokes.Clean(100, 7);
        Assert.Equal(first.Pixels, second.Pixels);
        Assert.Equal(first.Labels, second.Labels);
    }

    [Fact]
    public void InTheWild_SameSeed_SameBytes()
    {
        DigitImages first = DigitStrokes.InTheWild(100, 7), second = DigitStrokes.InTheWild(100, 7);
        Assert.Equal(first.Pixels, second.Pixels);
        Assert.Equal(first.Labels, second.Labels);
    }

    [Fact]
    public void Draw_AnotherSeed_OtherImagesInAnotherOrder()
    {
        DigitImages first = DigitStrokes.InTheWild(100, 1), second = DigitStrokes.InTheWild(100, 2);
        Assert.NotEqual(first.Labels, second.Labels);
        Assert.NotEqual(first.Pixels, second.Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1003)]
    public void Draw_AnyCount_ClassesBalanced(int count)
    {
        foreach (DigitImages images in (DigitImages[])[DigitStrokes.Clean(count, 3), DigitStrokes.InTheWild(count, 3)])
        {
            int[] sizes = [.. Enumerable.Range(0, 10).Select(digit => images.Labels.Count(label => label == digit))];
            Assert.Equal(count, images.Count);
            Assert.Equal(count * Pixels, images.Pixels.Length);
            Assert.Equal(count, sizes.Sum());
            Assert.True(sizes.Max() - sizes.Min() <= 1, $"class sizes {string.Join(", ", sizes)}");
        }
    }

    [Fact]
    public void Draw_NoImages_Refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitStrokes.Clean(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitStrokes.InTheWild(-1, 1));
    }

    [Fact]
    public void Clean_IsGreyAndInTheWildIsColoured()
    {
        DigitImages clean = DigitStrokes.Clean(50, 4), wild = DigitStrokes.InTheWild(50, 4);
        Assert.Equal(0, MeanChannelSpread(clean));
        Assert.True(MeanChannelSpread(wild) > 10, $"the channels of the wild differ by {MeanChannelSpread(wild):0.0} of 255");
        Assert.True(Math.Abs(Mean(clean) - Mean(wild)) > 20, $"mean brightness {Mean(clean):0} and {Mean(wild):0}");
    }

    /// <summary>
    /// Digits can be told apart within the clean domain, and what tells them apart there fails in the wild: the shift
    /// that the demo is about. Chance is 10 %; the bounds stand far from it, and from each other, on purpose.
    /// </summary>
    [Fact]
    public void NearestNeighbour_WithinCleanAndAcross_GoodAndPoor()
    {
        DigitImages known = DigitStrokes.Clean(1000, 1);
        double within = NearestNeighbourAccuracy(known, DigitStrokes.Clean(200, 2));
        double across = NearestNeighbourAccuracy(known, DigitStrokes.InTheWild(200, 2));
        Assert.True(within > 0.9, $"within the clean domain {within:P0}");
        Assert.True(across < within - 0.3, $"from clean to wild {across:P0}");
    }

    private static double Mean(DigitImages images) => images.Pixels.Average(pixel => (double)pixel);

    private static double MeanChannelSpread(DigitImages images)
    {
        const int Area = Pixels / DigitImages.Channels;
        double sum = 0;
        for (int image = 0; image < images.Count; image++)
        {
            for (int i = 0; i < Area; i++)
                sum += Math.Abs(images.Pixels[(image * Pixels) + i] - images.Pixels[(image * Pixels) + Area + i]);
        }

        return sum / (images.Count * Area);
    }

    private static double NearestNeighbourAccuracy(DigitImages known, DigitImages asked)
    {
        int right = 0;
        for (int i = 0; i < asked.Count; i++)
        {
            (long nearest, int label) = (long.MaxValue, -1);
            for (int j = 0; j < known.Count; j++)
            {
                long distance = Distance(asked.Pixels.AsSpan(i * Pixels, Pixels), known.Pixels.AsSpan(j * Pixels, Pixels));
                if (distance < nearest)
                    (nearest, label) = (distance, known.Labels[j]);
            }

            right += label == asked.Labels[i] ? 1 : 0;
        }

        return (double)right / asked.Count;
    }

    private static long Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
