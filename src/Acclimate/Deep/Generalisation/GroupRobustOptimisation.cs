using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generalisation;

/// <summary>
/// GroupDRO: the sources on which the loss is high count more, so that none is left behind. Sagawa, Koh, Hashimoto, Liang, "Distributionally Robust
/// Neural Networks for Group Shifts", ICLR 2020: algorithm 1, the groups being the sources, as in Gulrajani, Lopez-Paz, "In Search of Lost Domain
/// Generalization", ICLR 2021.
/// </summary>
/// <remarks>A source without a sample in the batch keeps its weight, but for the scaling that makes all sum to 1. With one source it is the plain classifier.</remarks>
[Method("group-dro", Family.Deep, LabelSetting.SourceOnly, SeveralSources = true,
    Title = "Group distributionally robust optimisation (GroupDRO)",
    Summary = "Trains on several sources, each weighed by how high its loss has been: what is learnt must serve the worst of them. No target is looked at.",
    Formula = "min_θ max_q Σ_g q_g ℓ_g(θ):  q_g ← q_g e^(η ℓ_g)/Σ_g′ q_g′ e^(η ℓ_g′), then a step down Σ_g q_g ℓ_g",
    Paper = "Sagawa, Koh, Hashimoto, Liang: Distributionally Robust Neural Networks for Group Shifts, ICLR 2020")]
public sealed class GroupRobustOptimisation : Objective
{
    private GroupWeights? weights;

    /// <summary>η, how fast a source's weight follows its loss.</summary>
    [Option("eta", "how fast a source's weight follows its loss, 0 or more", Search = "0.001..0.1 log", Source = "0.01 in Gulrajani and Lopez-Paz, as in the released code")]
    public double Eta { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Module? Network => weights;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("group-dro", "eta", Eta, 0);
        weights = new GroupWeights(context.SourceDomains);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        (int Domain, Tensor Rows)[] groups = [.. SourceGroups.Of(step)];
        Tensor each = Functional.CrossEntropy(step.Source.Logits, step.Labels, reduction: Reduction.None);
        Tensor losses = Tensor.Stack([.. groups.Select(group => each.IndexSelect(0, group.Rows).Mean())]);
        Tensor q = weights!.Follow(losses.Detach(), Tensor.From<long>([.. groups.Select(static group => (long)group.Domain)]), Eta);
        return [new LossTerm("task", (losses * q.To(losses.Type)).Sum())];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <summary>q, which a checkpoint keeps.</summary>
    internal sealed class GroupWeights : Module
    {
        private readonly Tensor q;

        public GroupWeights(int groups) => q = AddBuffer("q", Tensor.Full([groups], 1.0 / groups, ScalarType.Float64));

        public override Tensor Forward(Tensor input) => throw new NotSupportedException("weights compute nothing");

        /// <summary>q after it has followed the losses of the groups that are there: their weights.</summary>
        /// <param name="losses">ℓ_g.</param>
        /// <param name="groups">Which groups these are.</param>
        /// <param name="eta">η.</param>
        public Tensor Follow(Tensor losses, Tensor groups, double eta)
        {
            using NoGrad noGrad = NoGrad.Begin();
            Tensor rise = q.ZerosLike().IndexAdd(0, groups, losses.To(ScalarType.Float64) * eta);

            // The largest rise taken off leaves the quotients as they are, and no power too large.
            Tensor grown = q * (rise - rise.Max()).Exp();
            q.CopyInPlace(grown / grown.Sum());
            return q.IndexSelect(0, groups);
        }
    }
}
