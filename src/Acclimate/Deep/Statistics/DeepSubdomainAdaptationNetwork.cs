using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// DSAN: the domains are drawn together class by class, by a maximum mean discrepancy that weighs each sample by how far
/// it belongs to the class: the source by its labels, the target by what the classifier thinks of it. Zhu et al., "Deep
/// Subdomain Adaptation Network for Image Classification", TNNLS 2020: the local MMD and the objective that it is added to.
/// </summary>
/// <remarks>
/// As in the released code a class counts in a batch if the source has a sample of it and it is some target sample's most
/// likely class; otherwise probabilities of next to nothing would decide where a whole class is drawn to. No gradient
/// flows through the weights. A ramp lets the classifier learn before its opinions count.
/// </remarks>
[Method("dsan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep Subdomain Adaptation Network (LMMD)",
    Summary = "Trains features on which each class has the same mean embedding in both domains, the target's by soft pseudo-labels.",
    Formula = "min E_s[−log p(y|x)] + λ_p Σ_l 1/|C| Σ_c ‖Σ_i w_i^{sc} φ(z_i^{sl}) − Σ_j w_j^{tc} φ(z_j^{tl})‖²,  w_i^c = y_ic / Σ_k y_kc,  λ_p = λ (2/(1 + e^(−10p)) − 1)",
    Paper = "Zhu, Zhuang, Wang, Ke, Chen, Bian, Xiong, He: Deep Subdomain Adaptation Network for Image Classification, TNNLS 2020")]
public sealed class DeepSubdomainAdaptationNetwork : Objective
{
    /// <summary>The layers that are adapted: names of the network's stages, <c>features</c>, <c>logits</c> or <c>probabilities</c>.</summary>
    [Option("layers", "the layers that are adapted, with commas between: stages of the network, features, logits, probabilities", Search = "fixed",
        Source = "the last features, as in the released code")]
    public IReadOnlyList<string> Layers { get; init; } = ["features"];

    /// <summary>The number of Gaussian kernels, which are summed; bandwidths double around the mean squared distance.</summary>
    [Option("kernels", "the number of Gaussian kernels, 1 or more; bandwidths double around the mean squared distance", Search = "1..11", Source = "5 in the released code")]
    public int Kernels { get; init; } = 5;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.05..5 log", Source = "0.5 in the released code, which sums the kernels as is done here")]
    public double Lambda { get; init; } = 0.5;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "the paper's progressive schedule, which is that of Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("dsan", "kernels", Kernels, 1);
        Require.AtLeast("dsan", "lambda", Lambda, 0);
        Require.Layers("dsan", Layers, context.Example);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        GaussianKernels kernels = GaussianKernels.AroundMean(Kernels);
        Tensor likely = step.Target.Probabilities.Detach();
        long classes = likely.Size(1);
        Tensor ofSource = step.Labels.OneHot(classes).To(likely.Type);
        Tensor ofTarget = likely * likely.ArgMax(1).OneHot(classes).Max(0).To(likely.Type);
        double weight = Lambda * Ramp.At(step.Progress);
        return [.. Layers.Select(layer => new LossTerm($"lmmd.{layer}", LocalMmd.Distance(step.Source.Rows(layer), step.Target.Rows(layer), ofSource, ofTarget, kernels), weight))];
    }
}
