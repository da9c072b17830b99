namespace Acclimate.Torch.Tests.Modules;

public sealed class BottleneckAdapterTests : IDisposable
{
    private readonly Generator generator = new(1);

    public void Dispose() => generator.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Fresh_ChangesNoBit(bool maps)
    {
        using TensorScope scope = TensorScope.Begin();
        using BottleneckAdapter adapter = new(5, 3, maps, generator);
        Tensor input = Tensor.Normal(maps ? [2, 5, 4, 3] : [2, 7, 5], generator);

        Assert.True(input.SameAs(adapter.Forward(input)));
        Assert.Equal(["down.weight", "down.bias", "up.weight", "up.bias"], adapter.NamedState().Select(static pair => pair.Key));
        Assert.Contains(adapter.NamedState().First().Value.ToArray<float>(), static value => value != 0);
    }

    // Loops over x + W2 gelu(W1 x + b1) + b2 in float64, Φ by a series: sums of under ten products of order 1,
    // so that 10⁻¹² is ample.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Moved_IsTheFormulaAtEveryPlace(bool maps)
    {
        using TensorScope scope = TensorScope.Begin();
        const int Features = 4, Size = 3, Places = 6;
        using BottleneckAdapter adapter = new(Features, Size, maps, generator, ScalarType.Float64);
        double[][] state = new double[4][];
        using (NoGrad.Begin())
        {
            int at = 0;
            foreach ((_, Tensor tensor) in adapter.NamedState())
            {
                tensor.CopyInPlace(Tensor.Normal(tensor.Shape, generator, ScalarType.Float64));
                state[at++] = tensor.ToArray<double>();
            }
        }

        Tensor input = Tensor.Normal(maps ? [1, Features, 2, 3] : [Places, Features], generator, ScalarType.Float64);
        double[] x = input.ToArray<double>(), found = adapter.Forward(input).ToArray<double>();

        for (int place = 0; place < Places; place++)
        {
            double[] inside = new double[Size];
            for (int s = 0; s < Size; s++)
            {
                double sum = state[1][s];
                for (int f = 0; f < Features; f++)
                    sum += state[0][(s * Features) + f] * x[At(place, f)];
                inside[s] = sum * 0.5 * (1 + Erf(sum / Math.Sqrt(2)));
            }

            for (int f = 0; f < Features; f++)
            {
                double expected = x[At(place, f)] + state[3][f];
                for (int s = 0; s < Size; s++)
                    expected += state[2][(f * Size) + s] * inside[s];
                Assert.Equal(expected, found[At(place, f)], 1e-12);
            }
        }

        int At(int place, int feature) => maps ? (feature * Places) + place : (place * Features) + feature;

        // 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: every term has one sign, so that none is lost.
        static double Erf(double value)
        {
            double term = value, sum = value;
            for (int n = 1; n < 300; n++)
                sum += term *= 2 * value * value / ((2 * n) + 1);
            return 2 / Math.Sqrt(Math.PI) * Math.Exp(-value * value) * sum;
        }
    }

    [Theory]
    [InlineData("backbone.layer1.0.adapter.down.weight", true)]
    [InlineData("conv1_adapter.up.bias", true)]
    [InlineData("encoder.layers.encoder_layer_0.mlp_adapter.up.weight", true)]
    [InlineData("down.weight", false)]
    [InlineData("adapter.weight", false)]
    [InlineData("layer1.0.conv1.weight", false)]
    public void IsPart_TellsByTheName(string name, bool expected) => Assert.Equal(expected, BottleneckAdapter.IsPart(name));

    [Fact]
    public void New_SizesOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BottleneckAdapter(0, 1, maps: false, generator));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BottleneckAdapter(4, 0, maps: true, generator));
    }
}
