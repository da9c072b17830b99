using Acclimate.Catalog;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// JDA: TCA that also matches the means of each class, by pseudo-labels of the target that are found anew each round.
/// Long, Wang, Ding, Sun, Yu, "Transfer Feature Learning with Joint Distribution Adaptation", ICCV 2013, equations 7 and 8.
/// </summary>
[Method("jda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Joint Distribution Adaptation",
    Summary = "Projects both domains where their means and the means of each class agree, with pseudo-labels refined in rounds.",
    Formula = "min Σ_c tr(WᵀKM_cKW) + λ‖W‖²  subject to  WᵀKHKW = I,  c = 0 … C",
    Paper = "Long, Wang, Ding, Sun, Yu: Transfer Feature Learning with Joint Distribution Adaptation, ICCV 2013")]
public sealed class JointDistributionAdaptation : KernelProjection
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "100 in the paper")]
    public int Dimensions { get; init; } = 100;

    /// <summary>λ, the penalty on the projection; above 0.</summary>
    [Option("lambda", "the penalty on the projection, above 0", Search = "0.01..100 log", Source = "1 in the paper's SURF results, 0.1 for its digits")]
    public double Lambda { get; init; } = 1;

    /// <summary>T, the rounds of pseudo-labels, 1 or more; the first knows none and is TCA.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireOneOrMore("rounds", Rounds);
        RequireAboveZero("lambda", Lambda);
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        PseudoLabelRounds rounds = new(data, Kernel, Gamma, context);
        return rounds.Run(Rounds, Dimensions, Lambda, Scale, UnitRows, (pseudo, _) =>
        {
            // M = C·M₀ + Σ_c M_c over its Frobenius norm, as in the released code.
            Tensor e = MmdFactors.Joint(data, pseudo);
            return e / Math.Sqrt(MmdFactors.Norm(e));
        });
    }
}
