using Acclimate.Catalog;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Deep.Generalisation;

/// <summary>Whose style is mixed in.</summary>
public enum StyleMixing
{
    /// <summary>Any other sample's of the batch.</summary>
    Random,

    /// <summary>That of a sample of another source.</summary>
    Across,
}

/// <summary>
/// MixStyle: in the network's first layers a sample's statistics, its style, become a mixture of its own and another sample's, so that the classifier
/// can't rely on them. Zhou, Yang, Qiao, Xiang, "Domain Generalization with MixStyle", ICLR 2021: equations 1 to 5.
/// </summary>
/// <remarks>
/// The statistics are each channel's mean and deviation over the picture, as the paper has it; of a layer without places, as in a network for rows of
/// features, the mean and deviation over the sample's units. No gradient flows through them. With one source, styles are mixed within it.
/// </remarks>
[Method("mixstyle", Family.Deep, LabelSetting.SourceOnly, SeveralSources = true,
    Title = "MixStyle",
    Summary = "Trains on several sources while mixing, in the first layers, the mean and deviation of each sample's maps with another's. No target is looked at.",
    Formula = "x ↦ γ (x − μ(x))/σ(x) + β,  γ = λσ(x) + (1 − λ)σ(x̃),  β = λμ(x) + (1 − λ)μ(x̃),  λ ~ Beta(α, α)",
    Paper = "Zhou, Yang, Qiao, Xiang: Domain Generalization with MixStyle, ICLR 2021")]
public sealed class MixedStyles : Objective
{
    private const double Least = 1e-6;

    /// <summary>How likely a layer mixes in a step.</summary>
    [Option("probability", "how likely a layer mixes in a step, 0 to 1", Search = "0.2..0.8", Source = "0.5 in the paper")]
    public double Probability { get; init; } = 0.5;

    /// <summary>α of the Beta distribution that λ is drawn from.</summary>
    [Option("alpha", "how even mixtures are: the parameter of the Beta distribution, above 0 (0.01 or more)", Search = "0.05..1 log", Source = "0.1 in the paper")]
    public double Alpha { get; init; } = 0.1;

    /// <summary>Behind how many of the network's first stages styles are mixed.</summary>
    [Option("stages", "behind how many of the network's first stages styles are mixed, 1 or more; the last is left as it is", Search = "1..3", Source = "the first two or three residual blocks in the paper")]
    public int MixedStages { get; init; } = 2;

    /// <summary>Whose style is mixed in.</summary>
    [Option("mix", "whose style is mixed in: that of any sample of the batch, or of a sample of another source", Source = "across did slightly better in the paper")]
    public StyleMixing Mix { get; init; } = StyleMixing.Across;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.Within("mixstyle", "probability", Probability, 0, 1);
        Require.AtLeast("mixstyle", "alpha", Alpha, 0.01);
        Require.AtLeast("mixstyle", "stages", MixedStages, 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        string[] stages = [.. step.Network.Backbone.Stages];
        int last = Math.Min(MixedStages, stages.Length - 1);
        Tensor current = step.SourceInputs!;
        for (int stage = 0; stage < last; stage++)
        {
            using (Autocast.Begin(step.Precision))
                current = step.Network.Backbone.Outputs(current, [stages[stage]], stage)[0];
            if (Chance(step) < Probability)
                current = Mixed(current, Others(step), Shares(current.Size(0), step.Noise));
        }

        return [new LossTerm("task", Functional.CrossEntropy(From(step, current, last).Logits, step.Labels))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <summary>Equations 3 to 5.</summary>
    /// <param name="x">A layer's output, batch first.</param>
    /// <param name="others">Which sample's style is mixed into each.</param>
    /// <param name="shares">λ, one a sample.</param>
    internal static Tensor Mixed(Tensor x, int[] others, Tensor shares)
    {
        long[] places = x.Rank == 2 ? [1] : [.. Enumerable.Range(2, x.Rank - 2).Select(static place => (long)place)];
        Tensor mean = x.Mean(places, keep: true).Detach();
        Tensor deviation = ((x.Detach() - mean).Square().Mean(places, keep: true) + Least).Sqrt();
        Tensor at = Tensor.From<long>([.. others.Select(static i => (long)i)]);
        Tensor share = shares.To(mean.Type).Reshape([x.Size(0), .. Enumerable.Repeat(1L, x.Rank - 1)]);
        Tensor gamma = (deviation * share) + (deviation.IndexSelect(0, at) * (1 - share)), beta = (mean * share) + (mean.IndexSelect(0, at) * (1 - share));
        return ((x - mean) / deviation * gamma) + beta;
    }

    /// <summary>What the network makes of a stage's output.</summary>
    private static Activations From(TrainingStep step, Tensor output, int firstStage)
    {
        step.Network.FirstStage = firstStage;
        try
        {
            return step.Activate(output);
        }
        finally
        {
            step.Network.FirstStage = 0;
        }
    }

    private static double Chance(TrainingStep step)
    {
        using Tensor drawn = Tensor.Uniform([1], step.Noise, type: ScalarType.Float64);
        return drawn.ToDouble();
    }

    /// <summary>For each sample another one, of another source where that is wanted and there is one.</summary>
    private int[] Others(TrainingStep step)
    {
        IReadOnlyList<int> domains = step.SourceDomains;
        int[] order = Tensor.Permutation(step.SourceInputs!.Size(0), step.Noise).ToArray<int>();
        if (Mix == StyleMixing.Random || domains.Count == 0)
            return order;
        return [.. Enumerable.Range(0, order.Length).Select(i =>
        {
            // The next in a random order that is of another source: each of these as likely as another.
            int found = Enumerable.Range(0, order.Length).Select(k => order[(order[i] + k) % order.Length]).FirstOrDefault(j => domains[j] != domains[i], -1);
            return found < 0 ? order[i] : found;
        })];
    }

    /// <summary>λ ~ Beta(α, α), one a sample: a quotient of draws from Gamma(α).</summary>
    private Tensor Shares(long samples, Generator noise)
    {
        Tensor alpha = Tensor.Full([2, samples], Alpha, ScalarType.Float64);
        Tensor drawn = Operator.Get("aten::_standard_gamma").Call(alpha, noise).Clamp(low: 1e-300);
        return drawn.Select(0, 0) / drawn.Sum(0);
    }
}
