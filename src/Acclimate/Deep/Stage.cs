namespace Acclimate.Deep;

/// <summary>
/// A stretch of a run: which domains it draws batches from, and how it descends. A method of one stage needs none of
/// its own; one that learns the source first and adapts afterwards has two.
/// </summary>
/// <param name="Name">What it is called where the run is shown.</param>
/// <param name="Share">Its share of the run's steps, relative to the other stages'.</param>
public sealed record Stage(string Name, double Share = 1)
{
    /// <summary>Whether each step has a batch of the source.</summary>
    public bool UsesSource { get; init; } = true;

    /// <summary>Whether each step has a batch of the target.</summary>
    public bool UsesTarget { get; init; } = true;

    /// <summary>
    /// Whether the source batch goes through the network. Where not, it is for the objective's own networks alone, and the
    /// network's batch norm sees the target only. True unless set.
    /// </summary>
    public bool ShowsSource { get; init; } = true;

    /// <summary>
    /// Whether the backbone stays as it is while the stage lasts: nothing of it is computed with gradients, and its batch norm normalises by
    /// the running statistics and leaves them. What the run's own options freeze is frozen in every stage. False unless set.
    /// </summary>
    public bool FreezesBackbone { get; init; }

    /// <summary>
    /// What the learning rate is multiplied by in the backbone's first stage, above 0 to 1; from there it rises by even ratios, stage by
    /// stage, to 1 at the classifier. The run's own rates of stages come on top. 1 unless set.
    /// </summary>
    public double FrontRate { get; init; } = 1;

    /// <summary>How the network's parameters descend; as the run's options say where it is none. Every stage starts with a fresh optimizer.</summary>
    public OptimizerChoice? Optimizer { get; init; }

    /// <summary>Both domains, from the first step to the last.</summary>
    public static Stage Adapt { get; } = new("adapt");

    /// <summary>The classifier alone, on the source.</summary>
    /// <param name="share">Its share of the run's steps.</param>
    public static Stage Source(double share = 1) => new("source", share) { UsesTarget = false };

    /// <summary>The source, while the backbone stays as it is: the classifier alone learns.</summary>
    /// <param name="share">Its share of the run's steps.</param>
    public static Stage Head(double share) => new("head", share) { UsesTarget = false, FreezesBackbone = true };

    /// <summary>The target alone, without the source.</summary>
    /// <param name="share">Its share of the run's steps.</param>
    public static Stage Target(double share = 1) => new("target", share) { UsesSource = false };
}

/// <summary>Which optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with the run's momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma, Ba, ICLR 2015).</summary>
    Adam,
}

/// <summary>How parameters descend, where a method's paper says so.</summary>
/// <param name="Kind">Which optimizer.</param>
public sealed record OptimizerChoice(OptimizerKind Kind)
{
    /// <summary>The first learning rate; the run's where it is none.</summary>
    public double? LearningRate { get; init; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>Whether the rate falls as lr₀/(1 + 10p)^0.75 over the stage, or stays.</summary>
    public bool Anneals { get; init; } = true;

    /// <summary>The L2 penalty; the run's where it is none.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Adam's β₁.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's β₂.</summary>
    public double Beta2 { get; init; } = 0.999;
}
