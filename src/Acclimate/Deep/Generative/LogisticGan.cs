using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// The two players' losses over a discriminator's scores D, log p(real) − log p(generated): Goodfellow et al.,
/// "Generative Adversarial Nets", NIPS 2014, equation 1, with the generator's in the form of section 3 that doesn't
/// saturate. Both are exact for large scores.
/// </summary>
internal static class LogisticGan
{
    /// <summary>−mean log σ(D(x)) − mean log(1 − σ(D(x̃))): what the discriminator descends.</summary>
    /// <param name="real">Scores of real samples.</param>
    /// <param name="generated">Scores of generated samples.</param>
    public static Tensor Discriminate(Tensor real, Tensor generated) =>
        Functional.BinaryCrossEntropyWithLogits(real, real.OnesLike())
        + Functional.BinaryCrossEntropyWithLogits(generated, generated.ZerosLike());

    /// <summary>−mean log σ(D(x̃)): what the generator descends.</summary>
    /// <param name="generated">Scores of generated samples.</param>
    public static Tensor Deceive(Tensor generated) => Functional.BinaryCrossEntropyWithLogits(generated, generated.OnesLike());
}
