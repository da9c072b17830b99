using System.Globalization;
using System.Text.Json;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Transforms;

public class TransformTests
{
    [Fact]
    public void Preprocessing_EveryTransform_ComesBackFromJson()
    {
        Transform[] steps =
        [
            new Resize(32, 48), new ResizeShorter(40), new CentreCrop(28, 28), new Colour(), new Greyscale(), new ToFloat(), new RandomCrop(2),
            new RandomHorizontalFlip(0.25), new ColourJitter(0.1, 0.2, 0.3), new Normalise([0.5], [0.25]),
            new Standardise([1, 2], [3, 4]), new UnitRows(RowNorm.Sum), new Binarise(), new LogCounts(), new TfIdf([1, 2]), new AsRows(),
        ];

        IReadOnlyList<Transform> back = JsonSerializer.Deserialize<IReadOnlyList<Transform>>(new Preprocessing(steps).ToJson())!;
        Preprocessing whole = JsonSerializer.Deserialize<Preprocessing>(JsonSerializer.Serialize(new Preprocessing(steps)))!;

        Assert.Equal(new Preprocessing(steps).ToJson(), new Preprocessing(back).ToJson());
        Assert.Equal(new Preprocessing(steps).ToJson(), whole.ToJson());
        Assert.Equal(steps.Select(step => step.GetType()), back.Select(step => step.GetType()));
        Assert.Equal(
            typeof(Transform).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(Transform))), steps.Length);
    }

    [Fact]
    public void CostlyPrefix_EndsBeforeRandomAndCheapSteps()
    {
        Preprocessing preprocessing = new([new Resize(8, 8), new ToFloat(), new RandomHorizontalFlip(), new Resize(4, 4)]);

        Assert.Equal("Resize", preprocessing.CostlyPrefix().ToString());
        Assert.Equal("ToFloat, RandomHorizontalFlip, Resize", preprocessing.After(preprocessing.CostlyPrefix()).ToString());
    }

    [Fact]
    public void Apply_RandomStepWithoutGenerator_IsRefused()
    {
        using Tensor images = Tensor.Zeros([1, 1, 4, 4]);

        Assert.Throws<ArgumentNullException>(() => new Preprocessing([new RandomCrop(1)]).Apply(images, null));
    }

    [Fact]
    public void ToFloat_Bytes_AreScaledAndFloatsAreNot()
    {
        using Tensor bytes = Tensor.From<byte>([0, 51, 255], 3, 1);
        using Tensor floats = new ToFloat().Apply(bytes, null);
        using Tensor again = new ToFloat().Apply(floats, null);

        Assert.Equal([0f, 0.2f, 1f], floats.ToArray<float>());
        Assert.Equal([0f, 0.2f, 1f], again.ToArray<float>());
    }

    [Theory]
    [InlineData(7, 5)]
    [InlineData(20, 31)]
    public void Resize_Floats_AgreeWithPyTorchsAntialiasedInterpolation(int height, int width)
    {
        string printed = Python.Run("torch", $"""
            import torch
            x = (torch.arange(2*3*16*12, dtype=torch.float32) * 37 % 101).reshape(2, 3, 16, 12) / 101
            y = torch.nn.functional.interpolate(x, size=({height}, {width}), mode='bilinear', antialias=True)
            print(' '.join(repr(v) for v in y.flatten().tolist()))
            """);
        float[] expected = [.. printed.Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        using Tensor images = Tensor.From([.. Enumerable.Range(0, 2 * 3 * 16 * 12).Select(i => i * 37 % 101 / 101f)], 2, 3, 16, 12);

        using Tensor resized = new Resize(height, width).Apply(images, null);

        // Weighted means of up to 6 × 6 numbers below 1: float32's epsilon × some tens of operations.
        Assert.Equal([2, 3, height, width], resized.Shape);
        float[] found = resized.ToArray<float>();
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-5f);
    }

    [Fact]
    public void Resize_BytesToOnePixel_IsTheRoundedWeightedMean()
    {
        using Tensor images = Tensor.From<byte>([10, 20, 30, 41], 1, 1, 2, 2);

        using Tensor one = new Resize(1, 1).Apply(images, null);

        // Four pixels of equal weight: 25.25.
        Assert.Equal(ScalarType.UInt8, one.Type);
        Assert.Equal([(byte)25], one.ToArray<byte>());
    }

    [Fact]
    public void CentreCrop_TakesTheMiddle()
    {
        using Tensor images = Tensor.From([.. Enumerable.Range(0, 20).Select(i => (byte)i)], 1, 1, 4, 5);

        using Tensor cropped = new CentreCrop(2, 3).Apply(images, null);

        Assert.Equal([6, 7, 8, 11, 12, 13], cropped.ToArray<byte>());
    }

    [Fact]
    public void CentreCrop_SmallerImage_IsPaddedWithBlack()
    {
        using Tensor images = Tensor.Ones([1, 1, 1, 2], ScalarType.UInt8);

        using Tensor cropped = new CentreCrop(2, 4).Apply(images, null);

        Assert.Equal([0, 1, 1, 0, 0, 0, 0, 0], cropped.ToArray<byte>());
    }

    [Fact]
    public void RandomCrop_EachSample_IsShiftedOnItsOwnByUpToThePadding()
    {
        const int count = 200;
        using Generator random = new(1);
        using Tensor images = Tensor.Zeros([count, 1, 5, 5]);
        images[TensorIndex.All, 0, 2, 2].FillAndDispose(1);

        using Tensor cropped = new RandomCrop(2).Apply(images, random);
        using Tensor flat = cropped.Reshape(count, 25);
        using Tensor places = flat.ArgMax(1);

        // 200 draws of 25 places: all but certain (1 − 25 · (24/25)^200 ≈ 0.993, and the seed is fixed) to show each; none is lost.
        using Tensor total = cropped.Sum();
        Assert.Equal(count, total.ToDouble());
        Assert.True(places.ToArray<long>().Distinct().Count() > 20);
    }

    [Fact]
    public void RandomHorizontalFlip_EachSample_IsItselfOrItsMirrorImage()
    {
        using Generator random = new(1);
        using Tensor images = Tensor.From([.. Enumerable.Range(0, 100 * 2).Select(i => (float)(i % 2))], 100, 1, 1, 2);

        using Tensor flipped = new RandomHorizontalFlip().Apply(images, random);

        float[] values = flipped.ToArray<float>();
        Assert.All(values.Chunk(2), pair => Assert.Equal(1, pair[0] + pair[1]));

        // 100 draws at a half: 5 standard deviations either side.
        Assert.InRange(values.Chunk(2).Count(pair => pair[0] == 1), 25, 75);
    }

    [Fact]
    public void ColourJitter_KeepsTheRangeAndChangesSamplesDifferently()
    {
        using Generator random = new(1);
        using Tensor images = Tensor.Full([2, 3, 4, 4], 0.5);

        using Tensor jittered = new ColourJitter(0.5, 0.5, 0.5).Apply(images, random);

        float[] values = jittered.ToArray<float>();
        Assert.All(values, value => Assert.InRange(value, 0, 1));
        Assert.NotEqual(values[0], values[48]);
    }

    [Fact]
    public void Normalise_PerChannel_SubtractsAndDivides()
    {
        using Tensor images = Tensor.Ones([1, 2, 1, 1]);

        using Tensor normalised = new Normalise([0.5, 1], [0.25, 2]).Apply(images, null);

        Assert.Equal([2f, 0f], normalised.ToArray<float>());
    }

    [Fact]
    public void Normalise_Bytes_AreRefused()
    {
        using Tensor images = Tensor.Ones([1, 2, 1, 1], ScalarType.UInt8);

        Assert.Throws<DataException>(() => new Normalise([0.5], [0.25]).Apply(images, null));
    }

    [Fact]
    public void Greyscale_Bytes_AreWeightedAndRounded()
    {
        using Tensor images = Tensor.From<byte>([100, 200, 50], 1, 3, 1, 1);
        using Tensor grey = new Greyscale().Apply(images, null);
        using Tensor colour = new Colour().Apply(grey, null);

        // 29.9 + 117.4 + 5.7 = 153
        Assert.Equal([(byte)153], grey.ToArray<byte>());
        Assert.Equal([(byte)153, (byte)153, (byte)153], colour.ToArray<byte>());
    }

    [Fact]
    public void Standardise_Fit_GivesZeroMeanUnitDeviationAndZeroForAConstant()
    {
        using Domain domain = Domain.FromTensor("x", Tensor.From<float>([1, 0.1f, 3, 0.1f], 2, 2));
        Standardise standardise = Standardise.Fit(domain);

        using Tensor samples = domain.Read([0, 1]);
        using Tensor standardised = standardise.Apply(samples, null);

        Assert.Equal([-1f, 0f, 1f, 0f], standardised.ToArray<float>());
    }

    [Fact]
    public void Standardise_OtherNumberOfFeatures_IsRefused()
    {
        using Tensor samples = Tensor.Zeros([2, 3]);

        DataException e = Assert.Throws<DataException>(() => new Standardise([0, 0], [1, 1]).Apply(samples, null));

        Assert.Equal("Standardise was fitted on 2 features, but these samples have shape [3]", e.Message);
    }

    [Fact]
    public void UnitRows_RowOfZeros_StaysAsItIs()
    {
        using Tensor samples = Tensor.From<float>([3, 4, 0, 0], 2, 2);

        using Tensor lengths = new UnitRows().Apply(samples, null);
        using Tensor sums = new UnitRows(RowNorm.Sum).Apply(samples, null);

        Assert.Equal([0.6f, 0.8f, 0, 0], lengths.ToArray<float>());
        Assert.Equal([3 / 7f, 4 / 7f, 0, 0], sums.ToArray<float>());
    }
}

internal static class TensorTestExtensions
{
    /// <summary>Fills a part through its view, and lets the view go.</summary>
    public static void FillAndDispose(this Tensor view, double number)
    {
        using (view)
            view.FillInPlace(number);
    }
}
