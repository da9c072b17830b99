using Acclimate.Torch.Native;

namespace Acclimate.Torch.Tests.Native;

public class OperatorTests
{
    [Fact]
    public void Call_WrongShapes_ThrowsLibtorchsOwnWordsInOneLine()
    {
        using Tensor left = Tensor.Ones([2, 3]);
        using Tensor right = Tensor.Ones([2, 3]);

        TorchException thrown = Assert.Throws<TorchException>(() => left.MatMul(right));

        Assert.Equal("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", thrown.Message);
    }

    // libtorch throws std::invalid_argument here, which is no c10::Error: caught wrongly, it ends the process.
    [Fact]
    public void Call_StandardException_IsAnExceptionNotAnAbort()
    {
        using Tensor tensor = Tensor.Ones([2]);

        Assert.Throws<TorchException>(() => Operator.Get("aten::to.dtype_layout").Call(tensor, Value.None, Value.None, "no such device"));
        Assert.Throws<TorchException>(() => Operator.Get("aten::einsum").Call("ij,jk->", (Tensor[])[tensor]));
    }

    [Fact]
    public void Call_UnknownOperator_NamesIt()
    {
        TorchException thrown = Assert.Throws<TorchException>(() => Operator.Get("aten::no_such_thing").Call());

        Assert.Contains("aten::no_such_thing", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_TooManyArguments_SaysHowManyItTakes()
    {
        using Tensor tensor = Tensor.Ones([2]);

        TorchException thrown = Assert.Throws<TorchException>(() => Operator.Get("aten::exp").Call(tensor, 1, 2));

        Assert.Contains("takes at most 1 arguments but was given 3", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_MissingArgumentWithoutDefault_NamesIt()
    {
        using Tensor tensor = Tensor.Ones([2]);

        TorchException thrown = Assert.Throws<TorchException>(() => Operator.Get("aten::add.Tensor").Call(tensor));

        Assert.Contains("'other' has no default", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_DisposedTensor_IsRefusedBeforeLibtorchSeesIt()
    {
        Tensor tensor = Tensor.Ones([2]);
        tensor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.Exp());
        Assert.Throws<ObjectDisposedException>(() => Tensor.Concatenate([tensor]));
    }

    // Errors travel with the call that made them: many threads that fail at once each read their own.
    [Fact]
    public async Task Call_FailingOnManyThreads_EachGetsItsOwnMessage()
    {
        await Task.WhenAll(Enumerable.Range(2, 8).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                using Tensor left = Tensor.Ones([1, n]);
                TorchException thrown = Assert.Throws<TorchException>(() => left.MatMul(left));
                Assert.Contains($"(1x{n} and 1x{n})", thrown.Message, StringComparison.Ordinal);
            }
        }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Call_ManyListItems_SurvivesBeyondTheStack()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] parts = [.. Enumerable.Range(0, 500).Select(i => Tensor.Full([1], i))];

        Tensor joined = Tensor.Concatenate(parts);

        Assert.Equal(Enumerable.Range(0, 500).Select(static i => (float)i), joined.ToArray<float>());
    }
}
