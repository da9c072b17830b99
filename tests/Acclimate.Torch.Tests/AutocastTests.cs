namespace Acclimate.Torch.Tests;

public sealed class AutocastTests
{
    [Fact]
    public void Region_ComputesInTheHalfTypeAndEnds()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2, 2]);

        Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
        using (Autocast.Begin(ScalarType.BFloat16))
            Assert.Equal(ScalarType.BFloat16, x.MatMul(x).Type);
        Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
    }

    [Fact]
    public void Regions_Nest_AndEachRestoresTheOneAround()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2, 2]);
        using (Autocast.Begin(ScalarType.BFloat16))
        {
            using (Autocast.Begin(ScalarType.Float32))
            {
                Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
                using (Autocast.Begin(ScalarType.BFloat16))
                    Assert.Equal(ScalarType.BFloat16, x.MatMul(x).Type);
                Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
            }

            Assert.Equal(ScalarType.BFloat16, x.MatMul(x).Type);
            using (Autocast.Begin(ScalarType.BFloat16))
                Assert.Equal(ScalarType.BFloat16, x.MatMul(x).Type);
            Assert.Equal(ScalarType.BFloat16, x.MatMul(x).Type);
        }

        Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
    }

    [Fact]
    public void Region_LeftByAnException_Ends()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2, 2]), y = Tensor.Ones([3, 3]);

        Assert.Throws<TorchException>(() =>
        {
            using Autocast half = Autocast.Begin(ScalarType.BFloat16);
            x.MatMul(y);
        });
        Assert.Equal(ScalarType.Float32, x.MatMul(x).Type);
    }

    [Fact]
    public void Region_BelongsToItsThread()
    {
        using Tensor x = Tensor.Ones([2, 2]);
        using (Autocast.Begin(ScalarType.BFloat16))
        {
            ScalarType elsewhere = ScalarType.Float64;
            Thread other = new(() =>
            {
                using Tensor product = x.MatMul(x);
                elsewhere = product.Type;
            });
            other.Start();
            other.Join();
            Assert.Equal(ScalarType.Float32, elsewhere);
        }
    }

    /// <summary>
    /// A parameter is copied to the half type once a region and used again within it; once it has changed, a new region
    /// must see the new values: 2·1 and then 2·3, both exact in bfloat16.
    /// </summary>
    [Fact]
    public void Region_AfterAParameterChanged_SeesItsNewValues()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor weight = Tensor.Ones([1, 2]).WithGrad(), x = Tensor.Ones([1, 2]);
        Assert.Equal([2f], Times());
        using (NoGrad.Begin())
            weight.MulInPlace(3);
        Assert.Equal([6f], Times());

        float[] Times()
        {
            using Autocast half = Autocast.Begin(ScalarType.BFloat16);
            return Functional.Linear(x, weight).ToArray<float>();
        }
    }

    [Fact]
    public void Gradients_OfParameters_AreFloat32()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Sequential network = new(new Conv2d(1, 2, 3, generator), new BatchNorm2d(2), new ReLU(), new Flatten(), new Linear(8, 2, generator));
        using (Autocast.Begin(ScalarType.BFloat16))
            Functional.CrossEntropy(network.Forward(Tensor.Normal([3, 1, 4, 4], generator)).To(ScalarType.Float32), Tensor.From<long>([0, 1, 0])).Backward();

        Assert.All(network.NamedParameters(), static p => Assert.Equal((ScalarType.Float32, ScalarType.Float32), (p.Value.Type, p.Value.Grad!.Type)));
    }
}
