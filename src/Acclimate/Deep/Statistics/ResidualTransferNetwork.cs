using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// RTN: the source's classifier is the target's plus a learnt residual, the target's is sharpened by low entropy, and the
/// fused layers' distributions are drawn together. Long, Zhu, Wang, Jordan, "Unsupervised Domain Adaptation with Residual
/// Transfer Networks", NIPS 2016: sections 3.1 (tensor MMD), 3.2 (the residual and the entropy) and 3.3 (the objective).
/// </summary>
/// <remarks>
/// The network's own head is f_T, so that the model that is kept is the target's classifier; only the classification
/// loss on the source goes through the residual. Few labelled target samples are learnt by f_T.
/// </remarks>
[Method("rtn", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Residual Transfer Network",
    Summary = "Trains features shared by both domains, and a target classifier that differs from the source's by a learnt residual.",
    Formula = "min E_s[−log σ(f_S(x))_y] + γ E_t[H(σ(f_T(x)))] + λ MMD²(⊗_l z_s^l, ⊗_l z_t^l),  f_S = f_T + Δf(f_T)",
    Paper = "Long, Zhu, Wang, Jordan: Unsupervised Domain Adaptation with Residual Transfer Networks, NIPS 2016")]
public sealed class ResidualTransferNetwork : Objective
{
    /// <summary>Samples of each domain that an unbiased estimate needs.</summary>
    private const int LeastForUnbiased = 2;

    private Sequential? residual;

    /// <summary>The layers that are fused: names of the network's stages, <c>features</c>, <c>logits</c> or <c>probabilities</c>.</summary>
    [Option("layers", "the layers that are fused by their outer product, with commas between: stages of the network, features, logits, probabilities", Search = "fixed",
        Source = "the last features and the classifier before softmax, as in the paper (fcb and fcc)")]
    public IReadOnlyList<string> Layers { get; init; } = ["features", "logits"];

    /// <summary>The number of Gaussian kernels; bandwidths double around the mean squared distance.</summary>
    [Option("kernels", "the number of Gaussian kernels, 1 or more; bandwidths double around the mean squared distance", Search = "1..11",
        Source = "5 in the released code; the paper has one, at the median distance")]
    public int Kernels { get; init; } = 5;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.1..10 log", Source = "1 in the released code")]
    public double Lambda { get; init; } = 1;

    /// <summary>γ, the weight of the target's entropy.</summary>
    [Option("gamma", "the weight of the entropy on the target, 0 or more", Search = "0.01..1 log", Source = "0.1 in the released code")]
    public double Gamma { get; init; } = 0.1;

    /// <summary>How λ and γ grow over the run.</summary>
    [Option("ramp", "how both weights grow: sigmoid from 0 to their full value, or constant", Source = "the released code ramps γ so; λ with it, as a constant one can collapse the features")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => residual;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("rtn", "kernels", Kernels, 1);
        Require.AtLeast("rtn", "lambda", Lambda, 0);
        Require.AtLeast("rtn", "gamma", Gamma, 0);
        Require.Layers("rtn", Layers, context.Example);
        long classes = context.Example.Logits.Size(1);
        Linear last = new(classes, classes, context.Generator);
        residual = new Sequential(new Linear(classes, classes, context.Generator), new ReLU(), last);

        // The paper wants |Δf| far below |f_T|: it starts at 0.
        using NoGrad noGrad = NoGrad.Begin();
        last.Weight.FillInPlace(0);
        last.Bias!.FillInPlace(0);
    }

    /// <summary>Cross entropy of f_S on the source batch, and of f_T on the labelled target batch where there is one.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("task", Functional.CrossEntropy(SourceLogits(step.Source.Logits), step.Labels)), .. KnownTask(step)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        double ramp = Ramp.At(step.Progress);
        bool unbiased = Math.Min(step.Source.Logits.Size(0), step.Target.Logits.Size(0)) >= LeastForUnbiased;
        Tensor mmd = TensorMmd.Estimate([.. Layers.Select(step.Source.Rows)], [.. Layers.Select(step.Target.Rows)], Kernels, unbiased);
        return [new LossTerm("mmd", mmd, Lambda * ramp), new LossTerm("entropy", SoftmaxEntropy.OfEach(step.Target.Logits), Gamma * ramp)];
    }

    /// <summary>f_S = f_T + Δf(f_T).</summary>
    private Tensor SourceLogits(Tensor logits) => logits + residual!.Forward(logits);
}
