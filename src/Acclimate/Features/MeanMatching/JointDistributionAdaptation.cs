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
public sealed class JointDistributionAdaptation : FeatureMethod
{
    /// <summary>What the projection works on: the features (primal), or a kernel.</summary>
    [Option("kernel", "what the projection works on: the features themselves, or a kernel", Source = "linear in the paper's SURF results, primal for its digits")]
    public KernelChoice Kernel { get; init; } = KernelChoice.Linear;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance")]
    public double? Gamma { get; init; }

    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Source = "100 in the paper")]
    public int Dimensions { get; init; } = 100;

    /// <summary>λ, the penalty on the projection; above 0.</summary>
    [Option("lambda", "the penalty on the projection, above 0", Source = "1 in the paper's SURF results, 0.1 for its digits")]
    public double Lambda { get; init; } = 1;

    /// <summary>T, the rounds of pseudo-labels, 1 or more; the first knows none and is TCA.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <summary>Whether embedded samples are scaled to unit length.</summary>
    [Option("unit-rows", "whether embedded samples are scaled to unit length", Source = "so in the released code")]
    public bool UnitRows { get; init; } = true;

    /// <summary>How long the projection's columns are.</summary>
    [Option("scale", "how long the projection's columns are", Source = "unit-length in the released code, constraint in the paper's formula")]
    public ColumnScale Scale { get; init; } = ColumnScale.UnitLength;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        PseudoLabelRounds rounds = new(data, Kernel, Gamma, context);
        return rounds.Run(Rounds, Dimensions, Lambda, Scale, UnitRows, (pseudo, _) =>
        {
            // M = C·M₀ + Σ_c M_c over its Frobenius norm, as the released code weighs the terms.
            Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount) * Math.Sqrt(data.Classes);
            if (pseudo is not null && MmdFactors.Conditional(data.SourceLabels, pseudo, data.Classes) is { } classes)
                e = Tensor.Concatenate([e, classes], 1);
            return e / Math.Sqrt(MmdFactors.Norm(e));
        });
    }
}
