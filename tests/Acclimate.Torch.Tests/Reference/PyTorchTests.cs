using F = Acclimate.Torch.Functional;

namespace Acclimate.Torch.Tests.Reference;

/// <summary>Results and gradients of operators, layers and optimizers against Python's PyTorch on the same inputs.</summary>
public sealed class PyTorchTests
{
    /// <summary>
    /// Both sides compute in float64 (ε = 2·10⁻¹⁶) and sum at most a few hundred terms, over 20 steps at most: 10⁻¹⁰
    /// allows for any order of summing.
    /// </summary>
    private const double Tolerance = 1e-10;

    private static readonly Dictionary<string, (string Python, string[] Inputs, Func<Tensor[], Tensor> Compute)> Cases = [];
    private static readonly Lazy<IReadOnlyDictionary<string, ReferenceTensor>?> Reference = new(ComputeReference);

    static PyTorchTests()
    {
        AddTensor();
        AddFunctional();
        AddLayers();
        AddOptimizers();
    }

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static IReadOnlyDictionary<string, ReferenceTensor> Expected
    {
        get
        {
            Assert.SkipWhen(Reference.Value is null, "no Python with PyTorch (package python3-torch; ACCLIMATE_PYTHON names another interpreter)");
            return Reference.Value;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Result_AndGradients_AgreeWithPyTorch(string name)
    {
        IReadOnlyDictionary<string, ReferenceTensor> expected = Expected;
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> pool = Inputs();
        (_, string[] inputs, Func<Tensor[], Tensor> compute) = Cases[name];
        foreach (string input in inputs)
            pool[input].WithGrad(!input.StartsWith('_') && !name.StartsWith("train", StringComparison.Ordinal));

        Tensor result = compute(Array.ConvertAll(inputs, input => pool[input]));
        AssertSame(expected[name], result, name);
        if (!result.RequiresGrad)
            return;
        result.Square().Sum().Backward();
        foreach (string input in inputs.Where(static input => !input.StartsWith('_')))
            AssertSame(expected[$"{name}/{input}"], pool[input].Grad!, $"∂/∂{input} of {name}");
    }

    [Fact]
    public void Network_LoadedFromPyTorchsState_HasItsNamesAndOutput()
    {
        Dictionary<string, ReferenceTensor> expected = Of("network");
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Sequential network = new(
            ("conv1", new Conv2d(2, 4, 3, generator, stride: 2, padding: 1)),
            ("bn", new BatchNorm2d(4)),
            ("features", new Sequential(new ReLU(), new MaxPool2d(2), new Flatten())),
            ("fc", new Linear(4, 3, generator, bias: false)));
        network.To(ScalarType.Float64);

        Assert.Equal(expected.Keys.Where(static key => key != "output"), network.NamedState().Select(static pair => pair.Key));
        network.LoadState(expected.Where(static e => e.Key != "output").ToDictionary(static e => e.Key, static e => Tensor.From(e.Value.Values).Reshape(e.Value.Shape)));
        network.Eval();
        AssertSame(expected["output"], network.Forward(Inputs()["picture"]), "output");
    }

    [Fact]
    public void Layers_FromTheSameSeed_StartFromPyTorchsWeights()
    {
        Dictionary<string, ReferenceTensor> expected = Of("start");
        using Generator generator = new(7);
        using Sequential network = new(
            new Linear(3, 4, generator), new Conv2d(4, 6, (3, 2), generator, groups: 2), new ConvTranspose2d(6, 4, (3, 2), generator, groups: 2));
        foreach ((string name, Tensor parameter) in network.NamedParameters())
            Assert.Equal(expected[name].Values, parameter.ToArray<double>());
    }

    [Fact]
    public void Dropout_FromTheSameSeed_DropsWhatPyTorchDrops()
    {
        ReferenceTensor expected = Expected["dropout"];
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        AssertSame(expected, F.Dropout(Inputs()["picture"], 0.3, generator), "dropout");
    }

    private static Dictionary<string, ReferenceTensor> Of(string name) =>
        Expected.Where(e => e.Key.StartsWith(name + "/", StringComparison.Ordinal)).ToDictionary(e => e.Key[(name.Length + 1)..], static e => e.Value);

    private static void AssertSame(ReferenceTensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] values = actual.ToArray<double>();
        for (int i = 0; i < values.Length; i++)
        {
            double allowed = Tolerance * Math.Max(1, Math.Abs(expected.Values[i]));
            Assert.True(Math.Abs(values[i] - expected.Values[i]) <= allowed, $"{what}, element {i}: found {values[i]:R}, PyTorch has {expected.Values[i]:R}");
        }
    }

    private static IReadOnlyDictionary<string, ReferenceTensor>? ComputeReference()
    {
        using TensorScope scope = TensorScope.Begin();
        const string sequential = "torch.nn.Sequential(__import__('collections').OrderedDict([('conv1', torch.nn.Conv2d(2, 4, 3, 2, 1)), "
            + "('bn', torch.nn.BatchNorm2d(4)), ('features', torch.nn.Sequential(torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten())), "
            + "('fc', torch.nn.Linear(4, 3, bias=False))])).double()";
        const string start = "(torch.manual_seed(7), torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Conv2d(4, 6, (3, 2), groups=2), "
            + "torch.nn.ConvTranspose2d(6, 4, (3, 2), groups=2)))[1].state_dict()";
        return PythonTorch.Compute(Inputs(), [
            .. Cases.Select(static c => (c.Key, c.Value.Python)),
            ("network", $"(lambda net: (net(picture), net.eval(), {{**net.state_dict(), 'output': net(picture)}})[2])({sequential})"),
            ("start", start),
            ("dropout", "(torch.manual_seed(7), F.dropout(picture.detach(), 0.3))[1]"),
        ]);
    }

    private static Dictionary<string, Tensor> Inputs()
    {
        using Generator generator = new(3);
        Tensor Normal(params long[] shape) => Tensor.Normal(shape, generator, ScalarType.Float64);
        return new()
        {
            ["matrix"] = Normal(4, 5),
            ["square"] = Normal(4, 4),
            ["row"] = Normal(5),
            ["picture"] = Normal(3, 2, 6, 5),
            ["filters"] = Normal(4, 2, 3, 2),
            ["halves"] = Normal(4, 1, 3, 3),
            ["four"] = Normal(4),
            ["gamma"] = Normal(2),
            ["beta"] = Normal(2),
            ["w1"] = Normal(6, 5),
            ["b1"] = Normal(6),
            ["w2"] = Normal(2, 6),
            ["b2"] = Normal(2),
            ["_x"] = Normal(8, 5),
            ["_t"] = Normal(8, 2),
            ["_mean"] = Normal(2),
            ["_variance"] = Normal(2).Square() + 0.5,
            ["_weights"] = Normal(5).Square(),
            ["_labels"] = Tensor.From<long>([4, 0, 1, 1]),
            ["_indices"] = Tensor.From<long>([2, 0, 2]),
        };
    }

    private static void Add(string name, string python, Func<Tensor[], Tensor> compute, params string[] inputs) =>
        Cases.Add(name, (python, inputs, compute));

    private static void AddTensor()
    {
        Add("matmul", "matrix.t() @ square", x => x[0].T.MatMul(x[1]), "matrix", "square");
        Add("broadcast", "matrix * row - 2 / (row.square() + 1)", x => (x[0] * x[1]) - (2 / (x[1].Square() + 1)), "matrix", "row");
        Add("exp log", "torch.log1p(torch.exp(matrix)) + matrix.sigmoid() * matrix.tanh()", x => x[0].Exp().Log1p() + (x[0].Sigmoid() * x[0].Tanh()), "matrix");
        Add("variance", "matrix.var(1, unbiased=True) + matrix.std(1)", x => x[0].Variance(1) + x[0].StandardDeviation(1), "matrix");
        Add("logsumexp", "(1000 * matrix).logsumexp(1)", x => (1000 * x[0]).LogSumExp(1), "matrix");
        Add("sort cumsum", "matrix.sort(1).values.cumsum(0)", x => x[0].Sort(1).Values.CumulativeSum(0), "matrix");
        Add("index", "matrix[1:, _indices]", x => x[0][1.., x[1]], "matrix", "_indices");
        Add("amax mean", "matrix.amax(1) - matrix.mean(1) + matrix.norm(dim=1)", x => x[0].Max(1) - x[0].Mean(1) + x[0].Norm(1), "matrix");
        Add("eigh", "torch.linalg.eigvalsh(square + square.t())", x => (x[0] + x[0].T).SymmetricEigen().Values, "square");
        Add("svd", "torch.linalg.svdvals(matrix)", x => x[0].Svd().S, "matrix");
        Add("solve", "torch.linalg.solve(square, matrix)", x => x[0].Solve(x[1]), "square", "matrix");
        Add("cat clamp", "torch.cat([matrix, matrix.clamp(-0.5, 0.5)], 1)", x => Tensor.Concatenate([x[0], x[0].Clamp(-0.5, 0.5)], 1), "matrix");
    }

    private static void AddFunctional()
    {
        Add("linear", "F.linear(matrix, w1, b1)", x => F.Linear(x[0], x[1], x[2]), "matrix", "w1", "b1");
        Add("conv2d", "F.conv2d(picture, filters, four, (2, 1), (1, 2), (1, 2))", x => F.Conv2d(x[0], x[1], x[2], (2, 1), (1, 2), (1, 2)), "picture", "filters", "four");
        Add("conv2d groups", "F.conv2d(picture, halves, groups=2)", x => F.Conv2d(x[0], x[1], groups: 2), "picture", "halves");
        Add(
            "conv_transpose2d",
            "F.conv_transpose2d(picture, filters.transpose(0, 1), four, (2, 3), (1, 0), (1, 2))",
            x => F.ConvTranspose2d(x[0], x[1].Transpose(0, 1), x[2], (2, 3), (1, 0), (1, 2)),
            "picture", "filters", "four");
        Add(
            "conv_transpose2d groups",
            "F.conv_transpose2d(picture, halves[:2], gamma, groups=2)",
            x => F.ConvTranspose2d(x[0], x[1][..2], x[2], groups: 2),
            "picture", "halves", "gamma");
        Add(
            "batch_norm training",
            "F.batch_norm(picture, _mean, _variance, gamma, beta, True, 0.2, 1e-3)",
            x => F.BatchNorm(x[0], x[3], x[4], x[1], x[2], training: true, 0.2, 1e-3),
            "picture", "gamma", "beta", "_mean", "_variance");
        Add(
            "batch_norm running",
            "(F.batch_norm(picture, _mean, _variance, training=True), torch.stack([_mean, _variance]))[1]",
            x =>
            {
                F.BatchNorm(x[0], x[1], x[2], training: true).Dispose();
                return Tensor.Stack([x[1], x[2]]);
            },
            "picture", "_mean", "_variance");
        Add("batch_norm use", "F.batch_norm(picture, _mean, _variance, gamma, beta)", x => F.BatchNorm(x[0], x[3], x[4], x[1], x[2]), "picture", "gamma", "beta", "_mean", "_variance");
        Add("max_pool2d", "F.max_pool2d(picture, 3, 2, 1, ceil_mode=True)", x => F.MaxPool2d(x[0], 3, 2, 1, ceiling: true), "picture");
        Add("avg_pool2d", "F.avg_pool2d(picture, (2, 3), 2, 1)", x => F.AvgPool2d(x[0], (2, 3), 2, 1), "picture");
        Add("adaptive_avg_pool2d", "F.adaptive_avg_pool2d(picture, (4, 2))", x => F.AdaptiveAvgPool2d(x[0], (4, 2)), "picture");
        Add("relu", "F.relu(matrix)", x => F.Relu(x[0]), "matrix");
        Add("leaky_relu", "F.leaky_relu(matrix) + F.leaky_relu(matrix, 0.2)", x => F.LeakyRelu(x[0]) + F.LeakyRelu(x[0], 0.2), "matrix");
        Add("softmax", "F.softmax(matrix, 0) + F.log_softmax(matrix, 1)", x => F.Softmax(x[0], 0) + F.LogSoftmax(x[0], 1), "matrix");
        Add("cross_entropy", "F.cross_entropy(matrix, _labels)", x => F.CrossEntropy(x[0], x[1]), "matrix", "_labels");
        Add(
            "cross_entropy weights",
            "F.cross_entropy(matrix, _labels, _weights, label_smoothing=0.1)",
            x => F.CrossEntropy(x[0], x[1], x[2], 0.1),
            "matrix", "_labels", "_weights");
        Add("nll_loss", "F.nll_loss(F.log_softmax(matrix, 1), _labels, reduction='none')", x => F.NllLoss(F.LogSoftmax(x[0]), x[1], reduction: Reduction.None), "matrix", "_labels");
        Add(
            "binary_cross_entropy_with_logits",
            "F.binary_cross_entropy_with_logits(matrix, torch.full_like(matrix, 0.3), _weights)",
            x => F.BinaryCrossEntropyWithLogits(x[0], Tensor.Full([4, 5], 0.3, ScalarType.Float64), x[1]),
            "matrix", "_weights");
        Add("mse_loss", "F.mse_loss(matrix, row.expand(4, 5), reduction='sum')", x => F.MseLoss(x[0], x[1].Expand(4, 5), Reduction.Sum), "matrix", "row");
        Add("interpolate", "F.interpolate(picture, (3, 4), mode='bilinear', antialias=True)", x => F.Interpolate(x[0], (3, 4)), "picture");
    }

    private static void AddLayers()
    {
        Add("layer BatchNorm1d", "torch.nn.BatchNorm1d(5).double()(matrix)", x => Apply(new BatchNorm1d(5, type: ScalarType.Float64), x[0]), "matrix");
        Add("layer BatchNorm2d", "torch.nn.BatchNorm2d(2).double()(picture)", x => Apply(new BatchNorm2d(2, type: ScalarType.Float64), x[0]), "picture");
        Add("layer AvgPool2d", "torch.nn.AvgPool2d(2)(picture)", x => Apply(new AvgPool2d(2), x[0]), "picture");
        Add("layer LeakyReLU", "torch.nn.LeakyReLU(0.3)(matrix)", x => Apply(new LeakyReLU(0.3), x[0]), "matrix");
        Add("layer Unflatten", "torch.nn.Unflatten(1, (5, 1, 1))(matrix)", x => Apply(new Unflatten(5, 1, 1), x[0]), "matrix");
        Add("layer ReLU6", "torch.nn.ReLU6()(matrix * 5)", x => Apply(new ReLU6(), x[0] * 5), "matrix");
        Add("layer ReLU6 in place", "torch.nn.ReLU6()(matrix * 5)", x => Apply(new ReLU6(inPlace: true), x[0] * 5), "matrix");
        Add("layer Hardswish", "torch.nn.Hardswish()(matrix * 3)", x => Apply(new Hardswish(), x[0] * 3), "matrix");
        Add("layer Hardsigmoid", "torch.nn.Hardsigmoid()(matrix * 3)", x => Apply(new Hardsigmoid(), x[0] * 3), "matrix");
        Add("layer GELU", "torch.nn.GELU()(matrix)", x => Apply(new GELU(), x[0]), "matrix");
        Add("layer AdaptiveAvgPool2d", "torch.nn.AdaptiveAvgPool2d(1)(picture)", x => Apply(new AdaptiveAvgPool2d(1), x[0]), "picture");
    }

    private static Tensor Apply(Module layer, Tensor input)
    {
        using (layer)
            return layer.Forward(input);
    }

    private static void AddOptimizers()
    {
        void Train(string name, string python, Func<ParameterGroup[], Optimizer> make) =>
            Add($"train {name}", $"train(lambda p: torch.optim.{python}, w1, b1, w2, b2, _x, _t)", x => Trained(make, x), "w1", "b1", "w2", "b2", "_x", "_t");

        Train("Sgd", "SGD(p, 0.1)", p => new Sgd(p, 0.1));
        Train("Sgd momentum", "SGD(p, 0.05, momentum=0.9, dampening=0.2)", p => new Sgd(p, 0.05, 0.9, dampening: 0.2));
        Train("Sgd Nesterov", "SGD(p, 0.05, momentum=0.9, weight_decay=0.01, nesterov=True)", p => new Sgd(p, 0.05, 0.9, 0.01, nesterov: true));
        Train("Adam", "Adam(p, 0.01)", p => new Adam(p, 0.01));
        Train("Adam decay", "Adam(p, 0.02, (0.8, 0.99), 1e-6, 0.05)", p => new Adam(p, 0.02, 0.8, 0.99, 1e-6, 0.05));
        Train("AdamW", "AdamW(p, 0.02)", p => new AdamW(p, 0.02));
        Train(
            "groups",
            "SGD([dict(params=p[:1], lr=0.2, weight_decay=0.1), dict(params=p[1:])], 0.02, momentum=0.5)",
            p => new Sgd([new(p[0].Parameters.Take(1)) { RateFactor = 10, WeightDecay = 0.1 }, new(p[0].Parameters.Skip(1))], 0.02, 0.5));
    }

    private static Tensor Trained(Func<ParameterGroup[], Optimizer> make, Tensor[] x)
    {
        Tensor[] parameters = [.. x[..4].Select(static p => p.Detach().Clone().WithGrad())];
        using Optimizer optimizer = make([new(parameters.Select(static (p, i) => KeyValuePair.Create($"{i}", p)))]);
        for (int step = 0; step < 20; step++)
        {
            optimizer.ZeroGrad();
            Tensor hidden = F.Linear(x[4], parameters[0], parameters[1]).Tanh();
            F.MseLoss(F.Linear(hidden, parameters[2], parameters[3]), x[5]).Backward();
            optimizer.Step();
        }

        return Tensor.Concatenate(Array.ConvertAll(parameters, static p => p.Detach().Flatten()));
    }
}
