using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// <see cref="Adam"/> with the weight decay apart from the gradient, as PyTorch's: θ ← θ·(1 − rate·decay) before each
/// step: Loshchilov &amp; Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Creates the optimizer for all parameters of a module.</summary>
    /// <inheritdoc cref="Adam(ReadOnlySpan{ParameterGroup}, double, double, double, double, double)"/>
    public AdamW(
        Module module, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
        : base(module, learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    /// <summary>Creates the optimizer for groups of parameters.</summary>
    /// <inheritdoc cref="Adam(ReadOnlySpan{ParameterGroup}, double, double, double, double, double)"/>
    public AdamW(
        ReadOnlySpan<ParameterGroup> groups,
        double learningRate = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0.01)
        : base(groups, learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    private protected override Tensor[] Decay(Batch batch, Tensor[] parameters)
    {
        if (batch.Decay != 0)
            Operator.Get("aten::_foreach_mul_.Scalar").Run(parameters, 1 - (batch.Rate * batch.Decay));
        return batch.Gradients;
    }
}
