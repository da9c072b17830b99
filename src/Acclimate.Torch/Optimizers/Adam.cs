using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// Adam, as PyTorch's: m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; θ ← θ − rate·m̂ / (√v̂ + ε) with
/// m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ): Kingma &amp; Ba, ICLR 2015. Weight decay is added to the gradient.
/// </summary>
public class Adam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;

    /// <summary>Creates the optimizer for all parameters of a module.</summary>
    /// <inheritdoc cref="Adam(ReadOnlySpan{ParameterGroup}, double, double, double, double, double)"/>
    public Adam(
        Module module, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : this([AllOf(module)], learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    /// <summary>Creates the optimizer for groups of parameters.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="learningRate">The learning rate, at least 0.</param>
    /// <param name="beta1">β₁, 0 to below 1.</param>
    /// <param name="beta2">β₂, 0 to below 1.</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="weightDecay">The weight decay, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(
        ReadOnlySpan<ParameterGroup> groups,
        double learningRate = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0)
        : base(learningRate, weightDecay, ["exp_avg", "exp_avg_sq"], groups)
    {
        CheckShare(beta1, nameof(beta1));
        CheckShare(beta2, nameof(beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    private protected override void Update(Batch batch)
    {
        Tensor[] parameters = batch.Parameters;
        Tensor[] gradients = Decay(batch, parameters);
        Tensor[] means = batch.Sums(0);
        Tensor[] squares = batch.Sums(1);
        Operator.Get("aten::_foreach_mul_.Scalar").Run(means, beta1);
        Operator.Get("aten::_foreach_add_.List").Run(means, gradients, 1 - beta1);
        Operator.Get("aten::_foreach_mul_.Scalar").Run(squares, beta2);
        Operator.Get("aten::_foreach_addcmul_.Scalar").Run(squares, gradients, gradients, 1 - beta2);

        double step = batch.Steps + 1;
        Tensor[] scales = Operator.Get("aten::_foreach_sqrt").CallMany((Value)squares);
        Operator.Get("aten::_foreach_div_.Scalar").Run(scales, Math.Sqrt(1 - Math.Pow(beta2, step)));
        Operator.Get("aten::_foreach_add_.Scalar").Run(scales, epsilon);
        Operator.Get("aten::_foreach_addcdiv_.Scalar").Run(parameters, means, scales, -batch.Rate / (1 - Math.Pow(beta1, step)));
    }

    /// <summary>Applies the weight decay and returns the gradients to go on with.</summary>
    private protected virtual Tensor[] Decay(Batch batch, Tensor[] parameters) =>
        batch.Decay == 0 ? batch.Gradients : Operator.Get("aten::_foreach_add.List").CallMany(batch.Gradients, parameters, batch.Decay);
}
