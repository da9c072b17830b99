using Acclimate.Catalog;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>Which of the paper's two methods.</summary>
public enum BalanceMode
{
    /// <summary>BDA: every class counts the same.</summary>
    Bda,

    /// <summary>W-BDA: a class's means are weighed by how frequent it is in either domain.</summary>
    WBda,
}

/// <summary>
/// BDA and W-BDA: JDA with the domains' means and the classes' means weighed against each other by μ, given or estimated.
/// Wang, Chen, Hao, Feng, Shen, "Balanced Distribution Adaptation for Transfer Learning", ICDM 2017, equations 7 and 12.
/// </summary>
/// <remarks>μ = 0 is TCA; μ = ½ is JDA, since M is divided by its norm. W-BDA's released code has μ = 1.</remarks>
[Method("bda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Balanced Distribution Adaptation",
    Summary = "Projects both domains where their means and the means of each class agree, the two weighed against each other; also with classes weighed by their frequency.",
    Formula = "min tr(WᵀK((1 − μ)M₀ + μΣ_c M_c)KW) + λ‖W‖²  subject to  WᵀKHKW = I",
    Paper = "Wang, Chen, Hao, Feng, Shen: Balanced Distribution Adaptation for Transfer Learning, ICDM 2017")]
public sealed class BalancedDistributionAdaptation : KernelProjection
{
    /// <summary>BDA or W-BDA.</summary>
    [Option("mode", "whether classes count the same (bda) or by how frequent they are (w-bda)", Source = "the paper has both; bda assumes nothing of class sizes")]
    public BalanceMode Mode { get; init; } = BalanceMode.Bda;

    /// <summary>μ, how much the classes' means count against the domains', 0 to 1; none estimates it anew each round by A-distances.</summary>
    [Option("mu", "how much the classes' means count against the domains', 0 to 1; none estimates it each round", Search = "0..1", Source = "estimated, as in the authors' later work")]
    public double? Mu { get; init; }

    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "100 in the released demo")]
    public int Dimensions { get; init; } = 100;

    /// <summary>λ, the penalty on the projection; above 0.</summary>
    [Option("lambda", "the penalty on the projection, above 0", Search = "0.01..100 log", Source = "0.1 in the paper, 1 for SURF as in JDA")]
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
        Require(Mu is null or (>= 0 and <= 1), $"mu is {Mu}; expected 0 to 1, or none");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        PseudoLabelRounds rounds = new(data, Kernel, Gamma, context);
        int[] inSource = MmdFactors.CountPerClass(data.SourceLabels, data.Classes);
        return rounds.Run(Rounds, Dimensions, Lambda, Scale, UnitRows, (pseudo, embedded) =>
        {
            // M = (1 − μ)C·M₀ + μΣ_c M_c over its Frobenius norm, as in the released code.
            Tensor e = MmdFactors.Joint(data, null);
            if (pseudo is not null && MmdFactors.Conditional(data.SourceLabels, pseudo, data.Classes, Weights(pseudo)) is { } classes)
            {
                double mu = Mu ?? Estimated(embedded!, pseudo);
                e = Tensor.Concatenate([e * Math.Sqrt(1 - mu), classes * Math.Sqrt(mu)], 1);
            }

            return e / Math.Sqrt(MmdFactors.Norm(e));
        });

        double Estimated(Tensor embedded, int[] pseudo)
        {
            using TensorScope scope = TensorScope.Begin();
            long ns = data.SourceCount, n = ns + data.TargetCount;
            return new BalanceFactor(embedded.Slice(0, 0, ns), data.SourceLabels, embedded.Slice(0, ns, n), context).Estimate(pseudo);
        }

        // W-BDA: e_c has √P(y_s = c) over its source samples and −√P(y_t = c) over its target samples.
        Func<int, (double, double)>? Weights(int[] pseudo)
        {
            if (Mode == BalanceMode.Bda)
                return null;
            int[] inTarget = MmdFactors.CountPerClass(pseudo, data.Classes);
            return c => (Math.Sqrt((double)inSource[c] / data.SourceCount), Math.Sqrt((double)inTarget[c] / data.TargetCount));
        }
    }
}
