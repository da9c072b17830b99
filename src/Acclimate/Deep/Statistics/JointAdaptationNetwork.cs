using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// JAN: the joint distribution of several layers, the classifier's output among them, is drawn together by a joint
/// maximum mean discrepancy. Long, Zhu, Wang, Jordan, "Deep Transfer Learning with Joint Adaptation Networks", ICML 2017:
/// section 4.1 (JMMD and its linear-time estimate) and 4.2 (the objective, and JAN-A).
/// </summary>
[Method("jan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Joint Adaptation Network (JMMD)",
    Summary = "Trains a network on whose layers, taken together, both domains have the same mean embedding.",
    Formula = "min E_s[−log p(y|x)] + λ D(P, Q),  D = E k(s,s′) + E k(t,t′) − 2 E k(s,t),  k = Π_l k^l,  k^l = Σ_u exp(−‖·‖²/γ_u)",
    Paper = "Long, Zhu, Wang, Jordan: Deep Transfer Learning with Joint Adaptation Networks, ICML 2017")]
public class JointAdaptationNetwork : Objective
{
    /// <summary>Samples of each domain that an unbiased estimate needs.</summary>
    private const int LeastForUnbiased = 2;

    /// <summary>The layers that are adapted together: names of the network's stages, <c>features</c>, <c>logits</c> or <c>probabilities</c>.</summary>
    [Option("layers", "the layers that are adapted together, with commas between: stages of the network, features, logits, probabilities", Search = "fixed",
        Source = "the last features and the classifier's softmax output, as in the paper")]
    public IReadOnlyList<string> Layers { get; init; } = ["features", "probabilities"];

    /// <summary>How JMMD is estimated from a batch.</summary>
    [Option("estimator", "how JMMD is estimated from a batch: quadratic-unbiased and quadratic-biased use every pair, linear-unbiased the paper's quad-tuples",
        Source = "same expectation as the paper's linear-unbiased, less variance")]
    public MmdEstimator Estimator { get; init; } = MmdEstimator.QuadraticUnbiased;

    /// <summary>The number of Gaussian kernels on each layer but the probabilities; bandwidths double around the mean squared distance.</summary>
    [Option("kernels", "the number of Gaussian kernels on a layer of features, 1 or more; bandwidths double around the mean squared distance", Search = "1..11", Source = "5 in the released code")]
    public int Kernels { get; init; } = 5;

    /// <summary>γ of the one kernel exp(−d²/γ) on the probabilities.</summary>
    [Option("gamma", "γ of the one kernel exp(−d²/γ) on the probabilities, above 0", Search = "0.2..20 log", Source = "1.68 in the released code")]
    public double Gamma { get; init; } = 1.68;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.03..3 log", Source = "0.3 in the released code, which sums the kernels as is done here")]
    public double Lambda { get; init; } = 0.3;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "the paper's progressive schedule, which is that of Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <summary>The name in the catalogue, for messages.</summary>
    private protected virtual string Name => "jan";

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast(Name, "kernels", Kernels, 1);
        Require.Above(Name, "gamma", Gamma, 0);
        Require.AtLeast(Name, "lambda", Lambda, 0);
        Require.Layers(Name, Layers, context.Example);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        JointMmd jmmd = new()
        {
            Kernels = [.. Layers.Select(layer => layer == "probabilities" ? GaussianKernels.WithGammas(Gamma) : GaussianKernels.AroundMean(Kernels))],
            Estimator = Math.Min(step.Source.Logits.Size(0), step.Target.Logits.Size(0)) < LeastForUnbiased ? MmdEstimator.QuadraticBiased : Estimator,
        };
        return [new LossTerm("jmmd", jmmd.Estimate(Seen(step, step.Source), Seen(step, step.Target)), Lambda * Ramp.At(step.Progress))];
    }

    /// <summary>The layers as the kernels see them, one row a sample.</summary>
    private protected virtual IReadOnlyList<Tensor> Seen(TrainingStep step, Activations activations) => [.. Layers.Select(activations.Rows)];
}
