using Acclimate.Deep.Predictions;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class ViewsTests
{
    public delegate Tensor View(Tensor batch, Generator generator, double strength = 1);

    public static TheoryData<string> All => ["weak", "strong"];

    [Theory]
    [MemberData(nameof(All))]
    public void View_Seed_DecidesEveryBit(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor batch in (Tensor[])[Pictures(), Rows()])
        {
            Tensor one = Seen(name, batch, 1), two = Seen(name, batch, 1), other = Seen(name, batch, 2);
            Assert.True(one.SameAs(two));
            Assert.False(one.SameAs(other));
            Assert.False(one.SameAs(batch));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void View_AnyBatch_KeepsShapeTypeAndTheBatchItself(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor batch in (Tensor[])[Pictures(), Rows(), Pictures().Slice(0, 0, 1), Rows().Slice(0, 0, 1), Pictures().To(ScalarType.Float64), Tensor.Ones([2, 3, 16, 24])])
        {
            Tensor before = batch.Clone(), view = Seen(name, batch, 1);
            Assert.Equal(batch.Shape, view.Shape);
            Assert.Equal(batch.Type, view.Type);
            Assert.True(view.IsFinite().All());
            Assert.True(batch.SameAs(before));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void View_StrengthZero_IsTheBatch(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor batch in (Tensor[])[Pictures(), Rows()])
            Assert.True(Seen(name, batch, 1, strength: 0).SameAs(batch));
    }

    // All extents are proportional to the strength, so a strength of 1e-6 moves nothing by more than 1e-5 of the range of 2;
    // bilinear sampling in float64 adds its rounding. A square of nearly no size can still hold a pixel's middle: seed 1 puts none there.
    [Fact]
    public void Strong_StrengthNearZero_IsNearlyThePictures()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor batch = Pictures().To(ScalarType.Float64);

        Assert.InRange((Seen("strong", batch, 1, strength: 1e-6) - batch).Abs().Max().ToDouble(), 1e-12, 2e-5);
    }

    [Fact]
    public void Strong_Pictures_StayWithinTheBatchsRange()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor batch = Pictures(), view = Seen("strong", batch, 1);

        Assert.InRange(view.Min().ToDouble(), batch.Min().ToDouble(), batch.Max().ToDouble());
        Assert.InRange(view.Max().ToDouble(), batch.Min().ToDouble(), batch.Max().ToDouble());
    }

    // Each picture is its own column and row numbers: what stands in the middle says how far it was moved.
    [Fact]
    public void Weak_Pictures_AreMovedByWholePixelsUpToAnEighth()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor column = Tensor.Arange(16, ScalarType.Float32).Reshape(1, 1, 1, 16).Expand(400, 1, 24, 16);
        Tensor row = Tensor.Arange(24, ScalarType.Float32).Reshape(1, 1, 24, 1).Expand(400, 1, 24, 16);
        Tensor view = Seen("weak", Tensor.Concatenate([column, row], 1), 1);
        float[] across = (8 - view.Select(3, 8).Select(2, 12).Select(1, 0)).ToArray<float>();
        float[] along = (12 - view.Select(3, 8).Select(2, 12).Select(1, 1)).ToArray<float>();

        Assert.Equal([-2f, -1, 0, 1, 2], across.Distinct().Order());
        Assert.Equal([-3f, -2, -1, 0, 1, 2, 3], along.Distinct().Order());

        // The border is repeated: no row or column appears from the other side.
        for (int i = 0; i < 20; i++)
        {
            float[] first = view[i, 0, 0].ToArray<float>();
            Assert.Equal([.. Enumerable.Range(0, 16).Select(x => Math.Clamp(x - across[i], 0, 15))], first);
        }
    }

    // A disc in the middle has no angle: turned, scaled and moved by an eighth of 32 pixels at the most, it stays where these extents allow.
    [Fact]
    public void Strong_Pictures_MoveNoFurtherThanSaid()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor place = Tensor.Arange(32, ScalarType.Float32) - 15.5;
        Tensor disc = (place.Square().Reshape(32, 1) + place.Square()).LessThan(16.5).To(ScalarType.Float32);
        Tensor view = Seen("strong", disc.Reshape(1, 1, 32, 32).Expand(300, 1, 32, 32), 3);
        Tensor bright = view.GreaterThan(0.8).To(ScalarType.Float32);
        Tensor count = bright.Sum(3).Sum(2).Squeeze(1);
        float[] counts = count.ToArray<float>();
        float[] middle = ((bright.Sum(2) * place).Sum(2).Squeeze(1) / count.Clamp(low: 1)).ToArray<float>();

        // A cut square of up to half the side can cover the disc, whose remains have another middle: only whole discs are looked at.
        double whole = 0.6 * disc.Sum().ToDouble();
        float[] moved = [.. middle.Where((_, i) => counts[i] > whole && counts[i] < 2 * disc.Sum().ToDouble())];
        Assert.InRange(moved.Length, 100, 300);
        Assert.InRange(moved.Max(), 2f, 7f);
        Assert.InRange(moved.Min(), -7f, -2f);
        Assert.InRange(moved.Average(), -1f, 1f);
    }

    // An upright bar turns by 15° either way and leans by the shear of 0.15 at the most; it is never mirrored or laid flat.
    [Fact]
    public void Strong_Pictures_KeepTheirHandedness()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor place = Tensor.Arange(32, ScalarType.Float32) - 15.5;

        // The lower half of the right side is bright: its share of light stays in that quarter.
        Tensor corner = place.GreaterThan(0).To(ScalarType.Float32).Reshape(32, 1) * place.GreaterThan(0).To(ScalarType.Float32);
        Tensor view = Seen("strong", corner.Reshape(1, 1, 32, 32).Expand(200, 1, 32, 32), 5);
        Tensor quarters = view.Reshape(200, 2, 16, 2, 16).Mean([2, 4]).Reshape(200, 4);
        long[] brightest = quarters.ArgMax(1).ToArray<long>();

        // The cut square, at most half the side, may hide the quarter; nothing else can move the light away.
        Assert.InRange(brightest.Count(static quarter => quarter == 3), 170, 200);
    }

    // Noise of a tenth of each feature's deviation; 4,000 draws show its share to 2 % (two deviations of 1/√8000).
    [Fact]
    public void Weak_Rows_NoiseIsMeasuredByEachFeature()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        Tensor scales = Tensor.From([1.0, 100, 0], 1, 3);
        Tensor batch = Tensor.Normal([4000, 3], generator, ScalarType.Float64) * scales;
        double[] spread = (Seen("weak", batch, 1) - batch).StandardDeviation(0).ToArray<double>();
        double[] deviation = batch.StandardDeviation(0).ToArray<double>();

        Assert.InRange(spread[0] / deviation[0], 0.095, 0.105);
        Assert.InRange(spread[1] / deviation[1], 0.095, 0.105);
        Assert.Equal(0, spread[2]);
    }

    // One value in five is dropped to the mean: 12,000 draws show it to 1 % (2.7 deviations of √(0.16/12000)).
    [Fact]
    public void Strong_Rows_OneFeatureInFiveIsAtItsMean()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        Tensor batch = Tensor.Normal([4000, 3], generator) + 5;
        Tensor atMean = Seen("strong", batch, 1).Equals(batch.Mean(0, keep: true)).To(ScalarType.Float32);

        Assert.InRange(atMean.Mean().ToDouble(), 0.19, 0.21);
    }

    [Fact]
    public void View_NegativeStrength_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Throws<ArgumentOutOfRangeException>(() => Seen("weak", Rows(), 1, strength: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Seen("strong", Rows(), 1, strength: double.NaN));
    }

    private static Tensor Seen(string name, Tensor batch, long seed, double strength = 1)
    {
        using Generator generator = new(seed);
        View view = name == "weak" ? Views.Weak : Views.Strong;
        return view(batch, generator, strength);
    }

    private static Tensor Pictures()
    {
        using Generator generator = new(3);
        return Tensor.Uniform([8, 1, 28, 28], generator, -1, 1);
    }

    private static Tensor Rows()
    {
        using Generator generator = new(4);
        return Tensor.Normal([8, 5], generator);
    }
}
