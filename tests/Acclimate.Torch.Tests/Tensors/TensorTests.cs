namespace Acclimate.Torch.Tests.Tensors;

public class TensorTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.UInt8)]
    [InlineData(ScalarType.Bool)]
    public void To_EveryType_KeepsSmallWholeNumbers(ScalarType type)
    {
        using Tensor numbers = Tensor.From([0f, 1f, 1f, 0f], 2, 2);
        using Tensor converted = numbers.To(type);

        Assert.Equal(type, converted.Type);
        Assert.Equal(type.Size(), converted.Bytes.Length / 4);
        Assert.Equal([0f, 1f, 1f, 0f], converted.ToArray<float>());
    }

    [Fact]
    public void From_WrongCount_NamesShapeAndCount()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2f, 3f], 2, 2));

        Assert.Equal("a tensor of shape [2, 2] holds 4 elements, but 3 were given", thrown.Message);
    }

    [Fact]
    public void Indexer_NumbersRangesAndTensors_TakeTheSamePartsAsLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor cube = Tensor.Arange(24).Reshape(2, 3, 4);
        long At(int i, int j, int k) => (i * 12) + (j * 4) + k;

        Assert.Equal(At(1, 2, 3), cube[1, 2, 3].ToInt64());
        Assert.Equal([At(1, 0, 3), At(1, 1, 3), At(1, 2, 3)], cube[1, TensorIndex.All, ^1].ToArray<long>());
        Assert.Equal([At(0, 1, 1), At(0, 1, 2)], cube[0, 1, 1..3].ToArray<long>());
        Assert.Equal([2, 1, 3, 4], cube[TensorIndex.All, TensorIndex.NewAxis].Shape);
        Tensor picked = cube[TensorIndex.All, Tensor.From([2L, 0L])];
        Assert.Equal([2, 2, 4], picked.Shape);
        Assert.Equal(At(1, 2, 0), picked[1, 0, 0].ToInt64());
        Assert.Equal([At(1, 2, 2), At(1, 2, 3)], cube[cube.GreaterThan(21)].ToArray<long>());
    }

    [Fact]
    public void IndexerSet_WritesThePartAndNothingElse()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor grid = Tensor.Zeros([3, 3]);

        grid[1, 1..3] = Tensor.From([5f, 6f]);
        grid[Tensor.From([0L])] = Tensor.Ones([1, 3]);

        Assert.Equal([1f, 1f, 1f, 0f, 5f, 6f, 0f, 0f, 0f], grid.ToArray<float>());
    }

    [Fact]
    public void Indexer_OutOfRange_SaysSo()
    {
        using Tensor tensor = Tensor.Zeros([3]);

        Assert.Throws<TorchException>(() => tensor[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[1..9]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Size(1));
    }

    [Fact]
    public void Operators_WithNumbers_KeepIntegersWhole()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor whole = Tensor.From([1L, 2L]);

        Assert.Equal(ScalarType.Int64, (whole * 3 + 1).Type);
        Assert.Equal([4L, 7L], (whole * 3 + 1).ToArray<long>());
        Assert.Equal([0.5f, 1f], (whole / 2).ToArray<float>());
        Assert.Equal([2f, 1f], (2.0 / whole.To(ScalarType.Float32)).ToArray<float>());
        Assert.Equal([0L, -1L], (1 - whole).ToArray<long>());
    }

    [Fact]
    public void Generator_SameSeed_SameNumbers()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator one = new(7);
        using Generator two = new(7);
        using Generator other = new(8);

        Assert.True(Tensor.Normal([50], one).SameAs(Tensor.Normal([50], two)));
        Assert.True(Tensor.Permutation(50, one).SameAs(Tensor.Permutation(50, two)));
        Assert.False(Tensor.Uniform([50], one).SameAs(Tensor.Uniform([50], other)));
    }

    [Fact]
    public void Derive_EveryPartCounts()
    {
        long[] seeds = [.. from seed in Enumerable.Range(0, 10) from a in Enumerable.Range(0, 10) from b in Enumerable.Range(0, 10) select Generator.Derive(seed, a, b)];

        Assert.Equal(1000, seeds.Distinct().Count());
        Assert.NotEqual(Generator.Derive(1, 2), Generator.Derive(2, 1));
        Assert.Equal(Generator.Derive(1, 2, 3), Generator.Derive(1, 2, 3));
    }

    [Fact]
    public void Threads_StartAtTheProcessorsAvailable()
    {
        Assert.Equal(int.TryParse(Environment.GetEnvironmentVariable("ACCLIMATE_THREADS"), out int wanted) ? wanted : Environment.ProcessorCount, Engine.Threads);
        Assert.Throws<ArgumentOutOfRangeException>(() => Engine.Threads = 0);
    }

    [Fact]
    public void Device_WithoutCuda_IsRefusedByName()
    {
        Assert.Equal(Device.Cuda(1), Device.Parse("cuda:1"));
        Assert.Equal(Device.Cpu, Device.Parse(Device.Cpu.ToString()));
        Assert.Throws<ArgumentException>(() => Device.Parse("gpu"));
        if (Engine.CudaDevices == 0)
            Assert.Throws<TorchException>(() => Tensor.Zeros([1], device: Device.Cuda()));
    }
}
