using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// ViT-B/16 with the names and first values of torchvision: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021.
/// Patches of 16×16 pixels become vectors of 768, a learned one goes before them, each gets the embedding of its place, and 12
/// encoder layers follow; the features are what became of the first vector.
/// </summary>
internal static class VisionTransformer
{
    public const string Name = "vit_b_16";

    private const int Side = 224;
    private const int Patch = 16;
    private const int Width = 768;
    private const int Depth = 12;
    private const int Heads = 12;
    private const int Hidden = 3072;
    private const double Epsilon = 1e-6;

    /// <summary>The two layers of each perceptron as files from before torchvision 0.14 call them, and as they are called now.</summary>
    private static readonly (string Old, string New)[] Renamed = [(".mlp.linear_1.", ".mlp.0."), (".mlp.linear_2.", ".mlp.3.")];

    public static Backbone Build(long[] inputShape, Generator generator)
    {
        if (inputShape is not [> 0 and var channels, Side, Side])
        {
            throw new ArgumentException(
                $"backbone {Name} takes pictures of {Side}×{Side} and no others, for it knows the places of {Side / Patch}×{Side / Patch} patches; "
                + $"resize the samples, which are of shape [{string.Join(", ", inputShape)}]");
        }

        Conv2d projection = new(channels, Width, Patch, generator, stride: Patch);
        using (NoGrad.Begin())
        {
            // torchvision cuts the normal distribution off at ±2, which is 55 and more deviations away.
            Tensor drawn = Tensor.Normal(projection.Weight.Shape, generator);
            drawn.MulInPlace(Math.Sqrt(1.0 / (channels * Patch * Patch)));
            FirstValues.Set(projection.Weight, drawn);
            projection.Bias!.FillInPlace(0);
        }

        (string Name, Module Module)[] layers = [.. Enumerable.Range(0, Depth).Select(i => ($"encoder_layer_{i}", (Module)new EncoderLayer(generator)))];
        return new Backbone(
            [
                ("conv_proj", projection),
                ("patches", new Patches()),
                ("class_token", new ClassToken()),
                ("encoder", new Sequential(
                    ("pos_embedding", new Places((Side / Patch * (Side / Patch)) + 1, generator)),
                    ("layers", new Sequential(layers)),
                    ("ln", new LayerNorm(Width, Epsilon)))),
                ("token", new FirstToken()),
            ],
            Width,
            [("conv_proj", "encoder.pos_embedding"), .. layers.Select(static layer => (layer.Name, $"encoder.layers.{layer.Name}")), ("ln", "token")],
            headName: "heads.head");
    }

    /// <summary>A published state in the names of today.</summary>
    public static IReadOnlyDictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> state) =>
        state.ToDictionary(static entry => Renamed.Aggregate(entry.Key, static (name, r) => name.Replace(r.Old, r.New, StringComparison.Ordinal)), static entry => entry.Value);

    /// <summary>x + attention(norm(x)), and to that y the same with a perceptron: y + W₂ gelu(W₁ norm(y)). Adapters go behind each of the two.</summary>
    private sealed class EncoderLayer : Block
    {
        private readonly LayerNorm firstNorm;
        private readonly MultiheadSelfAttention attention;
        private readonly LayerNorm secondNorm;
        private readonly Sequential perceptron;
        private BottleneckAdapter? afterAttention;
        private BottleneckAdapter? afterPerceptron;

        public EncoderLayer(Generator generator)
        {
            firstNorm = Add("ln_1", new LayerNorm(Width, Epsilon));
            attention = Add("self_attention", new MultiheadSelfAttention(Width, Heads, generator));
            secondNorm = Add("ln_2", new LayerNorm(Width, Epsilon));
            Linear widening = new(Width, Hidden, generator), narrowing = new(Hidden, Width, generator);
            perceptron = Add("mlp", new Sequential(("0", widening), ("1", new GELU()), ("3", narrowing)));
            using NoGrad noGrad = NoGrad.Begin();
            foreach (Linear linear in (Linear[])[widening, narrowing])
            {
                FirstValues.Set(linear.Weight, Initialization.XavierUniform(linear.Weight.Shape, generator));
                Tensor bias = Tensor.Normal(linear.Bias!.Shape, generator);
                bias.MulInPlace(1e-6);
                FirstValues.Set(linear.Bias, bias);
            }
        }

        public override long Outputs => Width;

        public override void AddAdapters(int size, Generator generator)
        {
            afterAttention = Add("attention_adapter", new BottleneckAdapter(Width, size, maps: false, generator));
            afterPerceptron = Add("mlp_adapter", new BottleneckAdapter(Width, size, maps: false, generator));
        }

        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor seen = attention.Forward(firstNorm.Forward(input)), attended = (afterAttention?.Forward(seen) ?? seen) + input;
            Tensor made = perceptron.Forward(secondNorm.Forward(attended));
            return scope.Keep((afterPerceptron?.Forward(made) ?? made) + attended);
        }
    }

    /// <summary>A picture's places as a sequence.</summary>
    private sealed class Patches : Module
    {
        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            return scope.Keep(input.Flatten(2).Transpose(1, 2));
        }
    }

    /// <summary>A learned vector before each sequence; the state calls it as the module.</summary>
    private sealed class ClassToken : Module
    {
        private readonly Tensor token;

        public ClassToken() => token = AddParameter(string.Empty, Tensor.Zeros([1, 1, Width]));

        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            return scope.Keep(Tensor.Concatenate([token.Expand(input.Size(0), 1, Width), input], 1));
        }
    }

    /// <summary>A learned vector added at each place; the state calls them as the module.</summary>
    private sealed class Places : Module
    {
        private readonly Tensor places;

        public Places(int count, Generator generator)
        {
            Tensor drawn = Tensor.Normal([1, count, Width], generator);
            drawn.MulInPlace(0.02);
            places = AddParameter(string.Empty, drawn);
        }

        public override Tensor Forward(Tensor input) => input + places;
    }

    private sealed class FirstToken : Module
    {
        public override Tensor Forward(Tensor input) => input.Select(1, 0);
    }
}
