using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// Stochastic gradient descent with momentum, as PyTorch's: g ← g + decay·θ; b ← µ·b + (1 − dampening)·g, in the first
/// step b ← g; θ ← θ − rate·b, with Nesterov's momentum θ ← θ − rate·(g + µ·b): Sutskever et al., "On the Importance of
/// Initialization and Momentum in Deep Learning", ICML 2013.
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double momentum;
    private readonly double dampening;
    private readonly bool nesterov;

    /// <summary>Creates the optimizer for all parameters of a module.</summary>
    /// <inheritdoc cref="Sgd(ReadOnlySpan{ParameterGroup}, double, double, double, double, bool)"/>
    public Sgd(
        Module module, double learningRate, double momentum = 0, double weightDecay = 0, double dampening = 0, bool nesterov = false)
        : this([AllOf(module)], learningRate, momentum, weightDecay, dampening, nesterov)
    {
    }

    /// <summary>Creates the optimizer for groups of parameters.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="learningRate">The learning rate, at least 0.</param>
    /// <param name="momentum">µ, 0 to below 1.</param>
    /// <param name="weightDecay">The weight decay (added to the gradient), at least 0.</param>
    /// <param name="dampening">What the gradient loses on its way into the momentum, 0 to 1.</param>
    /// <param name="nesterov">Whether to look ahead; wants momentum and no dampening.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or they don't go together.</exception>
    public Sgd(
        ReadOnlySpan<ParameterGroup> groups,
        double learningRate,
        double momentum = 0,
        double weightDecay = 0,
        double dampening = 0,
        bool nesterov = false)
        : base(learningRate, weightDecay, momentum == 0 ? [] : ["momentum_buffer"], groups)
    {
        CheckShare(momentum, nameof(momentum));
        Functional.CheckProbability(dampening, nameof(dampening));
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException($"Nesterov's momentum wants momentum and no dampening, but they are {momentum} and {dampening}", nameof(nesterov));
        this.momentum = momentum;
        this.dampening = dampening;
        this.nesterov = nesterov;
    }

    private protected override void Update(Batch batch)
    {
        Tensor[] parameters = batch.Parameters;
        Tensor[] steps = batch.Gradients;
        if (batch.Decay != 0)
            steps = Operator.Get("aten::_foreach_add.List").CallMany(steps, parameters, batch.Decay);
        if (momentum != 0)
        {
            Tensor[] buffers = batch.Sums(0);
            if (batch.Steps != 0)
                Operator.Get("aten::_foreach_mul_.Scalar").Run(buffers, momentum);
            Operator.Get("aten::_foreach_add_.List").Run(buffers, steps, batch.Steps == 0 ? 1 : 1 - dampening);
            steps = nesterov ? Operator.Get("aten::_foreach_add.List").CallMany(steps, buffers, momentum) : buffers;
        }

        Operator.Get("aten::_foreach_add_.List").Run(parameters, steps, -batch.Rate);
    }
}
