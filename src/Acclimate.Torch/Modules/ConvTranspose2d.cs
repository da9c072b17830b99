namespace Acclimate.Torch;

/// <summary>
/// The transpose of a convolution, as <see cref="Functional.ConvTranspose2d"/>. State: <c>weight</c> [inputs,
/// outputs / groups, height, width], <c>bias</c> [outputs].
/// </summary>
public sealed class ConvTranspose2d : Module
{
    private readonly Size2 stride;
    private readonly Size2 padding;
    private readonly Size2 extra;
    private readonly int groups;

    /// <summary>Creates the layer; weight and bias start evenly within ±1/√(outputs / groups · height · width), as PyTorch's do.</summary>
    /// <param name="inputs">Channels that go in.</param>
    /// <param name="outputs">Channels that come out.</param>
    /// <param name="kernel">The filters' size.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <param name="stride">How far apart the filter's copies lie; 1 unless given.</param>
    /// <param name="padding">How much is cut off the result on each side; 0 unless given.</param>
    /// <param name="extra">Rows and columns added at the bottom and the right, below the stride; 0 unless given.</param>
    /// <param name="groups">Into how many parts the channels are cut; it divides inputs and outputs.</param>
    /// <param name="bias">Whether a number is added to each output channel.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the padding or the extra below 0.</exception>
    /// <exception cref="ArgumentException">The groups don't divide the channels.</exception>
    public ConvTranspose2d(
        long inputs,
        long outputs,
        Size2 kernel,
        Generator generator,
        Size2? stride = null,
        Size2? padding = null,
        Size2? extra = null,
        int groups = 1,
        bool bias = true,
        ScalarType type = ScalarType.Float32)
    {
        this.stride = stride ?? 1;
        this.padding = padding ?? 0;
        this.extra = extra ?? 0;
        this.groups = groups;
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        kernel.CheckAtLeast(1, nameof(kernel));
        this.stride.CheckAtLeast(1, nameof(stride));
        this.padding.CheckAtLeast(0, nameof(padding));
        this.extra.CheckAtLeast(0, nameof(extra));
        if (inputs % groups != 0 || outputs % groups != 0)
            throw new ArgumentException($"{groups} groups don't divide {inputs} input and {outputs} output channels", nameof(groups));

        long[] shape = [inputs, outputs / groups, kernel.Height, kernel.Width];
        Weight = AddParameter("weight", Initialization.Weight(shape, generator, type));
        Bias = bias ? AddParameter("bias", Initialization.Bias(shape, outputs, generator, type)) : null;
    }

    /// <summary>The filters.</summary>
    public Tensor Weight { get; }

    /// <summary>What is added to each output channel, or none.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.ConvTranspose2d(input, Weight, Bias, stride, padding, extra, groups);
}
