using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// CDAN+E: CDAN in which samples with certain predictions count for more. Long, Cao, Wang, Jordan, "Conditional
/// Adversarial Domain Adaptation", NeurIPS 2018: equation 9, with w(H) = 1 + e^(−H) of section 3.3.
/// </summary>
/// <remarks>
/// The weights are divided by their mean over the domain's batch (through which no gradient flows). The gradient through
/// a weight is reversed as the features' is: so the classifier is drawn to certain predictions, as the paper and its code have it.
/// </remarks>
[Method("cdan-e", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Conditional domain-adversarial network with entropy conditioning",
    Summary = "CDAN in which samples with certain predictions count for more.",
    Formula = "min_{F,C} max_D E_s[−log C(F(x))_y] + λ_p (E_s[w(H(g)) log D(f ⊗ g)] + E_t[w(H(g)) log(1 − D(f ⊗ g))]),  w(H) ∝ 1 + e^(−H), E[w] = 1",
    Paper = "Long, Cao, Wang, Jordan: Conditional Adversarial Domain Adaptation, NeurIPS 2018")]
public sealed class EntropyConditionedAdversarialNetwork : ConditionalDomainAdversarialNetwork
{
    /// <inheritdoc/>
    private protected override Tensor? Weights(Activations domain, double lambda) => Weigh(domain.Logits.ScaleGradient(-lambda));

    /// <summary>w(H(softmax(logits))), divided by its mean.</summary>
    internal static Tensor Weigh(Tensor logits)
    {
        Tensor logG = Functional.LogSoftmax(logits, 1);
        Tensor entropy = -(logG.Exp() * logG).Sum(1);
        Tensor weights = 1 + (-entropy).Exp();
        return weights / weights.Detach().Mean();
    }
}
