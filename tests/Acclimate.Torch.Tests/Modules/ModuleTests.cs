namespace Acclimate.Torch.Tests.Modules;

public sealed class ModuleTests : IDisposable
{
    private readonly Generator generator = new(1);

    public void Dispose() => generator.Dispose();

    [Fact]
    public void NamedState_OfNestedModules_HasDottedNamesInPyTorchsOrder()
    {
        using Sequential network = Network();
        Assert.Equal(
            ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "head.fc.weight", "head.fc.bias"],
            network.NamedState().Select(static pair => pair.Key));
        Assert.Equal(["1.running_mean", "1.running_var", "1.num_batches_tracked"], network.NamedBuffers().Select(static pair => pair.Key));
        Assert.Equal(6, network.NamedParameters().Count());
    }

    [Fact]
    public void ParameterCount_WithAFrozenPart_CountsTrainableApart()
    {
        using Sequential network = Network();
        Assert.Equal((4 * 3) + 4 + 4 + 4 + (2 * 4) + 2, network.ParameterCount);
        Assert.Equal(network.ParameterCount, network.TrainableParameterCount);
        network.Children[0].Value.Freeze();
        Assert.Equal(network.ParameterCount - 16, network.TrainableParameterCount);
        network.Unfreeze();
        Assert.Equal(network.ParameterCount, network.TrainableParameterCount);
    }

    [Fact]
    public void Forward_WithAFrozenPart_LeavesItsGradientsEmpty()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = Network();
        network.Children[0].Value.Freeze();
        network.Forward(Tensor.Normal([5, 3], generator)).Square().Sum().Backward();
        Dictionary<string, Tensor> parameters = network.NamedParameters().ToDictionary();
        Assert.Null(parameters["0.weight"].Grad);
        Assert.NotNull(parameters["1.weight"].Grad);
        network.ZeroGrad();
        Assert.Null(parameters["1.weight"].Grad);
    }

    [Fact]
    public void LoadState_OfAnotherNetworksState_GivesTheSameOutput()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential first = Network();
        using Sequential second = Network();
        Tensor input = Tensor.Normal([5, 3], generator);
        first.Forward(input);
        first.Eval();
        second.Eval();
        Assert.False(first.Forward(input).SameAs(second.Forward(input)));
        second.LoadState(first.NamedState().ToDictionary());
        Assert.True(first.Forward(input).SameAs(second.Forward(input)));
        Assert.All(second.NamedParameters(), static p => Assert.True(p.Value.RequiresGrad && p.Value.IsLeaf));
    }

    [Fact]
    public void LoadState_OfAWrongState_ListsEveryFaultAndChangesNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = Network();
        Dictionary<string, Tensor> state = network.NamedState().ToDictionary(static p => p.Key, static p => p.Value.Detach().Clone() + 1);
        state.Remove("0.bias");
        state.Remove("1.num_batches_tracked");
        state["head.fc.bias"] = Tensor.Zeros([3]);
        state["extra"] = Tensor.Zeros([1]);
        Tensor before = network.NamedParameters().First().Value.Detach().Clone();

        string message = Assert.Throws<InvalidDataException>(() => network.LoadState(state)).Message;

        Assert.Equal(
            "the state does not fit Sequential: missing: 0.bias; unexpected: extra; of another shape: head.fc.bias (found [3], expected [2])",
            message);
        Assert.True(network.NamedParameters().First().Value.SameAs(before));
    }

    [Fact]
    public void LoadState_WithoutTheCountOfBatches_IsTaken()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm1d norm = new(2);
        Dictionary<string, Tensor> state = norm.NamedState().ToDictionary(static p => p.Key, static p => p.Value.Detach().Clone() + 1);
        state.Remove("num_batches_tracked");
        norm.LoadState(state);
        Assert.Equal([2.0, 2], norm.RunningVariance.ToArray<double>());
    }

    [Fact]
    public void To_AnotherType_KeepsTheTensorObjectsAndTheWholeNumbers()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = Network();
        Tensor weight = network.NamedParameters().First().Value;
        network.Forward(Tensor.Normal([5, 3], generator)).Sum().Backward();
        network.To(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, weight.Type);
        Assert.True(weight.RequiresGrad && weight.IsLeaf);
        Assert.Null(weight.Grad);
        Assert.Equal(ScalarType.Int64, network.NamedBuffers().Last().Value.Type);
        network.Forward(Tensor.Normal([5, 3], generator, ScalarType.Float64)).Sum().Backward();
        Assert.Equal(ScalarType.Float64, weight.Grad!.Type);
        Assert.Throws<ArgumentException>(() => network.To(ScalarType.Int64));
    }

    [Fact]
    public void To_TheSameDevice_ChangesNoElement()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = Network();
        Tensor weight = network.NamedParameters().First().Value;
        Tensor before = weight.Detach().Clone();
        network.To(Device.Cpu);
        Assert.True(weight.SameAs(before));
    }

    [Fact]
    public void Train_AndEval_ReachEveryModule()
    {
        using Sequential network = Network();
        Assert.All(network.Modules(), static m => Assert.True(m.Training));
        network.Eval();
        Assert.All(network.Modules(), static m => Assert.False(m.Training));
        network.Train();
        Assert.All(network.Modules(), static m => Assert.True(m.Training));
        Assert.Equal(6, network.Modules().Count());
    }

    [Fact]
    public void Parameters_MadeInAScope_OutliveIt()
    {
        Linear layer;
        using (TensorScope.Begin())
            layer = new Linear(2, 3, generator);
        using (layer)
            Assert.Equal([3, 2], layer.Weight.Shape);
        Assert.Throws<ObjectDisposedException>(() => layer.Weight.Shape);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("same")]
    public void Sequential_WithAnUnusableName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new Sequential(("same", new ReLU()), (name, new ReLU())));

    private Sequential Network() => new(
        ("0", new Linear(3, 4, generator)),
        ("1", new BatchNorm1d(4)),
        ("relu", new ReLU()),
        ("head", new Sequential(("fc", new Linear(4, 2, generator)))));
}
