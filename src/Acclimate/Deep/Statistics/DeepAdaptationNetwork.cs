using Acclimate.Catalog;
using Acclimate.Discrepancies;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// DAN: the multi-kernel maximum mean discrepancy between the domains on each task-specific layer is added to the
/// classification loss. Long, Cao, Wang, Jordan, "Learning Transferable Features with Deep Adaptation Networks",
/// ICML 2015: equations 3 (the objective), 5 and 6 (the estimate) and 8 (the kernels' weights).
/// </summary>
[Method("dan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep Adaptation Network (MK-MMD)",
    Summary = "Trains features on which the two domains have the same mean embedding under several Gaussian kernels.",
    Formula = "min E_s[−log p(y|x)] + λ Σ_l d²_k(D_s^l, D_t^l),  k = Σ_u β_u k_u,  β = argmin βᵀ(Q+εI)β, dᵀβ = 1, β ≥ 0",
    Paper = "Long, Cao, Wang, Jordan: Learning Transferable Features with Deep Adaptation Networks, ICML 2015")]
public sealed class DeepAdaptationNetwork : Objective
{
    /// <summary>Samples of each domain that optimal weights need: a covariance over pairs of quad-tuples.</summary>
    private const int LeastForOptimalWeights = 4;

    /// <summary>Samples of each domain that an unbiased estimate needs.</summary>
    private const int LeastForUnbiased = 2;

    /// <summary>
    /// The layers that are adapted: names of the network's stages, <c>features</c>, <c>logits</c> or <c>probabilities</c>
    /// (the classifier's output after softmax, which no single large score can dominate).
    /// </summary>
    [Option("layers", "the layers that are adapted, with commas between: stages of the network, features, logits, probabilities", Search = "fixed",
        Source = "the paper adapts all task-specific layers (fc6–fc8 of AlexNet); here these are the last features and the classifier")]
    public IReadOnlyList<string> Layers { get; init; } = ["features", "probabilities"];

    /// <summary>How MK-MMD is estimated from a batch.</summary>
    /// <remarks>
    /// The paper takes the linear-time estimate over quad-tuples to save time. Every pair of the batch estimates the same
    /// quantity without bias and with a fraction of the variance, and costs next to nothing at these batch sizes.
    /// </remarks>
    [Option("estimator", "how MK-MMD is estimated from a batch: quadratic-unbiased and quadratic-biased use every pair, linear-unbiased the paper's quad-tuples",
        Source = "same expectation as the paper's linear-unbiased, less variance; docs/results.md has both")]
    public MmdEstimator Estimator { get; init; } = MmdEstimator.QuadraticUnbiased;

    /// <summary>How the kernels are weighted.</summary>
    [Option("weights", "how the kernels are weighted: optimal solves the paper's quadratic program for each batch; equal is what the released code does", Source = "optimal in the paper (equation 8), equal in the released code")]
    public KernelWeighting Weights { get; init; } = KernelWeighting.Optimal;

    /// <summary>m, the number of Gaussian kernels; their bandwidths double from one to the next around the mean squared distance.</summary>
    [Option("kernels", "the number of Gaussian kernels, 1 or more; bandwidths double around the mean squared distance", Search = "1..11", Source = "5 in the released code")]
    public int Kernels { get; init; } = 5;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.1..10 log", Source = "1 in the released code")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016; constant from the first step can collapse the features")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("dan", "kernels", Kernels, 1);
        Require.AtLeast("dan", "lambda", Lambda, 0);
        Require.Layers("dan", Layers, context.Example);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        MultiKernelMmd mmd = DiscrepancyFor(Math.Min(step.Source.Logits.Size(0), step.Target.Logits.Size(0)));
        double weight = Lambda * Ramp.At(step.Progress);
        return [.. Layers.Select(layer => new LossTerm($"mmd.{layer}", mmd.Estimate(step.Source.Rows(layer), step.Target.Rows(layer)), weight))];
    }

    /// <summary>
    /// MK-MMD for batches of a size. A domain of very few samples takes what they allow: equal weights below 4, the
    /// biased estimate below 2.
    /// </summary>
    private MultiKernelMmd DiscrepancyFor(long samples) => new()
    {
        Kernels = GaussianKernels.AroundMean(Kernels),
        Estimator = samples < LeastForUnbiased ? MmdEstimator.QuadraticBiased : Estimator,
        Weighting = samples < LeastForOptimalWeights ? KernelWeighting.Equal : Weights,
    };
}
