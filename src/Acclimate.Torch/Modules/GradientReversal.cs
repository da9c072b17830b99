namespace Acclimate.Torch;

/// <summary>
/// Passes its input on and multiplies the gradient that comes back by −λ: Ganin &amp; Lempitsky, "Unsupervised Domain
/// Adaptation by Backpropagation", ICML 2015. No state.
/// </summary>
public sealed class GradientReversal : Module
{
    /// <summary>λ; 1 unless set. It may be set anew at each step.</summary>
    public double Lambda { get; set; } = 1;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ScaleGradient(-Lambda);
    }
}
