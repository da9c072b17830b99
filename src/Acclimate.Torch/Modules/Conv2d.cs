namespace Acclimate.Torch;

/// <summary>
/// Convolution of pictures, as <see cref="Functional.Conv2d"/>. State: <c>weight</c>
/// [outputs, inputs / groups, height, width], <c>bias</c> [outputs].
/// </summary>
public sealed class Conv2d : LowRankLayer
{
    private readonly Size2 stride;
    private readonly Size2 padding;
    private readonly Size2 dilation;
    private readonly int groups;

    /// <summary>Creates the layer; weight and bias start evenly within ±1/√fan-in, as PyTorch's do.</summary>
    /// <param name="inputs">Channels that go in.</param>
    /// <param name="outputs">Channels that come out.</param>
    /// <param name="kernel">The filters' size.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <param name="stride">How far the filter moves; 1 unless given.</param>
    /// <param name="padding">Zeros around the picture; 0 unless given.</param>
    /// <param name="dilation">How far apart the filter's elements lie; 1 unless given.</param>
    /// <param name="groups">Into how many parts the channels are cut; it divides inputs and outputs.</param>
    /// <param name="bias">Whether a number is added to each output channel.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the padding below 0.</exception>
    /// <exception cref="ArgumentException">The groups don't divide the channels.</exception>
    public Conv2d(
        long inputs,
        long outputs,
        Size2 kernel,
        Generator generator,
        Size2? stride = null,
        Size2? padding = null,
        Size2? dilation = null,
        int groups = 1,
        bool bias = true,
        ScalarType type = ScalarType.Float32)
    {
        this.stride = stride ?? 1;
        this.padding = padding ?? 0;
        this.dilation = dilation ?? 1;
        this.groups = groups;
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        kernel.CheckAtLeast(1, nameof(kernel));
        this.stride.CheckAtLeast(1, nameof(stride));
        this.padding.CheckAtLeast(0, nameof(padding));
        this.dilation.CheckAtLeast(1, nameof(dilation));
        if (inputs % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"{groups} groups don't divide {inputs} input and {outputs} output channels", nameof(groups));

        long[] shape = [outputs, inputs / groups, kernel.Height, kernel.Width];
        using Tensor first = Initialization.Weight(shape, generator, type);
        Weight = AddParameter("weight", first.ChannelsLast());
        Bias = bias ? AddParameter("bias", Initialization.Bias(shape, generator, type)) : null;
    }

    /// <summary>The filters.</summary>
    public override Tensor Weight { get; }

    /// <summary>What is added to each output channel, or none.</summary>
    public Tensor? Bias { get; }

    /// <summary>The greatest rank of the filters; 0 for a convolution in groups, whose parts are small already: it takes no addition.</summary>
    public override long HighestRank => groups == 1 ? base.HighestRank : 0;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => WithLowRank(Functional.Conv2d(input, Weight, Bias, stride, padding, dilation, groups), input);

    /// <summary>Filters of the layer's own size, r maps.</summary>
    private protected override Tensor Reduce(Tensor input, Tensor a) => Functional.Conv2d(input, a, null, stride, padding, dilation);

    /// <summary>1×1, from r maps to all.</summary>
    private protected override Tensor Expand(Tensor few, Tensor b) => Functional.Conv2d(few, b);
}
