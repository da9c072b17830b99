using Acclimate.Catalog;

namespace Acclimate.Policies;

/// <summary>Learning goes on from the other environment's values, in the same features: where both are alike, little is left to learn; where they differ, what is wrong is learnt over.</summary>
[Method(
    "value-init",
    Family.Policies,
    LabelSetting.FewTargetLabels,
    Command = "policy",
    Title = "Values of another environment as the start",
    Summary = "Starts learning an environment from the action values, weights of shared features, that another left behind.",
    Formula = "Q_target(s, a) at first = share · Σ_i w_i^source φ_i(s, a)",
    Paper = "Taylor & Stone, Transfer learning for reinforcement learning domains: a survey, JMLR 2009")]
public sealed class ValueInitialisation : PolicyTransfer
{
    /// <summary>What of the other values is kept, above 0 to 1; default 1.</summary>
    [Option("share", "What of the other environment's values is kept, above 0 to 1: less leaves more to try out", Search = "0.5..1", Source = "ours: all of them, the plain form of the survey")]
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Share is not (> 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"share is {Share}; expected above 0, and 1 at most"));
    }

    private protected override PolicyLearning Create(ActionValues source) => new(source.Times(Share));
}
