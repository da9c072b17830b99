using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generalisation;

/// <summary>
/// CORAL among the sources: features whose mean and covariance are the same in each of them may be so in a domain that nobody has seen. Sun, Saenko,
/// "Deep CORAL", ECCV Workshops 2016, between each two of several sources as in Gulrajani, Lopez-Paz, "In Search of Lost Domain Generalization", ICLR 2021, whose code
/// takes means squared differences of means and of covariances, averaged over pairs.
/// </summary>
/// <remarks>A source with fewer than two samples in the batch has no covariance there, and is left out of that step. With one source it is the plain classifier.</remarks>
[Method("coral-sources", Family.Deep, LabelSetting.SourceOnly, SeveralSources = true,
    Title = "CORAL among sources",
    Summary = "Trains on several sources and draws the means and covariances of their features together, pair by pair. No target is looked at.",
    Formula = "min E_s[−log p(y|x)] + γ mean over i < j of (‖μ_i − μ_j‖²/d + ‖C_i − C_j‖²_F/d²)",
    Paper = "Sun, Saenko: Deep CORAL, ECCV Workshops 2016; Gulrajani, Lopez-Paz: In Search of Lost Domain Generalization, ICLR 2021")]
public sealed class SourceCorrelationAlignment : Objective
{
    private const int LeastForCovariance = 2;

    /// <summary>γ, the weight of the distances.</summary>
    [Option("gamma", "the weight of the distances, 0 or more", Search = "0.1..10 log", Source = "1 in Gulrajani and Lopez-Paz")]
    public double Gamma { get; init; } = 1;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override void Attach(FitContext context) => Require.AtLeast("coral-sources", "gamma", Gamma, 0);

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor features = step.Source.Features;
        Tensor[] sources = [.. SourceGroups.Of(step).Where(static group => group.Rows.Count >= LeastForCovariance).Select(group => features.IndexSelect(0, group.Rows))];
        return [.. base.Task(step), .. sources.Length < 2 ? (LossTerm[])[] : [new LossTerm("coral", Apart(sources), Gamma)]];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <summary>The mean over all pairs of the mean squared differences of their means and of their covariances.</summary>
    /// <param name="sources">Two or more: [n_i, d], n_i ≥ 2.</param>
    internal static Tensor Apart(IReadOnlyList<Tensor> sources)
    {
        (Tensor Mean, Tensor Covariance)[] moments = [.. sources.Select(static x =>
        {
            Tensor mean = x.Mean(0, keep: true), centred = x - mean;
            return (mean, centred.T.MatMul(centred) / (x.Size(0) - 1));
        })];
        Tensor[] pairs =
        [
            .. from i in Enumerable.Range(0, moments.Length)
               from j in Enumerable.Range(i + 1, moments.Length - i - 1)
               select (moments[i].Mean - moments[j].Mean).Square().Mean() + (moments[i].Covariance - moments[j].Covariance).Square().Mean(),
        ];
        return Tensor.Stack(pairs).Mean();
    }
}
