using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// Source samples whose labels a model of the target doubts are left out. Jiang, Zhai, "Instance Weighting for Domain Adaptation in NLP", ACL 2007, rank the source's samples by what a
/// model that was trained on the target says of their labels, and remove the misleading ones. Here the target's model learns from the target samples of which a model of the source is
/// surest, since no target label is known.
/// </summary>
[Method("selection-uncertainty", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Selection by uncertainty",
    Summary = "Leaves out the source samples whose labels a model of the target, learnt from its surest pseudo-labels, finds least likely.",
    Formula = "w_i = 0 for the share of source samples with the least p_t(y_i | x_i), else 1; soft: w_i = p_t(y_i | x_i)",
    Paper = "Jiang, Zhai: Instance Weighting for Domain Adaptation in NLP, ACL 2007")]
public sealed class SelectionByUncertainty : InstanceWeighting
{
    /// <summary>The share of source samples that is left out, from 0 to below 1.</summary>
    [Option("drop", "the share of source samples that is left out, from 0 to below 1", Search = "0.05..0.5", When = "soft=false", Source = "ours: a fifth; the paper tries numbers of samples")]
    public double Drop { get; init; } = 0.2;

    /// <summary>The share of target samples, of each pseudo-class the surest, that the target's model learns from; above 0, to 1.</summary>
    [Option("sure", "the share of target samples, the surest of each class, that the target's model learns from, above 0 to 1", Search = "0.1..1", Source = "ours: the surer half of each class; the paper has labelled target samples in their place")]
    public double Sure { get; init; } = 0.5;

    /// <summary>Whether samples count the probability of their label, or all or nothing.</summary>
    [Option("soft", "whether a sample counts the probability of its label: true or false", Source = "all or nothing in the paper")]
    public bool Soft { get; init; }

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Drop is >= 0 and < 1, $"drop is {Drop}; expected from 0 to below 1");
        Require(Sure is > 0 and <= 1, $"sure is {Sure}; expected above 0, to 1");
    }

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        LogisticRegression logistic = new();
        using FittedClassifier ofSource = logistic.Fit(data.Source, data.SourceLabels, data.Classes);
        Tensor said = ofSource.Probabilities(data.Target);
        int[] pseudo = ofSource.Predict(data.Target);
        double[] sureness = said.Max(1).ToArray<double>();
        long[] learnt = [.. Enumerable.Range(0, pseudo.Length).GroupBy(j => pseudo[j])
            .SelectMany(group => group.OrderByDescending(j => sureness[j]).Take((int)Math.Ceiling(Sure * group.Count()))).Order().Select(static j => (long)j)];
        using FittedClassifier ofTarget = logistic.Fit(data.Target.IndexSelect(0, Tensor.From(learnt)), [.. learnt.Select(j => pseudo[j])], data.Classes);
        double[] all = ofTarget.Probabilities(data.Source).ToArray<double>();

        // A class that no target sample seems to have is not the target model's to judge.
        HashSet<int> known = [.. pseudo];
        double[] likely = [.. data.SourceLabels.Select((label, i) => known.Contains(label) ? all[(i * data.Classes) + label] : 1)];
        if (Soft)
            return new InstanceWeights(OfMeanOne(likely), new Certificate());
        double[] weights = [.. Enumerable.Repeat(1.0, likely.Length)];
        foreach (int i in Enumerable.Range(0, likely.Length).OrderBy(i => likely[i]).Take((int)(Drop * likely.Length)))
            weights[i] = 0;
        return new InstanceWeights(weights, new Certificate());
    }
}
