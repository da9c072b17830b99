namespace Acclimate.Torch.Tests.Optimizers;

public sealed class OptimizerTests : IDisposable
{
    private readonly Generator generator = new(1);

    public static TheoryData<string> Kinds => ["Sgd", "Sgd momentum", "Adam", "AdamW"];

    public void Dispose() => generator.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LoadState_InTheMiddleOfARun_GoesOnWithTheSameBits(string kind)
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear whole = new(3, 2, generator);
        using Linear resumed = new(3, 2, generator);
        using Optimizer first = Make(kind, whole);
        Steps(whole, first, 0, 5);

        string path = Path.GetTempFileName();
        Safetensors.Write(path, first.State());
        resumed.LoadState(whole.NamedState().ToDictionary());
        Steps(whole, first, 5, 10);
        using Optimizer second = Make(kind, resumed);
        using (TensorFile file = Safetensors.Read(path))
            second.LoadState(file.Tensors);
        File.Delete(path);
        Steps(resumed, second, 5, 10);

        Assert.True(whole.Weight.SameAs(resumed.Weight));
        Assert.True(whole.Bias!.SameAs(resumed.Bias!));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_WhereAParameterHasNoGradient_LeavesItAndCountsItsOwnSteps(string kind)
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear layer = new(3, 2, generator);
        using Linear alone = new(3, 2, generator);
        using Optimizer optimizer = Make(kind, layer);
        Tensor before = layer.Bias!.Detach().Clone();
        layer.Bias!.WithGrad(false);
        Steps(layer, optimizer, 0, 3);
        Assert.True(layer.Bias!.SameAs(before));

        // From here both are at the same place, but the first optimizer's bias has taken no step yet: like a new one's.
        layer.Bias!.WithGrad();
        alone.LoadState(layer.NamedState().ToDictionary());
        alone.Weight.WithGrad(false);
        layer.Weight.WithGrad(false);
        layer.ZeroGrad();
        using Optimizer fresh = Make(kind, alone);
        Steps(layer, optimizer, 3, 5);
        Steps(alone, fresh, 3, 5);
        Assert.True(layer.Bias!.SameAs(alone.Bias!));
    }

    [Fact]
    public void LoadState_OfAWrongState_ListsEveryFault()
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear layer = new(3, 2, generator);
        using Optimizer optimizer = Make("Adam", layer);
        Dictionary<string, Tensor> state = new()
        {
            ["weight.step"] = Tensor.From<long>([1]),
            ["weight.exp_avg"] = Tensor.Zeros([5]),
            ["other.step"] = Tensor.From<long>([1]),
        };
        string message = Assert.Throws<InvalidDataException>(() => optimizer.LoadState(state)).Message;
        Assert.Contains("unexpected other.step", message);
        Assert.Contains("missing weight.exp_avg_sq", message);
        Assert.Contains("weight.exp_avg of shape [5] where [2, 3] is expected", message);
    }

    [Fact]
    public void Step_WithARateOfZero_ChangesNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear layer = new(3, 2, generator);
        using Optimizer optimizer = new Sgd(layer, 0.5, 0.9) { LearningRate = 0 };
        Tensor before = layer.Weight.Detach().Clone();
        Steps(layer, optimizer, 0, 2);
        Assert.True(layer.Weight.SameAs(before));
    }

    [Fact]
    public void Sgd_WithDecayAndNesterov_LeavesTheGradientsAsTheyAre()
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear layer = new(3, 2, generator);
        using Optimizer optimizer = new Sgd(layer, 0.5, 0.9, 0.1, nesterov: true);
        layer.Forward(Tensor.Normal([4, 3], generator)).Square().Sum().Backward();
        Tensor before = layer.Weight.Grad!.Clone();
        optimizer.Step();
        optimizer.Step();
        Assert.True(layer.Weight.Grad!.SameAs(before));
        optimizer.ZeroGrad();
        Assert.Null(layer.Weight.Grad);
    }

    [Fact]
    public void Constructors_OutOfRange_AreRefused()
    {
        using Linear layer = new(3, 2, generator);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(layer, -1));
        Assert.Equal("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(layer, 1, momentum: 1)).ParamName);
        Assert.Equal("nesterov", Assert.Throws<ArgumentException>(() => new Sgd(layer, 1, nesterov: true)).ParamName);
        Assert.Equal("beta2", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(layer, beta2: double.NaN)).ParamName);
        Assert.Contains("'weight'", Assert.Throws<ArgumentException>(() => new Adam([new(layer.NamedParameters()), new(layer.NamedParameters())])).Message);
    }

    private static Optimizer Make(string kind, Module module) => kind switch
    {
        "Sgd" => new Sgd(module, 0.1),
        "Sgd momentum" => new Sgd(module, 0.1, 0.9, 0.01, dampening: 0.1),
        "Adam" => new Adam(module, 0.01, weightDecay: 0.1),
        _ => new AdamW(module, 0.01),
    };

    /// <summary>Steps whose batches depend on their number alone.</summary>
    private static void Steps(Linear layer, Optimizer optimizer, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator data = new(Generator.Derive(9, step));
            optimizer.ZeroGrad();
            layer.Forward(Tensor.Normal([4, 3], data)).Square().Mean().Backward();
            optimizer.Step();
        }
    }
}
