using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// LoRA: a matrix of low rank beside every weight of a backbone, W + (α / r) B A, learns in place of the weights, which stay
/// as they are, batch norm's statistics too. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
/// </summary>
/// <remarks>
/// A convolution's A is one of its own size that gives r maps, its B a 1×1 convolution of them. Convolutions in groups,
/// depthwise ones among them, get none: what each of their parts holds is small already.
/// </remarks>
/// <param name="Rank">r, from 1 to the highest that a weight of the backbone can have.</param>
/// <param name="Alpha">α, above 0: α / r is what the product is multiplied by.</param>
public sealed record LowRank(int Rank, double Alpha) : Addition
{
    internal override bool Folds => true;

    internal override void AddTo(Backbone backbone, Generator generator)
    {
        RequireNone(backbone);
        LowRankLayer[] layers = [.. backbone.Modules().OfType<LowRankLayer>().Where(static layer => layer.HighestRank > 0)];
        long highest = layers.Max(static layer => layer.HighestRank);
        if (Rank < 1 || Rank > highest)
            throw new ArgumentException($"a low rank of {Rank}; expected 1 to {highest}, the highest that a weight of this backbone has");
        if (!(Alpha is > 0 and < double.PositiveInfinity))
            throw new ArgumentException(FormattableString.Invariant($"a low rank's alpha is {Alpha}; expected a number above 0"));
        backbone.Fix();
        foreach (LowRankLayer layer in layers)
            layer.AddLowRank(Rank, Alpha, generator);
    }
}
