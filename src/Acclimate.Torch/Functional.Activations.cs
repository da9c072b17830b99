using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <content>Activations beyond the plain rectifiers, and layer normalisation.</content>
public static partial class Functional
{
    /// <summary>min(max(x, 0), 6): Howard et al., "MobileNets", arXiv:1704.04861.</summary>
    /// <param name="input">x.</param>
    /// <remarks>By clamping: the operator that PyTorch's own uses has no gradient in bfloat16.</remarks>
    public static Tensor Relu6(Tensor input) => Operator.Get("aten::clamp").Call(input, 0, 6);

    /// <summary>min(max(x, 0), 6) in the place of x, which must not be a leaf that wants gradients.</summary>
    /// <param name="input">x.</param>
    /// <returns>A second handle on the same elements.</returns>
    public static Tensor Relu6InPlace(Tensor input) => Operator.Get("aten::clamp_").Call(input, 0, 6);

    /// <summary>min(max(x + 3, 0), 6) / 6: a sigmoid of straight lines.</summary>
    /// <param name="input">x.</param>
    public static Tensor Hardsigmoid(Tensor input) => Operator.Get("aten::hardsigmoid").Call(input);

    /// <summary>x · min(max(x + 3, 0), 6) / 6: Howard et al., "Searching for MobileNetV3", ICCV 2019.</summary>
    /// <param name="input">x.</param>
    public static Tensor Hardswish(Tensor input) => Operator.Get("aten::hardswish").Call(input);

    /// <summary>x · Φ(x), with Φ the normal distribution function itself and no approximation: Hendrycks &amp; Gimpel, arXiv:1606.08415.</summary>
    /// <param name="input">x.</param>
    public static Tensor Gelu(Tensor input) => Operator.Get("aten::gelu").Call(input);

    /// <summary>
    /// y = (x − μ) / √(σ² + ε) · γ + β with each row's own mean and (biased) variance over the last dimension: Ba, Kiros
    /// &amp; Hinton, "Layer Normalization", arXiv:1607.06450.
    /// </summary>
    /// <param name="input">x, of shape […, features].</param>
    /// <param name="weight">γ, one a feature.</param>
    /// <param name="bias">β, one a feature.</param>
    /// <param name="epsilon">ε, above 0.</param>
    public static Tensor LayerNorm(Tensor input, Tensor weight, Tensor bias, double epsilon = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return Operator.Get("aten::layer_norm").Call(input, weight.Shape, weight, bias, epsilon);
    }
}
