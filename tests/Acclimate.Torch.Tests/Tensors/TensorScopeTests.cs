namespace Acclimate.Torch.Tests.Tensors;

public class TensorScopeTests
{
    [Fact]
    public void Dispose_FreesWhatWasMadeInsideAndKeepsWhatWasKept()
    {
        Tensor kept;
        Tensor lost;
        using (TensorScope scope = TensorScope.Begin())
        {
            lost = Tensor.Ones([2]);
            kept = scope.Keep(lost + 1);
        }

        Assert.Throws<ObjectDisposedException>(() => lost.Shape);
        Assert.Equal([2f, 2f], kept.ToArray<float>());
        kept.Dispose();
    }

    [Fact]
    public void Keep_InNestedScopes_PassesToTheOneAround()
    {
        long before = Engine.LiveTensors;
        Tensor inner;
        using (TensorScope outer = TensorScope.Begin())
        {
            using (TensorScope scope = TensorScope.Begin())
                inner = scope.Keep(Tensor.Ones([2]));
            Assert.Equal([2], inner.Shape);
        }

        Assert.Throws<ObjectDisposedException>(() => inner.Shape);
        Assert.Equal(before, Engine.LiveTensors);
    }

    [Fact]
    public void Dispose_AfterAnException_StillFrees()
    {
        long before = Engine.LiveTensors;

        Assert.Throws<TorchException>(static () =>
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor ones = Tensor.Ones([2, 3]);
            ones.MatMul(ones);
        });

        Assert.Equal(before, Engine.LiveTensors);
    }

    [Fact]
    public async Task Scope_OnAnotherThread_IsNotThisOne()
    {
        Tensor other = await Task.Run(static () => Tensor.Ones([3]), TestContext.Current.CancellationToken);
        using (TensorScope.Begin())
            await0();

        Assert.Equal([3], other.Shape);
        other.Dispose();

        static void await0() => _ = Tensor.Ones([1]);
    }

    [Fact]
    public void Finalizer_IsANetForWhatNobodyDisposed()
    {
        long before = Engine.LiveTensors;
        Leak();
        for (int i = 0; i < 10 && Engine.LiveTensors > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(before, Engine.LiveTensors);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Leak() => _ = Tensor.Ones([4]);
    }
}
