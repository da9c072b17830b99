using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// Boosting in which labelled target samples that are classified wrongly count more from round to round, as in AdaBoost, and source samples that are count less: they seem
/// to be unlike the target. Dai, Yang, Xue, Yu, "Boosting for Transfer Learning", ICML 2007. The rounds' second half votes.
/// </summary>
/// <remarks>
/// More than two classes as AdaBoost has them in Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2009: β_t = ε/((1 − ε)(C − 1)), C being the classes that
/// have samples, and a round must be better than chance, ε &lt; 1 − 1/C. With two classes this is the paper's. A round without an error on the target would have all the votes: ε is
/// half a sample's at the least. Rounds end early where one is no better than chance. The classifier of a round is the one that is asked for, and must take weights.
/// </remarks>
[Method("tradaboost", Family.Instances, LabelSetting.FewTargetLabels,
    Title = "TrAdaBoost; TrAdaBoost.R2 in regression",
    Summary = "Boosts on source and labelled target together; source samples that are misclassified, or far off, lose weight, and target samples gain it.",
    Formula = "w_i^s ← w_i^s β^[h_t(x_i) ≠ y_i],  w_j^t ← w_j^t β_t^−[h_t(x_j) ≠ y_j],  β = 1/(1 + √(2 ln n_s/N)), β_t = ε_t/((1 − ε_t)(C − 1))",
    Paper = "Dai, Yang, Xue, Yu: Boosting for Transfer Learning, ICML 2007; Pardoe, Stone: Boosting for Regression Transfer, ICML 2010")]
public sealed class TrAdaBoost : FeatureMethod
{
    /// <summary>N, the rounds of boosting, 1 or more.</summary>
    [Option("rounds", "the rounds of boosting, 1 or more", Search = "5..100 log", Source = "ours: the second half votes, which leaves ten")]
    public int Rounds { get; init; } = 20;

    /// <inheritdoc/>
    public override void Validate() => Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] known = [.. Enumerable.Range(0, data.TargetCount).Where(j => data.TargetLabels is { } labels && labels[j] != FeatureData.Unknown)];
        Require(known.Length > 0, $"no target sample has a label; it learns from a few");
        context.Classifier.RequireWeights("tradaboost");
        Tensor x = Tensor.Concatenate([data.Source, data.Target.IndexSelect(0, Tensor.From(Array.ConvertAll(known, static j => (long)j)))]);
        int[] y = [.. data.SourceLabels, .. known.Select(j => data.TargetLabels![j])];
        List<FittedClassifier> members = [];
        List<double> votes = [];
        string note;
        try
        {
            note = Boost(members, votes, x, y, data.SourceCount, data.Classes, context);
        }
        catch
        {
            members.ForEach(static member => member.Dispose());
            throw;
        }

        // The second half of the rounds, and the middle one where their number is odd.
        int from = members.Count / 2;
        for (int i = 0; i < from; i++)
            members[i].Dispose();
        FittedEnsemble vote = new(members[from..], votes[from..], data.Classes);
        return new FittedFeatures(new IdentityMap(), new Certificate { Notes = [note] }, vote);
    }

    private string Boost(List<FittedClassifier> members, List<double> votes, Tensor x, int[] y, int ns, int classes, FitContext context)
    {
        int nt = y.Length - ns, present = y.Distinct().Count();
        double[] w = new double[y.Length];
        Array.Fill(w, 1);
        double beta = 1 / (1 + Math.Sqrt(2 * Math.Log(ns) / Rounds));
        string end = $"{Rounds} rounds";
        for (int round = 1; round <= Rounds; round++)
        {
            double mean = w.Average();
            FittedClassifier h = context.Classifier.Fit(x, y, classes, Array.ConvertAll(w, weight => weight / mean));
            bool[] wrong = [.. h.Predict(x).Zip(y, static (found, label) => found != label)];
            double error = 0, all = 0;
            for (int j = ns; j < y.Length; j++)
            {
                error += wrong[j] ? w[j] : 0;
                all += w[j];
            }

            error = Math.Max(error / all, 0.5 / nt);
            bool chance = error >= 1 - (1.0 / Math.Max(2, present));
            if (chance && members.Count > 0)
            {
                h.Dispose();
                end = $"{round - 1} of {Rounds} rounds: the next was no better than chance on the labelled target";
                break;
            }

            // A first round that is no better than chance is all there is.
            double betaT = chance ? 1 / Math.E : error / ((1 - error) * (Math.Max(2, present) - 1));
            members.Add(h);
            votes.Add(-Math.Log(betaT));
            context.Report(round, Rounds);
            if (chance)
            {
                end = $"1 of {Rounds} rounds: it was no better than chance on the labelled target";
                break;
            }

            for (int i = 0; i < w.Length; i++)
                w[i] *= !wrong[i] ? 1 : i < ns ? beta : 1 / betaT;
        }

        double left = w.Take(ns).Sum() / w.Sum();
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{end}; the source ends with {100 * left:0.#} % of the weight");
    }
}
