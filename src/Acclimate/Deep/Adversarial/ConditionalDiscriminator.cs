using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// Tells the domains apart by features together with the classes predicted from them: a discriminator on the multilinear
/// map f ⊗ g, or, where that is large, on a random sketch of it. Long et al., NeurIPS 2018, equations 5 and 6.
/// </summary>
internal sealed class ConditionalDiscriminator : Module
{
    /// <summary>The largest d_f · d_g for which the map is taken as it is (section 3.2 of the paper).</summary>
    public const int LargestProduct = 4096;

    private readonly Tensor? ofFeatures;
    private readonly Tensor? ofClasses;

    /// <summary>Builds a discriminator with first values drawn from a generator.</summary>
    public ConditionalDiscriminator(long features, long classes, int hidden, int sketch, Generator generator)
    {
        long size = features * classes;
        if (size > LargestProduct)
        {
            ofFeatures = AddBuffer("of_features", Tensor.Normal([features, sketch], generator));
            ofClasses = AddBuffer("of_classes", Tensor.Normal([classes, sketch], generator));
            size = sketch;
        }

        Discriminator = Add("discriminator", new DomainDiscriminator(size, hidden, generator));
    }

    /// <summary>D, on what <see cref="Map"/> gives.</summary>
    public DomainDiscriminator Discriminator { get; }

    /// <summary>f ⊗ g, sample by sample: the product of every feature with every probability; or (R_f f) ⊙ (R_g g) / √d.</summary>
    /// <param name="features">f: batch × features.</param>
    /// <param name="probabilities">g: batch × classes.</param>
    public Tensor Map(Tensor features, Tensor probabilities) => ofFeatures is null
        ? (features.Unsqueeze(2) * probabilities.Unsqueeze(1)).Flatten(1)
        : features.MatMul(ofFeatures) * probabilities.MatMul(ofClasses!) / Math.Sqrt(ofFeatures.Size(1));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Discriminator.Forward(input);
}
