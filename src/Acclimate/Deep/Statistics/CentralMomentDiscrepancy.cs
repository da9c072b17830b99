using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Discrepancies;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// CMD: the domains' means and central moments are drawn together, feature by feature, on a layer of bounded units.
/// Zellinger, Grubinger, Lughofer, Natschläger, Saminger-Platz, "Central Moment Discrepancy (CMD) for Domain-Invariant
/// Representation Learning", ICLR 2017: definitions 1 (the metric) and 2 (cut off at K moments, estimated from samples).
/// </summary>
/// <remarks>
/// The k-th moment is scaled by |b − a|ᵏ, the most that it can be where features lie in [a, b]. ReLU features have no
/// such bounds, so the classifier sees a layer of tanh units, as in the paper's Office experiments: a = −1, b = 1.
/// </remarks>
[Method("cmd", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Central Moment Discrepancy",
    Summary = "Trains bounded features of which both domains have the same means and central moments.",
    Formula = "min E_s[−log p(y|x)] + λ (‖E_s − E_t‖ / |b−a| + Σ_{k=2..K} ‖c_k(s) − c_k(t)‖ / |b−a|^k),  features tanh: a = −1, b = 1",
    Paper = "Zellinger, Grubinger, Lughofer, Natschläger, Saminger-Platz: Central Moment Discrepancy (CMD) for Domain-Invariant Representation Learning, ICLR 2017")]
public sealed class CentralMomentDiscrepancy : Objective
{
    /// <summary>Units of the tanh layer.</summary>
    [Option("width", "units of the tanh layer that is adapted, 1 or more", Search = "64..1024 log", Source = "256 in the paper's Office experiments")]
    public int Width { get; init; } = 256;

    /// <summary>K, the highest moment.</summary>
    [Option("moments", "the highest central moment compared, 1 or more", Search = "2..8", Source = "5 in the paper")]
    public int Moments { get; init; } = 5;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant",
        Source = "Ganin et al., JMLR 2016; the paper's weight is constant, over features that were trained before")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Bottleneck? Bottleneck => new(Width, BottleneckActivation.Tanh);

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("cmd", "width", Width, 1);
        Require.AtLeast("cmd", "moments", Moments, 1);
        Require.AtLeast("cmd", "lambda", Lambda, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("cmd", CentralMoments.Distance(step.Source.Features, step.Target.Features, Moments, low: -1, high: 1), Lambda * Ramp.At(step.Progress))];
    }
}
