namespace Acclimate.Torch.Tests.Tensors;

public class AutogradTests
{
    [Fact]
    public void Backward_GathersGradientsInLeaves()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1.0, 2.0, 3.0]).WithGrad();

        (x * x * x).Sum().Backward();
        (x * 2).Sum().Backward();

        Assert.Equal([5.0, 14.0, 29.0], x.Grad!.ToArray<double>());
        x.SetGrad(null);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Gradients_OfAnUnusedInput_AreNone()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([2.0]).WithGrad();
        Tensor unused = Tensor.From([1.0]).WithGrad();

        Tensor?[] found = Tensor.Gradients((x * x).Sum(), [x, unused], createGraph: true);
        Tensor?[] second = Tensor.Gradients(found[0]!.Sum(), [x]);

        Assert.Equal(4, found[0]!.ToDouble());
        Assert.Null(found[1]);
        Assert.Equal(2, second[0]!.ToDouble());
        Assert.Null(x.Grad);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-0.001)]
    [InlineData(0)]
    [InlineData(2.5)]
    public void ScaleGradient_LeavesValuesAndMultipliesTheGradientExactly(double factor)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1.0, -2.0, 3e8]).WithGrad();
        Tensor y = x.ScaleGradient(factor);

        Assert.Equal(x.ToArray<double>(), y.ToArray<double>());
        (y * Tensor.From([1.0, 2.0, 3.0])).Sum().Backward();
        Assert.Equal([factor, 2 * factor, 3 * factor], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void ScaleGradient_WithoutGradient_PassesValuesOn()
    {
        using Tensor x = Tensor.From([1.0]);
        using Tensor y = x.ScaleGradient(-1);

        Assert.False(y.RequiresGrad);
        Assert.Equal(1, y.ToDouble());
    }

    [Fact]
    public void NoGrad_Nested_RestoresWhatWasInForce()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1.0]).WithGrad();
        using (NoGrad.Begin())
        {
            using (NoGrad.Begin())
                Assert.False((x * 2).RequiresGrad);
            Assert.False((x * 2).RequiresGrad);
        }

        Assert.True((x * 2).RequiresGrad);
    }

    // Grad mode belongs to a thread. An async method may go on on another one, so a region never spans an await:
    // it is a ref struct, and what follows the await records again wherever it runs.
    [Fact]
    public async Task NoGrad_BeforeAnAwait_DoesNotLeakToAnyThread()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Tensor x = Tensor.From([1.0]).WithGrad();
        for (int i = 0; i < 50; i++)
        {
            using (NoGrad.Begin())
            {
                using Tensor quiet = x * 2;
                Assert.False(quiet.RequiresGrad);
            }

            await Task.Delay(1, cancellation);
            using Tensor recorded = x * 2;
            Assert.True(recorded.RequiresGrad);
            Assert.True(await Task.Run(() => { using Tensor y = x * 2; return y.RequiresGrad; }, cancellation));
        }
    }
}
