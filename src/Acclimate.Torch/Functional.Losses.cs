using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>What becomes of the losses of single samples. The numbers are libtorch's own.</summary>
public enum Reduction
{
    /// <summary>They are returned as they are.</summary>
    None = 0,

    /// <summary>Their mean (weighted, where classes have weights).</summary>
    Mean = 1,

    /// <summary>Their sum.</summary>
    Sum = 2,
}

/// <content>Losses.</content>
public static partial class Functional
{
    /// <summary>
    /// −log softmax(logits)[label], averaged over the samples. With smoothing s the label's share is 1 − s and s is
    /// spread evenly over all classes: Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016.
    /// </summary>
    /// <param name="logits">Scores before the softmax, of shape [samples, classes].</param>
    /// <param name="labels">The classes, as Int64 of shape [samples]; −100 leaves a sample out.</param>
    /// <param name="weights">A weight for each class, or none for 1.</param>
    /// <param name="smoothing">s, from 0 to 1.</param>
    /// <param name="reduction">What becomes of the samples' losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is not from 0 to 1.</exception>
    public static Tensor CrossEntropy(
        Tensor logits, Tensor labels, Tensor? weights = null, double smoothing = 0, Reduction reduction = Reduction.Mean)
    {
        CheckProbability(smoothing, nameof(smoothing));
        return Operator.Get("aten::cross_entropy_loss").Call(logits, labels, weights, (int)reduction, Value.Default, smoothing);
    }

    /// <summary>−x[label], averaged over the samples: the cross entropy of logarithms of probabilities.</summary>
    /// <param name="logProbabilities">x, of shape [samples, classes], as <see cref="LogSoftmax"/> makes them.</param>
    /// <param name="labels">The classes, as Int64 of shape [samples]; −100 leaves a sample out.</param>
    /// <param name="weights">A weight for each class, or none for 1.</param>
    /// <param name="reduction">What becomes of the samples' losses.</param>
    public static Tensor NllLoss(Tensor logProbabilities, Tensor labels, Tensor? weights = null, Reduction reduction = Reduction.Mean) =>
        Operator.Get("aten::nll_loss").Call(logProbabilities, labels, weights, (int)reduction);

    /// <summary>−t·log σ(x) − (1 − t)·log(1 − σ(x)), averaged over the elements; exact for large |x|.</summary>
    /// <param name="logits">x: scores before the sigmoid.</param>
    /// <param name="targets">t: probabilities, of the same shape and type.</param>
    /// <param name="weights">A weight for each element (broadcast), or none for 1.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public static Tensor BinaryCrossEntropyWithLogits(
        Tensor logits, Tensor targets, Tensor? weights = null, Reduction reduction = Reduction.Mean) =>
        Operator.Get("aten::binary_cross_entropy_with_logits").Call(logits, targets, weights, Value.None, (int)reduction);

    /// <summary>(x − t)², averaged over the elements.</summary>
    /// <param name="input">x.</param>
    /// <param name="targets">t, of the same shape and type.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public static Tensor MseLoss(Tensor input, Tensor targets, Reduction reduction = Reduction.Mean) =>
        Operator.Get("aten::mse_loss").Call(input, targets, (int)reduction);
}
