using Acclimate.Catalog;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// VDA: JDA that also keeps each source class together, by its within-class scatter in the penalty. Tahmoresnezhad and
/// Hashemi, "Visual Domain Adaptation via Transfer Feature Learning", Knowledge and Information Systems 2017.
/// </summary>
/// <remarks>S_w is divided by its Frobenius norm, so that its weight means the same whatever the data's scale and number.</remarks>
[Method("vda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Visual Domain Adaptation",
    Summary = "Projects both domains where their means and the means of each class agree and each source class lies close together.",
    Formula = "min Σ_c tr(WᵀKM_cKW) + η tr(WᵀS_wW)/‖S_w‖ + λ‖W‖²  subject to  WᵀKHKW = I,  c = 0 … C",
    Paper = "Tahmoresnezhad, Hashemi: Visual Domain Adaptation via Transfer Feature Learning, Knowledge and Information Systems 2017")]
public sealed class VisualDomainAdaptation : KernelProjection
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "20 in the paper's SURF results")]
    public int Dimensions { get; init; } = 20;

    /// <summary>λ, the penalty on the projection; above 0.</summary>
    [Option("lambda", "the penalty on the projection, above 0", Search = "0.003..1 log", Source = "ours: the paper's is not known here; with it the SURF average is 49.39, 49.03 in the paper")]
    public double Lambda { get; init; } = 0.05;

    /// <summary>η, the weight of the source's scatter within classes, 0 or more; 0 is JDA without its division of M by its norm.</summary>
    [Option("within", "the weight of the source's scatter within classes, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the means, S_w being of norm 1; see lambda")]
    public double Within { get; init; } = 1;

    /// <summary>T, the rounds of pseudo-labels, 1 or more; the first knows none.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireOneOrMore("rounds", Rounds);
        RequireAboveZero("lambda", Lambda);
        Require(Within >= 0 && double.IsFinite(Within), $"within is {Within}; expected 0 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        PseudoLabelRounds rounds = new(data, Kernel, Gamma, context);

        // λ‖W‖² + η tr(WᵀS_wW)/‖S_w‖ = λ tr(WᵀΛW).
        Tensor within = ClassScatter.Of(rounds.Z.Slice(0, 0, data.SourceCount), data.SourceLabels, data.Classes).Within;
        double norm = Math.Max(within.Norm().ToDouble(), double.Epsilon);
        Tensor penalty = Tensor.Eye(within.Size(0), ScalarType.Float64) + (within * (Within / Lambda / norm));
        return rounds.Run(Rounds, Dimensions, Lambda, Scale, UnitRows, (pseudo, _) => MmdFactors.Joint(data, pseudo), penalty);
    }
}
