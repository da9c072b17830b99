using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>Entropies of what a softmax makes of scores, in nats.</summary>
internal static class SoftmaxEntropy
{
    /// <summary>Below this a share counts as this in the logarithm, for 0·log 0 is 0 and not NaN; far below any share of float32 that matters.</summary>
    private const double LeastShare = 1e-30;

    /// <summary>−mean_i Σ_k p_ik log p_ik: how undecided the samples are, from 0 to log K.</summary>
    /// <param name="logits">Scores before the softmax: samples × classes.</param>
    public static Tensor OfEach(Tensor logits)
    {
        Tensor log = Functional.LogSoftmax(logits, 1);
        return -(log.Exp() * log).Sum(1).Mean();
    }

    /// <summary>−Σ_k p̂_k log p̂_k of the mean p̂ over the samples: how evenly the classes are used, from 0 to log K.</summary>
    /// <param name="logits">Scores before the softmax: samples × classes.</param>
    public static Tensor OfMean(Tensor logits)
    {
        Tensor mean = Functional.Softmax(logits, 1).Mean(0);
        return -(mean * mean.Clamp(low: LeastShare).Log()).Sum();
    }
}
