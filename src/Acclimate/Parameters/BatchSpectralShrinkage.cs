using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// BSS: fine-tuning that shrinks the smallest singular values of each batch's features, the directions that transfer least,
/// so that few labels don't fit noise by them. Chen, Wang, Fu, Long, Wang, "Catastrophic Forgetting Meets Negative Transfer:
/// Batch Spectral Shrinkage for Safe Transfer Learning", NeurIPS 2019: equations 4 and 5.
/// </summary>
[Method("bss", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Batch spectral shrinkage",
    Summary = "Fine-tuning that keeps the smallest singular values of the features small, where few labels would fit noise.",
    Formula = "min_w E[−log p(y|x)] + η Σ_{i≤k} σ²_{−i},  σ_{−i} the i-th smallest singular value of the batch's features",
    Paper = "Chen, Wang, Fu, Long, Wang: Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage for Safe Transfer Learning, NeurIPS 2019")]
public sealed class BatchSpectralShrinkage : ParameterTransfer
{
    /// <summary>η, the weight of the penalty.</summary>
    [Option("eta", "the weight of the penalty, 0 or more", Search = "0.0001..0.01 log", Source = "0.001 in the paper")]
    public double Eta { get; init; } = 1e-3;

    /// <summary>k, how many singular values are penalised.</summary>
    [Option("values", "how many of the smallest singular values are penalised, 1 or more", Search = "1..8 log", Source = "1 in the paper")]
    public int Values { get; init; } = 1;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("bss", "eta", Eta, 0);
        Require.AtLeast("bss", "values", Values, 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);

        // By the singular values themselves: a Gram matrix would lose the smallest in the rounding of the largest.
        // The decomposition refuses what is no number; the trainer says better than it what happened.
        Tensor features = step.Source.Features;
        return [new LossTerm("spectral", features.IsFinite().All() ? SmallestSquares(features.SingularValues()) : features.Sum(), Eta)];
    }

    /// <summary>Σ_{i≤k} σ²_{−i}.</summary>
    private Tensor SmallestSquares(Tensor values)
    {
        long all = values.Size(0);
        return values.Slice(0, Math.Max(0, all - Values), all).Square().Sum();
    }
}
