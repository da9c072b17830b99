namespace Acclimate.Torch;

/// <summary>
/// Weighs the channels of a picture by what the whole picture shows: x · hardsigmoid(W₂ max(W₁ mean(x) + b₁, 0) + b₂), the mean
/// over places, one weight a channel: Hu, Shen &amp; Sun, "Squeeze-and-Excitation Networks", CVPR 2018, with the sigmoid of
/// MobileNetV3. State, as torchvision's: <c>fc1</c> and <c>fc2</c>, two 1×1 convolutions.
/// </summary>
public sealed class SqueezeExcitation : Module
{
    private readonly Conv2d squeeze;
    private readonly Conv2d excite;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">Channels that go in and come out.</param>
    /// <param name="squeezed">Channels between the two convolutions.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public SqueezeExcitation(int channels, int squeezed, Generator generator)
    {
        squeeze = Add("fc1", new Conv2d(channels, squeezed, 1, generator));
        excite = Add("fc2", new Conv2d(squeezed, channels, 1, generator));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor means = Functional.AdaptiveAvgPool2d(input, 1);
        Tensor weights = Functional.Hardsigmoid(excite.Forward(Functional.ReluInPlace(squeeze.Forward(means))));
        return scope.Keep(input * weights);
    }
}
