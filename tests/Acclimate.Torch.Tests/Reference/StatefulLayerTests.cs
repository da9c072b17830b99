namespace Acclimate.Torch.Tests.Reference;

/// <summary>Layers with a state against Python's PyTorch: their results, and the gradients of their inputs and of every parameter.</summary>
public sealed class StatefulLayerTests
{
    /// <summary>Both sides compute in float64 (ε = 2·10⁻¹⁶) and sum at most a few hundred terms: 10⁻¹⁰ allows for any order.</summary>
    private const double Tolerance = 1e-10;

    private static readonly Lazy<IReadOnlyDictionary<string, ReferenceTensor>?> Reference = new(ComputeReference);

    /// <summary>The input, and each parameter with a name of the reference's.</summary>
    private static readonly Dictionary<string, (string Python, Func<Generator, Module> Make, string Input, (string State, string Name)[] Parameters)> Cases = new()
    {
        ["layer norm"] = (
            "F.layer_norm(sequences, (8,), gamma, beta, 1e-6)",
            static _ => new LayerNorm(8, 1e-6),
            "sequences",
            [("weight", "gamma"), ("bias", "beta")]),
        ["self-attention"] = (
            """
            F.multi_head_attention_forward(sequences.transpose(0, 1), sequences.transpose(0, 1), sequences.transpose(0, 1), 8, 2, inward, shifts,
                None, None, False, 0.0, outward, beta, need_weights=False)[0].transpose(0, 1)
            """,
            static generator => new MultiheadSelfAttention(8, 2, generator),
            "sequences",
            [("in_proj_weight", "inward"), ("in_proj_bias", "shifts"), ("out_proj.weight", "outward"), ("out_proj.bias", "beta")]),
        ["squeeze and excitation"] = (
            "picture * F.hardsigmoid(F.conv2d(F.relu(F.conv2d(F.adaptive_avg_pool2d(picture, 1), squeeze, three)), excite, beta))",
            static generator => new SqueezeExcitation(8, 3, generator),
            "picture",
            [("fc1.weight", "squeeze"), ("fc1.bias", "three"), ("fc2.weight", "excite"), ("fc2.bias", "beta")]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Layer_WithPyTorchsState_HasItsResultAndGradients(string name)
    {
        Assert.SkipWhen(Reference.Value is null, "no Python with PyTorch (package python3-torch; ACCLIMATE_PYTHON names another interpreter)");
        (_, Func<Generator, Module> make, string input, (string State, string Name)[] parameters) = Cases[name];
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Module layer = make(generator);
        layer.To(ScalarType.Float64);
        Dictionary<string, Tensor> pool = Inputs();
        layer.LoadState(parameters.ToDictionary(static p => p.State, p => pool[p.Name]));
        Tensor x = pool[input].WithGrad();

        Tensor result = layer.Forward(x);
        result.Square().Sum().Backward();

        AssertSame(name, result);
        AssertSame($"{name}/{input}", x.Grad!);
        Dictionary<string, Tensor> own = layer.NamedParameters().ToDictionary();
        foreach ((string state, string reference) in parameters)
            AssertSame($"{name}/{reference}", own[state].Grad!);
    }

    /// <summary>In bfloat16 (2⁻⁸ a rounding) a few roundings in a row leave a few hundredths of the greatest element.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Layer_UnderAutocast_ComputesTheSameRoundedly(string name)
    {
        (_, Func<Generator, Module> make, string input, _) = Cases[name];
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Module layer = make(generator);
        Tensor x = Inputs()[input].To(ScalarType.Float32), exact = layer.Forward(x).Detach();
        using (Autocast.Begin(ScalarType.BFloat16))
        {
            Tensor rounded = layer.Forward(x);
            Assert.InRange((rounded.To(ScalarType.Float32) - exact).Abs().Max().ToDouble(), 0, 0.05 * exact.Abs().Max().ToDouble());
            rounded.To(ScalarType.Float32).Square().Sum().Backward();
        }

        Assert.All(layer.NamedParameters(), static p => Assert.True(p.Value.Grad!.IsFinite().To(ScalarType.Float32).Min().ToDouble() == 1));
    }

    private static void AssertSame(string what, Tensor actual)
    {
        ReferenceTensor expected = Reference.Value![what];
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(
            actual.ToArray<double>().Zip(expected.Values), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, Math.Abs(pair.Second)), what));
    }

    private static IReadOnlyDictionary<string, ReferenceTensor>? ComputeReference()
    {
        using TensorScope scope = TensorScope.Begin();
        return PythonTorch.Compute(Inputs(), Cases.Select(static c => (c.Key, c.Value.Python.Trim())));
    }

    private static Dictionary<string, Tensor> Inputs()
    {
        using Generator generator = new(3);
        Tensor Normal(params long[] shape) => Tensor.Normal(shape, generator, ScalarType.Float64);
        return new()
        {
            ["sequences"] = Normal(2, 5, 8),
            ["picture"] = Normal(2, 8, 4, 3),
            ["gamma"] = Normal(8),
            ["beta"] = Normal(8),
            ["inward"] = Normal(24, 8) * 0.5,
            ["shifts"] = Normal(24),
            ["outward"] = Normal(8, 8),
            ["squeeze"] = Normal(3, 8, 1, 1),
            ["three"] = Normal(3),
            ["excite"] = Normal(8, 3, 1, 1),
        };
    }
}
