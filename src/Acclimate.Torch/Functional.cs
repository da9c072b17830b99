using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>What lies around a picture that is sampled beyond its border. The numbers are libtorch's own.</summary>
public enum GridBorder
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The border's pixels, repeated.</summary>
    Repeated = 1,

    /// <summary>The picture, mirrored at its border.</summary>
    Mirrored = 2,
}

/// <summary>
/// The functions that networks are made of, without parameters of their own. Pictures are batches of shape
/// [samples, channels, height, width]. Every function returns a fresh tensor through which gradients flow.
/// </summary>
/// <exception cref="TorchException">From every member: libtorch refused the arguments; the message is its own.</exception>
public static partial class Functional
{
    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="input">x, of shape […, inputs].</param>
    /// <param name="weight">W, of shape [outputs, inputs].</param>
    /// <param name="bias">b, of shape [outputs], or none.</param>
    /// <returns>y, of shape […, outputs].</returns>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias = null) =>
        Operator.Get("aten::linear").Call(input, weight, bias);

    /// <summary>
    /// The cross-correlation of each picture with each filter. The result is
    /// ⌊(height + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 high, and likewise wide.
    /// </summary>
    /// <param name="input">The pictures.</param>
    /// <param name="weight">The filters, of shape [outputs, channels / groups, height, width].</param>
    /// <param name="bias">One number for each output, or none.</param>
    /// <param name="stride">How far the filter moves from one place to the next; 1 unless given.</param>
    /// <param name="padding">Zeros put around the picture on each side; 0 unless given.</param>
    /// <param name="dilation">How far apart the filter's elements lie; 1 unless given.</param>
    /// <param name="groups">Into how many parts channels and outputs are cut, each part seeing only its own; 1 unless given.</param>
    public static Tensor Conv2d(
        Tensor input, Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1) =>
        Operator.Get("aten::conv2d").Call(
            input,
            weight,
            bias,
            (stride ?? 1).ToArray(),
            (padding ?? 0).ToArray(),
            (dilation ?? 1).ToArray(),
            groups);

    /// <summary>
    /// The transpose of <see cref="Conv2d"/>: each input pixel puts a copy of the filter, times its value, into the
    /// result, and overlapping copies add up. The result is (height − 1)·stride − 2·padding + kernel + extra high, and
    /// likewise wide: kernel 4, stride 2, padding 1 doubles a picture.
    /// </summary>
    /// <param name="input">The pictures.</param>
    /// <param name="weight">The filters, of shape [channels, outputs / groups, height, width].</param>
    /// <param name="bias">One number for each output, or none.</param>
    /// <param name="stride">How far apart the copies lie; 1 unless given.</param>
    /// <param name="padding">How much is cut off the result on each side; 0 unless given.</param>
    /// <param name="extra">Rows and columns added to the result at the bottom and the right, below the stride; 0 unless given.</param>
    /// <param name="groups">Into how many parts channels and outputs are cut, each part seeing only its own; 1 unless given.</param>
    public static Tensor ConvTranspose2d(
        Tensor input, Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? extra = null, int groups = 1) =>
        Operator.Get("aten::conv_transpose2d.input").Call(
            input,
            weight,
            bias,
            (stride ?? 1).ToArray(),
            (padding ?? 0).ToArray(),
            (extra ?? 0).ToArray(),
            groups);

    /// <summary>
    /// y = (x − μ) / √(σ² + ε) · γ + β for each channel (dimension 1): Ioffe &amp; Szegedy, "Batch Normalization", ICML
    /// 2015. μ and σ² are the batch's own in training, which the running ones then move towards by
    /// <paramref name="momentum"/> (with the unbiased variance); otherwise they are the running ones.
    /// </summary>
    /// <param name="input">x, of shape [samples, channels, …].</param>
    /// <param name="runningMean">The running means, one a channel; changed in training. None: the batch's own are used always.</param>
    /// <param name="runningVariance">The running variances, likewise.</param>
    /// <param name="weight">γ, or none for 1.</param>
    /// <param name="bias">β, or none for 0.</param>
    /// <param name="training">Whether the batch's own statistics are used.</param>
    /// <param name="momentum">The share of the batch in the running statistics, 0 to 1.</param>
    /// <param name="epsilon">ε, above 0.</param>
    public static Tensor BatchNorm(
        Tensor input,
        Tensor? runningMean,
        Tensor? runningVariance,
        Tensor? weight = null,
        Tensor? bias = null,
        bool training = false,
        double momentum = 0.1,
        double epsilon = 1e-5) =>
        Operator.Get("aten::batch_norm").Call(
            input,
            weight,
            bias,
            runningMean,
            runningVariance,
            training || runningMean is null,
            momentum,
            epsilon,
            true);

    /// <summary>The greatest element in each window.</summary>
    /// <param name="input">The pictures.</param>
    /// <param name="kernel">The window's size.</param>
    /// <param name="stride">How far the window moves; the window's size unless given.</param>
    /// <param name="padding">How far windows reach over the border, at most half the window; 0 unless given.</param>
    /// <param name="dilation">How far apart the window's elements lie; 1 unless given.</param>
    /// <param name="ceiling">Whether a window that is cut off at the border still counts.</param>
    public static Tensor MaxPool2d(
        Tensor input, Size2 kernel, Size2? stride = null, Size2? padding = null, Size2? dilation = null, bool ceiling = false) =>
        Operator.Get("aten::max_pool2d").Call(
            input,
            kernel.ToArray(),
            (stride ?? kernel).ToArray(),
            (padding ?? 0).ToArray(),
            (dilation ?? 1).ToArray(),
            ceiling);

    /// <summary>The mean of each window.</summary>
    /// <param name="input">The pictures.</param>
    /// <param name="kernel">The window's size.</param>
    /// <param name="stride">How far the window moves; the window's size unless given.</param>
    /// <param name="padding">Zeros put around the picture, counted in the mean; 0 unless given.</param>
    public static Tensor AvgPool2d(Tensor input, Size2 kernel, Size2? stride = null, Size2? padding = null) =>
        Operator.Get("aten::avg_pool2d").Call(input, kernel.ToArray(), (stride ?? kernel).ToArray(), (padding ?? 0).ToArray());

    /// <summary>The means of windows that are chosen so that the result has a given size.</summary>
    /// <param name="input">The pictures, of any size.</param>
    /// <param name="size">The size of the result.</param>
    public static Tensor AdaptiveAvgPool2d(Tensor input, Size2 size) =>
        Operator.Get("aten::adaptive_avg_pool2d").Call(input, size.ToArray());

    /// <summary>
    /// Sets each element to 0 with probability <paramref name="probability"/> and divides the others by
    /// 1 − <paramref name="probability"/>: Srivastava et al., "Dropout", JMLR 2014.
    /// </summary>
    /// <param name="input">Any tensor of floating point.</param>
    /// <param name="probability">From 0 (nothing is dropped) to 1 (everything is).</param>
    /// <param name="generator">The source of randomness, on the tensor's device.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1.</exception>
    public static Tensor Dropout(Tensor input, double probability, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(generator);
        CheckProbability(probability, nameof(probability));
        if (probability == 0)
            return input.Alias();
        using Tensor kept = input.BernoulliLike(1 - probability, generator);
        if (probability < 1)
            kept.MulInPlace(1 / (1 - probability));
        return input * kept;
    }

    /// <summary>max(x, 0).</summary>
    /// <param name="input">x.</param>
    public static Tensor Relu(Tensor input) => Operator.Get("aten::relu").Call(input);

    /// <summary>max(x, 0) in the place of x, which must not be a leaf that wants gradients.</summary>
    /// <param name="input">x.</param>
    /// <returns>A second handle on the same elements.</returns>
    public static Tensor ReluInPlace(Tensor input) => Operator.Get("aten::relu_").Call(input);

    /// <summary>max(x, 0) + slope · min(x, 0).</summary>
    /// <param name="input">x.</param>
    /// <param name="slope">What negative numbers are multiplied by.</param>
    public static Tensor LeakyRelu(Tensor input, double slope = 0.01) => Operator.Get("aten::leaky_relu").Call(input, slope);

    /// <summary>eˣ / Σ eˣ along a dimension.</summary>
    /// <param name="input">x.</param>
    /// <param name="dimension">Which; negative counts from the last.</param>
    public static Tensor Softmax(Tensor input, int dimension = -1) => Operator.Get("aten::softmax.int").Call(input, dimension);

    /// <summary>x − log Σ eˣ along a dimension: the logarithm of <see cref="Softmax"/>, exact where that one is near 0.</summary>
    /// <inheritdoc cref="Softmax"/>
    public static Tensor LogSoftmax(Tensor input, int dimension = -1) =>
        Operator.Get("aten::log_softmax.int").Call(input, dimension);

    /// <summary>
    /// Pictures in another size, bilinear; where they shrink, each new pixel averages all the old ones that it covers
    /// (antialiased, as Pillow does it).
    /// </summary>
    /// <param name="input">The pictures, of floating point.</param>
    /// <param name="size">The new size.</param>
    public static Tensor Interpolate(Tensor input, Size2 size) =>
        Operator.Get("aten::_upsample_bilinear2d_aa").Call(input, size.ToArray(), false);

    /// <summary>
    /// For each picture the places that an affine map takes the middles of the pixels to. Places run from −1 to 1, from
    /// one edge of the picture to the other.
    /// </summary>
    /// <param name="maps">One map a picture, of shape [samples, 2, 3]: (x, y, 1) to (x, y).</param>
    /// <param name="height">The pictures' height.</param>
    /// <param name="width">Their width.</param>
    /// <returns>x and y of each place, of shape [samples, height, width, 2]: what <see cref="GridSample"/> takes.</returns>
    public static Tensor AffineGrid(Tensor maps, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(maps);
        return Operator.Get("aten::affine_grid_generator").Call(maps, (long[])[maps.Size(0), 1, height, width], false);
    }

    /// <summary>Pictures sampled at places, bilinear.</summary>
    /// <param name="input">The pictures, of floating point.</param>
    /// <param name="places">x and y of each new pixel, from −1 to 1 within the picture, of shape [samples, height, width, 2].</param>
    /// <param name="border">What lies around the picture; zeros unless given.</param>
    public static Tensor GridSample(Tensor input, Tensor places, GridBorder border = GridBorder.Zeros) =>
        Operator.Get("aten::grid_sampler").Call(input, places, 0, (int)border, false);

    internal static void CheckProbability(double probability, string name)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, probability, "a probability is from 0 to 1");
    }
}
