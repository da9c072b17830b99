namespace Acclimate.Torch;

/// <summary>
/// x + W₂ gelu(W₁ x + b₁) + b₂, narrow inside: a layer that learns behind others that stay. W₂ and b₂ start at zero, so that it
/// starts as if it weren't there. Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019; for maps both layers are
/// 1×1 convolutions, as in Rebuffi, Bilen, Vedaldi, "Learning multiple visual domains with residual adapters", NIPS 2017. State:
/// <c>down.weight</c>, <c>down.bias</c>, <c>up.weight</c>, <c>up.bias</c>.
/// </summary>
public sealed class BottleneckAdapter : Module
{
    private const string Suffix = "adapter";

    private readonly LowRankLayer down;
    private readonly LowRankLayer up;

    /// <summary>Creates the layer; W₁ and b₁ start as those of any layer.</summary>
    /// <param name="features">The features or maps that go in and come out, at least 1.</param>
    /// <param name="size">How many there are inside, at least 1.</param>
    /// <param name="maps">Whether it takes maps [samples, features, height, width]; else the features are the last dimension.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public BottleneckAdapter(long features, long size, bool maps, Generator generator, ScalarType type = ScalarType.Float32)
    {
        down = Add("down", Layer(features, size));
        up = Add("up", Layer(size, features));
        using NoGrad noGrad = NoGrad.Begin();
        foreach ((_, Tensor parameter) in up.NamedParameters())
            parameter.FillInPlace(0);

        LowRankLayer Layer(long from, long to) => maps ? new Conv2d(from, to, 1, generator, type: type) : new Linear(from, to, generator, type: type);
    }

    /// <summary>Whether a name in a state is that of an adapter's weight: the module that holds it is called …adapter.</summary>
    /// <param name="stateName">The name.</param>
    public static bool IsPart(string stateName)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        return stateName.Split('.') is [.., var module, "down" or "up", "weight" or "bias"] && module.EndsWith(Suffix, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(input + up.Forward(Functional.Gelu(down.Forward(input))));
    }
}
