using Acclimate.Catalog;
using Acclimate.Deep;

namespace Acclimate.Parameters;

/// <summary>
/// Fine-tuning with sound defaults: first the classifier alone, on the features as they are, so that its first values do no
/// harm to them; then everything, at half the rate, the front slower than the back. After fastai's <c>fine_tune</c> (Howard,
/// Gugger, "fastai: A Layered API for Deep Learning", Information 2020); the rates by stage are the discriminative
/// fine-tuning of Howard, Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.2.
/// </summary>
/// <remarks>
/// In the first stage the backbone is frozen: nothing of it is computed with gradients, and its batch norm keeps its
/// statistics. The rate falls over each stage as it does in every run, where fastai lets it rise and fall once.
/// </remarks>
[Method("fine-tune", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Fine-tuning, the classifier first",
    Summary = "Trains the new classifier alone, then the whole network at rates that rise from the first stage to the classifier.",
    Formula = "min_{w_C} E[−log p(y|x)], then min_w E[−log p(y|x)] with rate ½ η ρ^((n−l)/n) for stage l = 0 … n−1, ½ η for the classifier",
    Paper = "Howard, Gugger: fastai: A Layered API for Deep Learning, Information 2020; Howard, Ruder: Universal Language Model Fine-tuning for Text Classification, ACL 2018")]
public sealed class FineTune : ParameterTransfer
{
    /// <summary>What the learning rate is multiplied by once the whole network learns.</summary>
    private const double RateOfAll = 0.5;

    /// <summary>The share of the run's steps in which the classifier learns alone.</summary>
    [Option("head-share", "the share of the steps in which the classifier learns alone, 0 to 1", Search = "0..0.5", Source = "fastai's fine_tune: one epoch, before the epochs asked for; a fifth is one and four")]
    public double HeadShare { get; init; } = 0.2;

    /// <summary>ρ, what the rate of the backbone's first stage is of the classifier's.</summary>
    [Option("front-rate", "what the rate of the backbone's first stage is of the classifier's, above 0 to 1; the stages between by even ratios", Search = "0.001..1 log", Source = "1/100 in fastai's fine_tune (lr_mult)")]
    public double FrontRate { get; init; } = 0.01;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages =>
    [
        Stage.Head(HeadShare),
        Stage.Source(1 - HeadShare) with
        {
            FrontRate = FrontRate,
            Optimizer = new OptimizerChoice(OptimizerKind.Sgd) { RateFactor = RateOfAll },
        },
    ];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.Within("fine-tune", "head-share", HeadShare, 0, 1);
        Require.Above("fine-tune", "front-rate", FrontRate, 0);
        Require.Within("fine-tune", "front-rate", FrontRate, 0, 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
}
