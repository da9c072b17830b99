using Acclimate.Data;
using Acclimate.Data.Corruptions;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Corruptions;

public sealed class CorruptionTests
{
    public static TheoryData<CorruptionKind> Kinds => [.. Enum.GetValues<CorruptionKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_EachSeverity_IsTheSamePerSeedAndGrows(CorruptionKind kind)
    {
        using Tensor picture = Picture(3, 32, 40, 1);
        double before = 0;
        for (int severity = 1; severity <= 5; severity++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor worse = new Corruption(kind, severity).Apply(picture, 7);
            Assert.Equal(picture.Shape, worse.Shape);
            Assert.Equal(ScalarType.UInt8, worse.Type);
            Assert.True(worse.SameAs(new Corruption(kind, severity).Apply(picture, 7)));
            Assert.Equal(kind is CorruptionKind.Noise or CorruptionKind.Fog, !worse.SameAs(new Corruption(kind, severity).Apply(picture, 8)));

            double off = (worse.To(ScalarType.Float64) - picture.To(ScalarType.Float64)).Square().Mean().ToDouble();

            // Neighbouring qualities of JPEG may change places on one picture; the ends don't.
            Assert.True(off > before || (kind == CorruptionKind.Jpeg && severity is > 1 and < 5), $"severity {severity}: {off}, the one before {before}");
            before = kind == CorruptionKind.Jpeg && severity > 1 ? before : off;
        }
    }

    [Fact]
    public void Apply_Noise_HasItsDeviation()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor grey = Tensor.Full([3, 64, 64], 128, ScalarType.UInt8);
        Tensor off = (new Corruption(CorruptionKind.Noise, 3).Apply(grey, 1).To(ScalarType.Float64) - 128) / 255;

        // 12,288 draws: the mean is known to σ/√n, the deviation to σ/√2n; five of each, and rounding to bytes adds (1/255)²/12 to the variance.
        Assert.InRange(off.Mean().ToDouble(), -5 * 0.08 / Math.Sqrt(12288), 5 * 0.08 / Math.Sqrt(12288));
        Assert.InRange(Math.Sqrt(off.Square().Mean().ToDouble()), 0.08 * (1 - (5 / Math.Sqrt(24576))), (0.08 * (1 + (5 / Math.Sqrt(24576)))) + 0.0001);
    }

    [Theory]
    [InlineData(CorruptionKind.Blur)]
    [InlineData(CorruptionKind.Contrast)]
    public void Apply_OnePlainColour_StaysAsItIs(CorruptionKind kind)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor plain = Tensor.From<byte>([30, 90, 200], 3, 1, 1).Expand(3, 20, 30).Contiguous();
        Assert.True(new Corruption(kind, 4).Apply(plain, 0).SameAs(plain));
    }

    [Fact]
    public void Apply_Blur_IsTheWeightedMeanOfNeighbours()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor picture = Picture(1, 9, 11, 2);
        byte[] pixels = picture.ToArray<byte>();
        byte[] found = new Corruption(CorruptionKind.Blur, 5).Apply(picture, 0).ToArray<byte>();
        double[] bell = [.. Enumerable.Range(-4, 9).Select(static at => Math.Exp(-at * at / 2.0))];
        for (int row = 0; row < 9; row++)
        {
            for (int column = 0; column < 11; column++)
            {
                double sum = 0, weights = 0;
                for (int i = -4; i <= 4; i++)
                {
                    for (int j = -4; j <= 4; j++)
                    {
                        double weight = bell[i + 4] * bell[j + 4];
                        sum += weight * pixels[(Math.Clamp(row + i, 0, 8) * 11) + Math.Clamp(column + j, 0, 10)];
                        weights += weight;
                    }
                }

                // Bytes: half a unit of rounding, and float32's 1e-5 of 255 beside it.
                Assert.Equal(sum / weights, found[(row * 11) + column], 0.51);
            }
        }
    }

    [Fact]
    public void Apply_Contrast_MovesEachChannelTowardsItsMean()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor picture = Picture(3, 16, 16, 3);
        Tensor x = picture.To(ScalarType.Float64), mean = x.Mean([1, 2], keep: true);
        Tensor off = ((x - mean) * 0.4) + mean - new Corruption(CorruptionKind.Contrast, 3).Apply(picture, 0).To(ScalarType.Float64);
        Assert.InRange(off.Abs().Max().ToDouble(), 0, 0.51);
    }

    [Theory]
    [InlineData("smoke", "there is no corruption 'smoke'")]
    [InlineData("fog:6", "a severity of '6'")]
    [InlineData("fog:x", "a severity of 'x'")]
    [InlineData("2", "there is no corruption '2'")]
    public void Parse_WhatIsNone_IsRefused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<DataException>(() => Corruption.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_ASourceStringWithCorrupt_MakesEachPictureWorseByItself()
    {
        using Domain clean = Domain.Open("generated:digits-clean?count=20"), worse = Domain.Open("generated:digits-clean?count=20&corrupt=noise:5&draw=1"), again = Domain.Open("generated:digits-clean?count=20&corrupt=noise:5&draw=1");
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(clean.Labels!.Indices, worse.Labels!.Indices);
        Tensor whole = worse.Read([.. Enumerable.Range(0, 20)]);
        Assert.True(whole.SameAs(again.Read([.. Enumerable.Range(0, 20)])));
        Assert.False(whole.SameAs(clean.Read([.. Enumerable.Range(0, 20)])));
        Assert.True(worse.Read([7]).SameAs(whole.Slice(0, 7, 8)));
        Assert.Contains("rows of features", Assert.Throws<DataException>(() => Domain.Open(Table() + "?corrupt=fog")).Message, StringComparison.Ordinal);
    }

    private static string Table()
    {
        string file = Path.Combine(Path.GetTempPath(), $"acclimate-{Guid.NewGuid():n}.csv");
        File.WriteAllText(file, "a,b,label\n1,2,x\n3,4,y\n");
        return file;
    }

    private static Tensor Picture(long channels, long height, long width, long seed)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);

        // Something smooth with an edge and grain, so that blur, fog, contrast and compression all have what to work on.
        Tensor smooth = Tensor.Uniform([channels, 1, 1], generator, 60, 120) + Tensor.Uniform([channels, height, width], generator, 0, 60);
        smooth.Slice(2, 0, width / 2).AddInPlace(Tensor.Full([1], 70));
        return scope.Keep(smooth.To(ScalarType.UInt8));
    }
}
