using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// JAN-A: JAN whose kernels see each layer through a fully connected layer θ of their own, which is trained to make the
/// joint discrepancy large while the network makes it small. Long, Zhu, Wang, Jordan, "Deep Transfer Learning with Joint
/// Adaptation Networks", ICML 2017, section 4.2 (the minimax objective).
/// </summary>
/// <remarks>
/// θ turns the gradient round behind it, and the network gets it the right way round from a second turn before it: one
/// descent does both. θ starts as the identity, so that JAN-A starts as JAN. Its gradient is ramped with λ; the weight
/// decay bounds it.
/// </remarks>
[Method("jan-a", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Joint Adaptation Network, adversarial",
    Summary = "Joint adaptation with learnt layers before the kernels that make the domains as different as they can.",
    Formula = "min_f max_θ E_s[−log p(y|x)] + λ D(P, Q; θ),  D of jan with k^l(θ^l(z^l), θ^l(z′^l))",
    Paper = "Long, Zhu, Wang, Jordan: Deep Transfer Learning with Joint Adaptation Networks, ICML 2017")]
public sealed class AdversarialJointAdaptationNetwork : JointAdaptationNetwork
{
    private Sequential? theta;

    /// <inheritdoc/>
    public override Module? Network => theta;

    /// <inheritdoc/>
    private protected override string Name => "jan-a";

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        base.Attach(context);
        theta = new Sequential([.. Layers.Select((layer, l) => (l.ToString(CultureInfo.InvariantCulture), (Module)Identity(context.Example.Rows(layer).Size(1), context.Generator)))]);
    }

    /// <inheritdoc/>
    private protected override IReadOnlyList<Tensor> Seen(TrainingStep step, Activations activations) =>
        [.. Layers.Zip(theta!.Children, (layer, adversary) => adversary.Value.Forward(activations.Rows(layer).ScaleGradient(-1)).ScaleGradient(-1))];

    private static Linear Identity(long features, Generator generator)
    {
        Linear layer = new(features, features, generator);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        layer.Weight.CopyInPlace(Tensor.Eye(features, layer.Weight.Type, layer.Weight.Device));
        layer.Bias!.FillInPlace(0);
        return layer;
    }
}
