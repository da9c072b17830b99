using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// Bottleneck adapters: small layers x + W₂ gelu(W₁ x + b₁) + b₂ between those of a backbone learn in place of its weights, which stay
/// as they are, batch norm's statistics too. Layer norms' scales and shifts learn along. Houlsby et al., "Parameter-Efficient
/// Transfer Learning for NLP", ICML 2019; Rebuffi, Bilen, Vedaldi, "Learning multiple visual domains with residual adapters", NIPS 2017.
/// </summary>
/// <remarks>
/// In a transformer there is one behind the attention and one behind the perceptron of each layer, before what went in is added. In a
/// network of residual blocks there is one behind each block, in any other one behind each stage that has weights.
/// </remarks>
/// <param name="Size">How many features there are inside, from 1 to the most that come out of a place where one is put.</param>
public sealed record Adapters(int Size) : Addition
{
    /// <summary>They are not linear.</summary>
    internal override bool Folds => false;

    /// <summary>Layer norms learn along, as in the paper.</summary>
    internal override bool Keeps(Module module) => module is not LayerNorm;

    internal override void AddTo(Backbone backbone, Generator generator)
    {
        RequireNone(backbone);
        long widest = backbone.AdapterWidth;
        if (Size < 1 || Size > widest)
            throw new ArgumentException($"adapters of {Size} features; expected 1 to {widest}, the most that come out of a part of this backbone");
        backbone.Fix(Keeps);
        backbone.AddAdapters(Size, generator);
    }
}
