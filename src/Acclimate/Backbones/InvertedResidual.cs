using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// x + F(x), or F(x) where its shape differs, with F wide inside and narrow at its ends: Sandler et al., "MobileNetV2: Inverted
/// Residuals and Linear Bottlenecks", CVPR 2018. F ends in a batch norm.
/// </summary>
internal sealed class InvertedResidual : Block
{
    private readonly Sequential chain;
    private readonly bool adds;

    /// <param name="name">What the state calls F.</param>
    /// <param name="chain">F.</param>
    /// <param name="adds">Whether x is added.</param>
    public InvertedResidual(string name, Sequential chain, bool adds)
    {
        this.chain = Add(name, chain);
        this.adds = adds;
    }

    public override long Outputs => chain.Modules().OfType<Conv2d>().Last().Weight.Size(0);

    public override Tensor Forward(Tensor input)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor result = chain.Forward(input);
        if (adds)
            result.AddInPlace(input);
        return scope.Keep(Adapted(result));
    }

    /// <summary>A convolution that keeps the picture's size apart from its stride, batch norm, and an activation if there is one.</summary>
    public static Sequential Unit(
        int from, int to, int kernel, Generator generator, Module? activation, int stride = 1, int groups = 1, double epsilon = 1e-5, double momentum = 0.1)
    {
        Conv2d convolution = new(from, to, kernel, generator, stride: stride, padding: (kernel - 1) / 2, groups: groups, bias: false);
        BatchNorm2d norm = new(to, epsilon, momentum);
        return activation is null ? new Sequential(convolution, norm) : new Sequential(convolution, norm, activation);
    }
}
