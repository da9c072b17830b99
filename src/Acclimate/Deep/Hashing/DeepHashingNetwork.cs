using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Deep.Hashing;

/// <summary>
/// DHN (domain adaptive hashing, DAH): the features are hash codes, tanh of a layer of d units, which are alike for source samples of
/// one class and unlike for those of two, near ±1, of one distribution in both domains, and by which every target sample
/// lies near one class of the source. Venkateswara, Eusebio, Chakraborty, Panchanathan, "Deep Hashing Network for
/// Unsupervised Domain Adaptation", CVPR 2017, section 3: the supervised hash loss, MK-MMD, and the unsupervised entropy loss.
/// </summary>
/// <remarks>
/// <para>The paper's network ends at the codes, and gives a target sample the class with the largest p_ij. Here the
/// network's linear classifier on the codes is trained beside, by cross entropy on the source, which shapes the codes too:
/// it is what a saved model predicts with, without the source's samples at hand. The codes themselves (their signs) serve retrieval.</para>
/// <para>Sums of the paper are means here, so that no weight depends on the batch's size: over the pairs of the batch (weighed),
/// over samples and bits for the quantisation, over target samples for the entropy. The authors' released code has weights
/// of 100 to 5,000 for MK-MMD and of 1 or 0.1 for the entropy, by data set and estimator, for its own sums.</para>
/// </remarks>
[Method("dhn", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep hashing network (domain adaptive hashing)",
    Summary = "Trains hash codes by which target samples find source samples of their class; predicts by a classifier on the codes.",
    Formula = "min E_s[−log p(y|u)] + Σ_ij [log(1 + e^Ω_ij) − s_ij Ω_ij] + β Σ_i ‖sign(u_i) − u_i‖² + γ Σ_l d²_k(D_s^l, D_t^l) + η E_t[−Σ_j p_ij log p_ij],  Ω_ij = u_iᵀu_j/2, p_ij ∝ Σ_{k∈class j} exp(u_iᵀu_k)",
    Paper = "Venkateswara, Eusebio, Chakraborty, Panchanathan: Deep Hashing Network for Unsupervised Domain Adaptation, CVPR 2017")]
public sealed class DeepHashingNetwork : Objective
{
    /// <summary>The name that stands for the network's last stage before the codes.</summary>
    private const string LastStage = "last-stage";

    /// <summary>Keeps log p finite where a class has no sample in the batch; its share of the entropy is 0.</summary>
    private const double LeastShare = 1e-30;

    private readonly MultiKernelMmd unbiased = Mmd(MmdEstimator.QuadraticUnbiased);
    private readonly MultiKernelMmd biased = Mmd(MmdEstimator.QuadraticBiased);
    private long classes;

    /// <summary>d, the number of bits.</summary>
    [Option("bits", "the number of bits of a hash code, 1 or more", Search = "fixed", Source = "64 in the paper")]
    public int Bits { get; init; } = 64;

    /// <summary>The weight of the supervised hash loss.</summary>
    [Option("hash", "the weight of the supervised hash loss, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Hash { get; init; } = 1;

    /// <summary>What pairs of one class count against pairs of two.</summary>
    [Option("similar", "what a pair of one class counts in the hash loss against a pair of two, above 0 (0.001 or more): there are far fewer of them", Search = "1..100 log", Source = "10 in the authors' released code (100 for its digits)")]
    public double Similar { get; init; } = 10;

    /// <summary>β, the weight of the codes' distance from their signs.</summary>
    [Option("quantisation", "the weight of the codes' distance from their signs, 0 or more", Search = "0.1..10 log", Source = "1 in the authors' released code")]
    public double Quantisation { get; init; } = 1;

    /// <summary>γ, the weight of MK-MMD.</summary>
    [Option("gamma", "the weight of the discrepancy of each layer, 0 or more", Search = "0.1..10 log", Source = "1, as in DAN: the released code's larger ones go with its own scaling")]
    public double Gamma { get; init; } = 1;

    /// <summary>The layers that are adapted.</summary>
    [Option("layers", "the layers that are adapted, with commas between: last-stage (the one before the codes), features (the codes), or others of the network", Search = "fixed",
        Source = "the paper adapts its fully connected layers, the codes' among them")]
    public IReadOnlyList<string> Layers { get; init; } = [LastStage, "features"];

    /// <summary>η, the weight of the target's entropy.</summary>
    [Option("eta", "the weight of the entropy of the target's similarity to the source's classes, 0 or more", Search = "0.1..10 log", Source = "1 in the authors' released code for Office (0.1 for its digits)")]
    public double Eta { get; init; } = 1;

    /// <summary>How γ and η grow over the run.</summary>
    [Option("ramp", "how the weights of the discrepancy and the entropy grow: sigmoid from 0 to their full value, or constant", Source = "the paper keeps them constant and starts from a pretrained network; here training starts from scratch")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Bottleneck? Bottleneck => new(Bits, BottleneckActivation.Tanh);

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("dhn", "bits", Bits, 1);
        Require.AtLeast("dhn", "hash", Hash, 0);
        Require.AtLeast("dhn", "similar", Similar, 0.001);
        Require.AtLeast("dhn", "quantisation", Quantisation, 0);
        Require.AtLeast("dhn", "gamma", Gamma, 0);
        Require.AtLeast("dhn", "eta", Eta, 0);
        foreach (string layer in Layers)
            _ = context.Example[Named(layer, context.Example)];
        classes = context.Example.Logits.Size(1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor source = step.Source.Features, target = step.Target.Features;
        double grown = Ramp.At(step.Progress);
        MultiKernelMmd mmd = Math.Min(source.Size(0), target.Size(0)) > 1 ? unbiased : biased;
        return [
            new LossTerm("hash", HashLoss(source, step.Labels), Hash),
            new LossTerm("quantisation", (source.Detach().Sign() - source).Square().Mean(), Quantisation),
            .. Layers.Select(layer => Named(layer, step.Source)).Select(layer =>
                new LossTerm($"mmd.{layer}", mmd.Estimate(step.Source.Rows(layer), step.Target.Rows(layer)), Gamma * grown)),
            new LossTerm("entropy", Entropy(target, source, step.Labels), Eta * grown)];
    }

    /// <summary>
    /// −log p(s_ij | u_i, u_j) with p(s_ij = 1) = σ(Ω_ij): the cross entropy of "one class or two" by Ω, as a weighed mean
    /// over the pairs.
    /// </summary>
    private Tensor HashLoss(Tensor u, Tensor labels)
    {
        Tensor omega = u.MatMul(u.T) / 2;
        Tensor s = labels.Unsqueeze(0).Equals(labels.Unsqueeze(1)).To(u.Type);
        Tensor weights = (s * (Similar - 1)) + 1;
        return Functional.BinaryCrossEntropyWithLogits(omega, s, weights, Reduction.Sum) / weights.Sum();
    }

    /// <summary>
    /// The mean entropy of p_ij, target sample i's similarity to the source samples of class j. The paper draws equally many
    /// samples of each class; where a batch has more of one, the mean over its samples stands for the sum, which is the same up
    /// to a factor that cancels. Classes that the batch lacks have p = 0.
    /// </summary>
    private Tensor Entropy(Tensor target, Tensor source, Tensor labels)
    {
        Tensor member = labels.OneHot(classes).To(source.Type);
        Tensor logSize = member.MatMul(member.Sum(0)).Log();
        Tensor p = Functional.Softmax(target.MatMul(source.T) - logSize, 1).MatMul(member);
        return -(p * p.Clamp(low: LeastShare).Log()).Sum(1).Mean();
    }

    /// <summary>A layer's name in the network, whatever its last stage is called.</summary>
    private static string Named(string layer, Activations activations) =>
        layer == LastStage ? activations.Names.TakeWhile(static name => name != "features").Last() : layer;

    private static MultiKernelMmd Mmd(MmdEstimator estimator) => new() { Estimator = estimator, Weighting = KernelWeighting.Equal };
}
