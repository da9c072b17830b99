using System.Globalization;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Backbones;

/// <summary>
/// MobileNetV1 (Howard et al., arXiv:1704.04861): a 3×3 convolution of stride 2, then 13 times a depthwise 3×3 and a pointwise
/// 1×1 convolution (stride 2 at the 2nd, 4th, 6th and 12th), each with batch norm and ReLU6, and the mean over places. The
/// width α multiplies all maps; the features are 1,024 α.
/// </summary>
/// <remarks>
/// Layers are called as Keras's: <c>conv1</c>, <c>conv_dw_1</c>, <c>conv_pw_1</c> …, and <c>…_bn</c>. Published weights are in
/// TensorFlow's layouts, which <see cref="Translate"/> turns: <c>conv1/kernel</c> and <c>conv_dw_1/depthwise_kernel</c> of
/// height × width × inputs × outputs, <c>…_bn/gamma</c>, <c>beta</c>, <c>moving_mean</c>, <c>moving_variance</c>. Padding is
/// TensorFlow's SAME: what is odd goes below and to the right.
/// </remarks>
public static class MobileNetV1
{
    /// <summary>The side of the pictures that the published weights were trained on.</summary>
    public const int Side = 224;

    private const string Prefix = "mobilenetv1";
    internal const string HeadName = "conv_preds";
    private const int Smallest = 32;
    private const int Batch = 32;
    private const double Epsilon = 1e-3;
    private const double Momentum = 0.01;

    /// <summary>The maps of each block where α is 1; the stride is 2 where they double, but for the first.</summary>
    private static readonly int[] Maps = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
    private static readonly int[] Halving = [2, 4, 6, 12];

    private static readonly (string Theirs, string Ours)[] Suffixes =
    [
        ("/kernel", ".weight"), ("/depthwise_kernel", ".weight"), ("/bias", ".bias"),
        ("/gamma", ".weight"), ("/beta", ".bias"), ("/moving_mean", ".running_mean"), ("/moving_variance", ".running_var"),
    ];

    /// <summary>What is done to pictures first: 224 × 224, in colour, from −1 to 1 (x / 127.5 − 1).</summary>
    public static Preprocessing Preprocessing { get; } =
        new([new Resize(Side, Side), new Colour(), new ToFloat(), new Normalise([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])]);

    /// <summary>The widths with published weights.</summary>
    internal static IEnumerable<string> Names => [Prefix, Prefix + "-0.75", Prefix + "-0.5", Prefix + "-0.25"];

    /// <summary>Loads the network from weights in TensorFlow's layouts, whose width decides α; it comes ready for use, not for training.</summary>
    /// <param name="weights">The file, in the safetensors format.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static Backbone Load(string weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using TensorFile file = Safetensors.Read(weights);
        string last = $"conv_pw_{Maps.Length}/kernel";
        if (!file.Tensors.TryGetValue(last, out Tensor? kernel) || kernel.Rank != 4)
            throw new InvalidDataException($"{weights}: holds no {last} of four dimensions; expected the weights of a MobileNetV1 in TensorFlow's names");
        using Generator unused = new(0);
        Backbone? network = null;
        try
        {
            network = Build((double)kernel.Size(3) / Maps[^1], [3, Side, Side], unused);
            network.LoadState(Translate(file.Tensors).Where(static entry => !entry.Key.StartsWith(HeadName, StringComparison.Ordinal)).ToDictionary());
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            network?.Dispose();
            throw new InvalidDataException($"{weights}: {e.Message}", e);
        }

        network.Eval();
        network.Freeze();
        return network;
    }

    /// <summary>The pooled features of all samples of a domain of pictures: samples × features, float32.</summary>
    /// <param name="network">The network, as <see cref="Load"/> gives it.</param>
    /// <param name="domain">The pictures, of any size.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The domain holds no pictures, or one can't be read.</exception>
    public static Tensor Features(Backbone network, Domain domain, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(domain);
        using TensorScope all = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(domain, Preprocessing, Batch, cancellation))
        {
            using TensorScope scope = TensorScope.Begin();
            using (batch)
                parts.Add(scope.Keep(network.Forward(batch.Inputs)));
        }

        return all.Keep(Tensor.Concatenate([.. parts]));
    }

    /// <summary>Whether a name is <c>mobilenetv1-α</c> with an α from 0.1 to 2, or <c>mobilenetv1</c>, where α is 1.</summary>
    internal static bool Knows(string name) => WidthOf(name) is not null;

    internal static Backbone Build(string name, long[] inputShape, Generator generator) => Build(WidthOf(name)!.Value, inputShape, generator);

    /// <summary>A state in TensorFlow's names and layouts in this network's; one that is in these already stays as it is.</summary>
    /// <exception cref="InvalidDataException">A kernel hasn't four dimensions.</exception>
    internal static IReadOnlyDictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> state)
    {
        Dictionary<string, Tensor> translated = [];
        foreach ((string name, Tensor tensor) in state)
        {
            (string theirs, string ours) = Array.Find(Suffixes, suffix => name.EndsWith(suffix.Theirs, StringComparison.Ordinal));
            if (theirs is null)
                translated[name] = tensor;
            else
                translated[name[..^theirs.Length] + ours] = theirs.EndsWith("kernel", StringComparison.Ordinal) ? Turned(name, tensor) : tensor;
        }

        return translated;
    }

    /// <summary>Height, width, inputs, outputs as outputs, inputs, height, width; of a depthwise kernel the inputs are the outputs. The classifier's is a matrix.</summary>
    private static Tensor Turned(string name, Tensor kernel)
    {
        if (kernel.Rank != 4)
            throw new InvalidDataException($"{name} has {kernel.Rank} dimensions; a kernel has 4");
        Tensor turned = name.EndsWith("/depthwise_kernel", StringComparison.Ordinal) ? kernel.Permute(2, 3, 0, 1) : kernel.Permute(3, 2, 0, 1);
        return name.StartsWith(HeadName, StringComparison.Ordinal) ? turned.Flatten(1) : turned;
    }

    private static double? WidthOf(string name) =>
        name == Prefix ? 1
        : name.StartsWith(Prefix + "-", StringComparison.Ordinal)
            && double.TryParse(name.AsSpan(Prefix.Length + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double width)
            && width is >= 0.1 and <= 2
            ? width
            : null;

    private static Backbone Build(double width, long[] inputShape, Generator generator)
    {
        (int channels, _, _) = Networks.Picture(Prefix, inputShape, Smallest);
        if (width is not (>= 0.1 and <= 2))
            throw new ArgumentException($"a width α of {width.ToString(CultureInfo.InvariantCulture)}; expected from 0.1 to 2");
        List<(string Name, Module Module)> chain = [];
        List<(string, string)> stages = [("conv1", "conv1_relu")];
        int from = Wide(32);
        Add("conv1", new Conv2d(channels, from, 3, generator, stride: 2, bias: false), from, pads: "conv1_pad");
        for (int i = 1; i <= Maps.Length; i++)
        {
            bool halves = Halving.Contains(i);
            int to = Wide(Maps[i - 1]);
            Conv2d depthwise = new(from, from, 3, generator, stride: halves ? 2 : 1, padding: halves ? 0 : 1, groups: from, bias: false);
            Add($"conv_dw_{i}", depthwise, from, halves ? $"conv_pad_{i}" : null);
            Add($"conv_pw_{i}", new Conv2d(from, to, 1, generator, bias: false), to, pads: null);
            stages.Add(($"block{i}", $"conv_pw_{i}_relu"));
            from = to;
        }

        chain.Add(("avgpool", new Sequential(new AdaptiveAvgPool2d(1), new Flatten())));
        Backbone network = new(chain, from, [.. stages, ("avgpool", "avgpool")], HeadName);
        using NoGrad noGrad = NoGrad.Begin();
        foreach (Conv2d convolution in network.Modules().OfType<Conv2d>())
            FirstValues.Set(convolution.Weight, Initialization.KaimingNormalIn(convolution.Weight.Shape, generator));
        return network;

        int Wide(int maps) => (int)(maps * width);

        void Add(string name, Conv2d convolution, int maps, string? pads)
        {
            if (pads is not null)
                chain.Add((pads, new HalvingPadding()));
            chain.Add((name, convolution));
            chain.Add(($"{name}_bn", new BatchNorm2d(maps, Epsilon, Momentum)));
            chain.Add(($"{name}_relu", new ReLU6(inPlace: true)));
        }
    }

    /// <summary>The zeros around a picture with which a 3×3 convolution of stride 2 gives half its side, rounded up.</summary>
    private sealed class HalvingPadding : Module
    {
        public override Tensor Forward(Tensor input) => Operator.Get("aten::constant_pad_nd").Call(input, (long[])[input.Size(3) % 2, 1, input.Size(2) % 2, 1], 0.0);
    }
}
