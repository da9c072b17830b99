using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// Tells the domains apart by features: two hidden layers with ReLU, then one score, above 0 for the source. It descends
/// its own loss; a gradient reversal before it makes the features ascend it.
/// </summary>
internal sealed class DomainDiscriminator : Module
{
    private readonly Sequential layers;

    /// <summary>Builds a discriminator with first values drawn from a generator.</summary>
    public DomainDiscriminator(long features, int hidden, Generator generator) =>
        layers = Add("layers", new Sequential(
            new Linear(features, hidden, generator), new ReLU(), new Linear(hidden, hidden, generator), new ReLU(), new Linear(hidden, 1, generator)));

    /// <summary>log p(source|x) − log p(target|x): one score a sample.</summary>
    public override Tensor Forward(Tensor input) => layers.Forward(input).Squeeze(1);

    /// <summary>
    /// −mean log p(source|x_s) − mean log p(target|x_t), the sum as the papers print it: what the discriminator descends.
    /// With a reversal of −λ before it, the features ascend it λ-fold.
    /// </summary>
    /// <param name="source">The source batch's features.</param>
    /// <param name="target">The target batch's.</param>
    /// <param name="reversal">λ; 0 leaves the features alone.</param>
    /// <param name="sourceWeights">A weight a source sample, of mean 1; none weighs all alike. Gradients flow through weights too, as they are.</param>
    /// <param name="targetWeights">Likewise for the target.</param>
    public Tensor Loss(Tensor source, Tensor target, double reversal, Tensor? sourceWeights = null, Tensor? targetWeights = null)
    {
        Tensor ofSource = Forward(source.ScaleGradient(-reversal)), ofTarget = Forward(target.ScaleGradient(-reversal));
        return Mean(ofSource, ofSource.OnesLike(), sourceWeights) + Mean(ofTarget, ofTarget.ZerosLike(), targetWeights);
    }

    private static Tensor Mean(Tensor scores, Tensor truth, Tensor? weights) => weights is null
        ? Functional.BinaryCrossEntropyWithLogits(scores, truth)
        : (Functional.BinaryCrossEntropyWithLogits(scores, truth, reduction: Reduction.None) * weights).Mean();
}
