using Acclimate.Catalog;
using Acclimate.Generated;

namespace Acclimate.Policies;

/// <summary>
/// PRQ-learning: each episode chooses by chance, exp(τ W) for each, between its own policy and the old one, W being the mean gain so far. An episode of reuse does
/// what the old policy would with probability ψ, which shrinks from step to step; otherwise it acts by its own values, the more greedily the smaller ψ is. τ grows, so that in the end the better one is taken.
/// </summary>
/// <remarks>A gain is discount^steps where the goal was reached and 0 otherwise: the paper's reward of 1 at the goal, discounted.</remarks>
[Method(
    "prq",
    Family.Policies,
    LabelSetting.FewTargetLabels,
    Command = "policy",
    Title = "Probabilistic policy reuse",
    Summary = "Explores a new environment by following an old policy now and then, as often as that proves to pay.",
    Formula = "P(policy k) = e^{τ W_k} / Σ_p e^{τ W_p}; in an episode of reuse a = π_old(s) with probability ψ υ^h, else the best by its own values with probability 1 − ψ υ^h, and any action otherwise",
    Paper = "Fernández & Veloso, Probabilistic policy reuse in a reinforcement learning agent, AAMAS 2006")]
public sealed class PolicyReuse : PolicyTransfer
{
    /// <summary>ψ, the probability at first of doing what the old policy would, 0 to 1; default 1.</summary>
    [Option("reuse", "The probability at first of doing what the old policy would, 0 to 1", Source = "the paper: 1", Search = "0.5..1")]
    public double Reuse { get; init; } = 1;

    /// <summary>υ, what that is multiplied by from step to step, above 0 to 1; default 0.98.</summary>
    [Option("decay", "What that probability is multiplied by from step to step, above 0 to 1; the paper's 0.95 is for episodes of some 30 steps", Search = "0.95|0.98|0.99|0.995", Source = "ours, for episodes of hundreds of steps; 0.95 in the paper")]
    public double Decay { get; init; } = 0.98;

    /// <summary>By how much τ grows with each episode, 0 or more; default 0.1.</summary>
    [Option("tau", "By how much the choice between policies sharpens with each episode, 0 or more; the paper's 0.05 is for thousands of episodes", Search = "0.1..10 log", Source = "ours, for fewer episodes; 0.05 in the paper")]
    public double Temperature { get; init; } = 0.1;

    /// <summary>What a gain is discounted by, above 0 and below 1; default 0.99.</summary>
    [Option("discount", "What the goal is discounted by with each step, above 0 and below 1", Search = "0.98|0.99|0.995", Source = "ours, for episodes of hundreds of steps; 0.95 in the paper")]
    public double Discount { get; init; } = 0.99;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Reuse is not (>= 0 and <= 1) || Decay is not (> 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"reuse is {Reuse} and decay is {Decay}; expected 0 to 1, and above 0 to 1"));
        if (!(Temperature >= 0) || Discount is not (> 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"temperature is {Temperature} and discount is {Discount}; expected 0 or more, and between 0 and 1"));
    }

    private protected override PolicyLearning Create(ActionValues source) => new Learning(this, source);

    private sealed class Learning(PolicyReuse options, ActionValues old) : PolicyLearning(new ActionValues())
    {
        private readonly double[] gains = new double[2];
        private readonly int[] uses = new int[2];
        private double temperature;
        private bool reuses;

        /// <summary>The library's policy of the greater mean gain so far.</summary>
        public override ActionValues Chosen => gains[1] > gains[0] ? old : Values;

        internal override void Begin(ref RandomStream random)
        {
            double own = Math.Exp(temperature * gains[0]), other = Math.Exp(temperature * gains[1]);
            reuses = random.Uniform() < other / (own + other);
        }

        internal override int Act(CartState state, int step, ref RandomStream random)
        {
            if (!reuses)
                return Values.Best(state);
            double follow = options.Reuse * Math.Pow(options.Decay, step);
            return random.Uniform() < follow ? old.Best(state) : Explore(state, (float)follow, ref random);
        }

        internal override void End(int steps, bool reached)
        {
            int which = reuses ? 1 : 0;
            double gain = reached ? Math.Pow(options.Discount, steps) : 0;
            gains[which] += (gain - gains[which]) / ++uses[which];
            temperature += options.Temperature;
        }
    }
}
