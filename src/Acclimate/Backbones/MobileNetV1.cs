using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Backbones;

/// <summary>
/// A pretrained MobileNetV1 (Howard et al., arXiv:1704.04861), as a source of features: a 3 × 3 convolution of stride 2,
/// then 13 times a depthwise 3 × 3 and a pointwise 1 × 1 convolution (stride 2 at the 2nd, 4th, 6th and 12th), each with
/// batch norm and ReLU6, and the mean over places. The width α is read off the weights; α = 0.25 gives 256 features.
/// </summary>
/// <remarks>
/// The weights are a safetensors file in TensorFlow's layouts: <c>conv1/kernel</c>, <c>conv_dw_1/depthwise_kernel</c>,
/// <c>conv_pw_1/kernel</c> …, height × width × inputs × outputs, and for each <c>…_bn/gamma</c>, <c>beta</c>,
/// <c>moving_mean</c>, <c>moving_variance</c>. Padding is TensorFlow's SAME: what is odd goes below and to the right.
/// </remarks>
public static class MobileNetV1
{
    /// <summary>The side of the pictures that it was trained on.</summary>
    public const int Side = 224;

    private const int Blocks = 13;
    private const int Batch = 32;
    private static readonly int[] Halving = [2, 4, 6, 12];

    /// <summary>What is done to pictures first: 224 × 224, in colour, from −1 to 1 (x / 127.5 − 1).</summary>
    public static Preprocessing Preprocessing { get; } =
        new([new Resize(Side, Side), new Colour(), new ToFloat(), new Normalise([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])]);

    /// <summary>Loads the network; it comes ready for use, not for training.</summary>
    /// <param name="weights">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static Backbone Load(string weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using TensorFile file = Safetensors.Read(weights);
        List<(string Name, Module Module)> stages = [];
        try
        {
            stages.Add(("conv1", new Unit(file, weights, "conv1", "kernel", stride: 2)));
            for (int i = 1; i <= Blocks; i++)
            {
                stages.Add(($"depthwise{i}", new Unit(file, weights, $"conv_dw_{i}", "depthwise_kernel", Halving.Contains(i) ? 2 : 1)));
                stages.Add(($"pointwise{i}", new Unit(file, weights, $"conv_pw_{i}", "kernel", stride: 1)));
            }
        }
        catch
        {
            stages.ForEach(static stage => stage.Module.Dispose());
            throw;
        }

        stages.Add(("pool", new Sequential(new AdaptiveAvgPool2d(1), new Flatten())));
        Backbone network = new(stages, (int)file.Tensors[$"conv_pw_{Blocks}/kernel"].Size(3));
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

    /// <summary>A convolution with SAME padding, batch norm (ε = 0.001) and ReLU6.</summary>
    private sealed class Unit : Module
    {
        private const double Epsilon = 1e-3;

        private readonly Tensor weight;
        private readonly int stride;
        private readonly int groups;
        private readonly BatchNorm2d norm;

        public Unit(TensorFile file, string path, string name, string kernel, int stride)
        {
            Tensor stored = Stored($"{name}/{kernel}");
            Dictionary<string, Tensor> statistics = new()
            {
                ["weight"] = Stored($"{name}_bn/gamma"),
                ["bias"] = Stored($"{name}_bn/beta"),
                ["running_mean"] = Stored($"{name}_bn/moving_mean"),
                ["running_var"] = Stored($"{name}_bn/moving_variance"),
            };
            if (stored.Rank != 4)
                throw new InvalidDataException($"{path}: {name}/{kernel} has {stored.Rank} dimensions; a kernel has 4");
            bool depthwise = kernel != "kernel";
            this.stride = stride;
            groups = depthwise ? (int)stored.Size(2) : 1;

            // Height, width, inputs, outputs; depthwise the third are the channels, and the fourth is 1.
            weight = AddParameter("weight", (depthwise ? stored.Permute(2, 3, 0, 1) : stored.Permute(3, 2, 0, 1)).Contiguous());
            norm = Add("bn", new BatchNorm2d(weight.Size(0), Epsilon));
            norm.LoadState(statistics);

            Tensor Stored(string wanted) => file.Tensors.TryGetValue(wanted, out Tensor? found)
                ? found
                : throw new InvalidDataException($"{path}: holds no {wanted}; expected the weights of a MobileNetV1 in TensorFlow's names");
        }

        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            (long top, long bottom) = Same(input.Size(2));
            (long left, long right) = Same(input.Size(3));
            Tensor padded = top + bottom + left + right == 0
                ? input
                : Operator.Get("aten::constant_pad_nd").Call(input, (long[])[left, right, top, bottom], 0.0);
            return scope.Keep(norm.Forward(Functional.Conv2d(padded, weight, stride: stride, groups: groups)).Clamp(0, 6));
        }

        /// <summary>Zeros before and after a side, so that ⌈side / stride⌉ places come out.</summary>
        private (long Before, long After) Same(long side)
        {
            long kernel = weight.Size(2), places = (side + stride - 1) / stride;
            long zeros = Math.Max(((places - 1) * stride) + kernel - side, 0);
            return (zeros / 2, zeros - (zeros / 2));
        }
    }
}
