using Acclimate.Catalog;
using Acclimate.Features.Maps;

namespace Acclimate.Features.PseudoLabels;

/// <summary>
/// Self-training of a shallow classifier, the one that the fit is given, with classes balanced: each round learns from the target
/// samples of which it is surest, class by class, and less from the source. The selection is that of Zou, Yu, Kumar, Wang,
/// "Unsupervised Domain Adaptation for Semantic Segmentation via Class-Balanced Self-Training", ECCV 2018, without its network.
/// </summary>
/// <remarks>A classifier that takes no weights (<see cref="Classifiers.Classifier.TakesWeights"/>) counts all samples that it learns from the same.</remarks>
[Method("balanced-self-training", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Class-balanced self-training",
    Summary = "The classifier teaches itself in rounds: of each class it takes over the target samples of which it is surest, ever more of them, and counts the source ever less.",
    Formula = "round r of R: q = r/(R + 1); of each predicted class the ⌈q·n_c⌉ surest samples S; source weights 1 − q, target weights n_s/|S|",
    Paper = "Zou, Yu, Kumar, Wang: Unsupervised Domain Adaptation for Semantic Segmentation via Class-Balanced Self-Training, ECCV 2018")]
public sealed class BalancedSelfTraining : FeatureMethod
{
    /// <summary>R, 1 or more.</summary>
    [Option("rounds", "how often it teaches itself, 1 or more", Search = "1..10", Source = "4: what did best of 42 ways on 38 pairs of domains")]
    public int Rounds { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate() => Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Classifiers.Classifier classifier = context.Classifier.Graded;
        using Classifiers.FittedClassifier teacher = data.Train(classifier, data.Source, data.Target);
        SelfTrainingRounds rounds = new(data.Source, data.SourceLabels, data.Classes, data.Target) { Correct = data.Corrected };
        return new FittedFeatures(new IdentityMap(), new Certificate(), rounds.Run(Rounds, teacher.Probabilities(data.Target), classifier, context));
    }
}
