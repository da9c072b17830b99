using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// BSP: DANN with a penalty on the largest singular values of each domain's features, which else take over as the domains
/// are aligned, at the cost of the directions that tell classes apart. Chen, Wang, Long, Wang, "Transferability vs.
/// Discriminability: Batch Spectral Penalization for Adversarial Domain Adaptation", ICML 2019: equations 5 and 6.
/// </summary>
[Method("bsp", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Batch spectral penalisation",
    Summary = "DANN that keeps the features' largest singular values small, so that classes stay apart in the other directions.",
    Formula = "DANN + β Σ_{i≤k} (σ²_{s,i} + σ²_{t,i}),  σ_{s,i}, σ_{t,i} the i-th largest singular values of the batches' features",
    Paper = "Chen, Wang, Long, Wang: Transferability vs. Discriminability: Batch Spectral Penalization for Adversarial Domain Adaptation, ICML 2019")]
public sealed class BatchSpectralPenalisation : Objective
{
    private DomainDiscriminator? discriminator;

    /// <summary>β, the weight of the penalty.</summary>
    [Option("beta", "the weight of the penalty, 0 or more", Search = "1e-5..0.001 log", Source = "1e-4 in the paper (section 5.1)")]
    public double Beta { get; init; } = 1e-4;

    /// <summary>k, how many singular values of each domain are penalised.</summary>
    [Option("values", "how many singular values of each domain are penalised, 1 or more", Search = "1..4", Source = "1 in the paper (section 5.1)")]
    public int Values { get; init; } = 1;

    /// <summary>Units in each of the discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminator's two hidden layers, 1 or more", Search = "64..1024 log", Source = "as dann has; 1024 in the authors' code, on ResNet-50")]
    public int Hidden { get; init; } = 256;

    /// <summary>λ, what the features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "1 in the paper, as DANN's")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run; β stays as it is.</summary>
    [Option("ramp", "how lambda grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => discriminator;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("bsp", "beta", Beta, 0);
        Require.AtLeast("bsp", "values", Values, 1);
        Require.AtLeast("bsp", "hidden", Hidden, 1);
        Require.AtLeast("bsp", "lambda", Lambda, 0);
        discriminator = new DomainDiscriminator(context.Example.Features.Size(1), Hidden, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor source = step.Source.Features, target = step.Target.Features;
        return
        [
            new LossTerm("domain", discriminator!.Loss(source, target, Lambda * Ramp.At(step.Progress))),
            new LossTerm("spectral", LargestSquares(source) + LargestSquares(target), Beta),
        ];
    }

    /// <summary>
    /// Σ_{i≤k} σ_i², by the largest eigenvalues of the smaller Gram matrix: cheaper than singular values, as exact for the
    /// largest, and with a gradient that is finite even where values are equal.
    /// </summary>
    private Tensor LargestSquares(Tensor features)
    {
        Tensor gram = features.Size(0) <= features.Size(1) ? features.MatMul(features.T) : features.T.MatMul(features);
        long all = gram.Size(0);

        // The decomposition refuses what is no number; the trainer says better than it what happened.
        if (!gram.IsFinite().All())
            return gram.Sum();
        return gram.SymmetricEigen().Values.Slice(0, Math.Max(0, all - Values), all).Sum();
    }
}
