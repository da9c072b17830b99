using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// The ratio by a classifier that tells the domains apart: p_t(x)/p_s(x) = (n_s/n_t) P(target | x)/P(source | x). Bickel, Brückner, Scheffer, "Discriminative
/// Learning for Differing Training and Test Distributions", ICML 2007.
/// </summary>
/// <remarks>
/// Logistic regression over standardised features and their squares; each sample is judged by the model of the other folds, so that no sample's weight is learnt from itself, and C, from
/// small to large, is the first after which the likelihood of the samples that were left out falls. With logits beyond ±<see cref="MostSure"/> the ratio would rest on a handful of samples: they are held there.
/// </remarks>
[Method("domain-classifier", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Density ratio by a domain classifier",
    Summary = "Weighs source samples by the odds that a logistic regression, trained to tell the domains apart on other samples, gives them of being the target's.",
    Formula = "w(x) = (n_s/n_t) · P(target | x)/P(source | x)",
    Paper = "Bickel, Brückner, Scheffer: Discriminative Learning for Differing Training and Test Distributions, ICML 2007")]
public sealed class DomainClassifierRatio : InstanceWeighting
{
    private const double MostSure = 10;
    private const long DrawFolds = 9121;

    /// <summary>Of the slope: samples that are left out say no more.</summary>
    private const double Precision = 1e-4;
    private static readonly double[] Grid = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>C, above 0; none chooses it by cross-validation.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2, above 0; none: by cross-validation from 1e-4 … 10", Search = "0.0001..10 log", Source = "ours: by the likelihood of samples left out; a fixed one would have to know how far the domains are apart")]
    public double? C { get; init; }

    /// <summary>Whether the features' squares help to tell the domains apart: the ratio of two normal densities of different widths is the exponential of a quadratic.</summary>
    [Option("squares", "whether the features' squares help to tell the domains apart: true or false", Source = "ours: without them a change of spread goes unseen")]
    public bool Squares { get; init; } = true;

    /// <summary>The folds, 2 or more.</summary>
    [Option("folds", "the folds by which samples are left out, 2 or more", Search = "fixed", Source = "ours: the usual five")]
    public int Folds { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(C is null or > 0, $"C is {C}; expected above 0, or none");
        Require(Folds >= 2, $"folds is {Folds}; expected 2 or more");
    }

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor x = Standardised(data.Pooled());
        if (Squares)
            x = Tensor.Concatenate([x, Standardised(x.Square())], 1);
        int count = data.SourceCount + data.TargetCount;
        int[] domains = [.. Enumerable.Range(0, count).Select(i => i < data.SourceCount ? 0 : 1)];
        int[] fold = FoldsOf(data.SourceCount, data.TargetCount, context);
        (double chosen, double[] logits, double most) = (0, [], double.NegativeInfinity);
        foreach (double c in C is { } given ? [given] : Grid)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            double[] found = LeftOut(x, domains, fold, c);

            // Both domains count the same, however many samples they have: −log σ(±logit).
            double likelihood = -found.Select((f, i) => Math.Log(1 + Math.Exp(domains[i] == 1 ? -f : f)) / (domains[i] == 1 ? data.TargetCount : data.SourceCount)).Sum();
            if (!(likelihood > most))
                break;
            (chosen, logits, most) = (c, found, likelihood);
        }

        double[] weights = [.. logits.Take(data.SourceCount).Select(Math.Exp)];
        string note = string.Create(CultureInfo.InvariantCulture, $"C = {chosen}{(C is null ? $" by {Folds}-fold cross-validation" : string.Empty)}");
        return new InstanceWeights(OfMeanOne(weights), new Certificate { Notes = [note] });
    }

    private static Tensor Standardised(Tensor x)
    {
        Tensor deviation = x.StandardDeviation(0, unbiased: false, keep: true);
        return (x - x.Mean(0, keep: true)) / deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
    }

    /// <summary>What the models of the other folds say of each sample: log P(target)/P(source), with both domains as likely beforehand.</summary>
    private double[] LeftOut(Tensor x, int[] domains, int[] fold, double c)
    {
        double[] logits = new double[domains.Length];
        LogisticRegression model = new() { C = c, Balanced = true, Precision = Precision };
        for (int f = 0; f < Folds; f++)
        {
            using TensorScope scope = TensorScope.Begin();
            long[] inside = [.. Rows(i => fold[i] == f)], outside = [.. Rows(i => fold[i] != f)];
            int[] known = [.. outside.Select(i => domains[i])];
            if (inside.Length == 0 || known.Distinct().Count() < 2)
                continue;
            using FittedClassifier fitted = model.Fit(x.IndexSelect(0, Tensor.From(outside)), known, 2);
            double[] scores = fitted.Scores(x.IndexSelect(0, Tensor.From(inside))).ToArray<double>();
            for (int i = 0; i < inside.Length; i++)
                logits[inside[i]] = Math.Clamp(scores[(2 * i) + 1] - scores[2 * i], -MostSure, MostSure);
        }

        return logits;

        IEnumerable<long> Rows(Func<int, bool> wanted) => Enumerable.Range(0, domains.Length).Where(wanted).Select(static i => (long)i);
    }

    /// <summary>As many samples of each domain in each fold, by chance.</summary>
    private int[] FoldsOf(int source, int target, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = context.Draw(DrawFolds);
        int[] fold = new int[source + target];
        long[] first = Tensor.Permutation(source, generator).ToArray<long>(), second = Tensor.Permutation(target, generator).ToArray<long>();
        for (int i = 0; i < source; i++)
            fold[first[i]] = i % Folds;
        for (int i = 0; i < target; i++)
            fold[source + second[i]] = i % Folds;
        return fold;
    }
}
