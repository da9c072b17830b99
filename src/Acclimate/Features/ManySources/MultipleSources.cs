using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.ManySources;

/// <summary>How much each source's classifier is heard.</summary>
public enum SourceWeighting
{
    /// <summary>By how likely the sample is in the source, times the source's share of the target.</summary>
    Density,

    /// <summary>By the source's share of the target, whatever the sample.</summary>
    Shares,

    /// <summary>All the same.</summary>
    Even,
}

/// <summary>
/// Several sources kept apart: each has a classifier of its own, and what they say of a sample is weighed by how near the sample is to each source:
/// the distribution weighted combining rule of Mansour, Mohri, Rostamizadeh, "Domain Adaptation with Multiple Sources", NIPS 2008 (printed 2009), equation 1.
/// </summary>
/// <remarks>
/// The rule's densities D_k are known up to a common factor from a logistic classifier that tells the sources apart, each counting as much as another.
/// Its λ, which the paper takes as given, are the shares of the sources in the target that make the target most likely: expectation maximisation on the target's samples,
/// without labels (Saerens, Latinne, Decaestecker, Neural Computation 2002). Labelled target samples join each source. With one source it is its classifier.
/// </remarks>
[Method("multi-source", Family.Features, LabelSetting.UnsupervisedTarget, SeveralSources = true,
    Title = "Weighted sources",
    Summary = "A classifier for each source; what they say of a sample is weighed by how likely it is in each source and how much of the target looks like that source.",
    Formula = "h(x) = Σ_k w_k(x) h_k(x),  w_k(x) = λ_k D_k(x)/Σ_j λ_j D_j(x),  λ = argmax Σ_t log Σ_k λ_k D_k(x_t)",
    Paper = "Mansour, Mohri, Rostamizadeh: Domain Adaptation with Multiple Sources, NIPS 2008")]
public sealed class MultipleSources : FeatureMethod
{
    private const int MostRounds = 1000;
    private const double Settled = 1e-9;

    /// <summary>How much each source's classifier is heard.</summary>
    [Option("weights", "how much each source's classifier is heard: by the sample's density and the source's share of the target, by that share alone, or all the same", Source = "density in the paper")]
    public SourceWeighting Weights { get; init; } = SourceWeighting.Density;

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] from = data.SourceDomains ?? new int[data.SourceCount];
        int[] sources = [.. from.Distinct().Order()];
        int[] place = Array.ConvertAll(from, source => Array.IndexOf(sources, source));
        int[] counts = [.. sources.Select(source => from.Count(other => other == source))];
        FittedClassifier[] members = Members(data, place, sources.Length, context);
        if (sources.Length == 1)
            return new FittedFeatures(new IdentityMap(), new Certificate(), members[0]);

        double[] balanced = Array.ConvertAll(place, k => (double)from.Length / (sources.Length * counts[k]));
        FittedClassifier apart = new LogisticRegression().Fit(data.Source, place, sources.Length, balanced);
        double[] shares = Shares(apart.Probabilities(data.Target));
        string told = string.Join(", ", shares.Select(static share => Invariant($"{share:0.000}")));
        Certificate certificate = new() { Notes = [$"the sources' shares of the target, in their order: {told}"] };
        double[] weights = Weights == SourceWeighting.Even ? [.. shares.Select(_ => 1.0 / shares.Length)] : shares;
        FittedClassifier? gate = Weights == SourceWeighting.Density ? apart : null;
        if (gate is null)
            apart.Dispose();
        return new FittedFeatures(new IdentityMap(), certificate, new FittedMixture(members, weights, gate));
    }

    /// <summary>λ ≥ 0 of sum 1 that makes Σ_t log Σ_k λ_k D_k(x_t) largest.</summary>
    /// <param name="likely">D_k(x_t) up to a factor of each sample: [n_t, K].</param>
    internal static double[] Shares(Tensor likely)
    {
        int sources = (int)likely.Size(1), samples = (int)likely.Size(0);
        double[] d = likely.ToArray<double>(), shares = [.. Enumerable.Repeat(1.0 / sources, sources)];
        for (int round = 0; round < MostRounds; round++)
        {
            double[] next = new double[sources];
            for (int t = 0; t < samples; t++)
            {
                double all = 0;
                for (int k = 0; k < sources; k++)
                    all += shares[k] * d[(t * sources) + k];
                for (int k = 0; k < sources; k++)
                    next[k] += shares[k] * d[(t * sources) + k] / (all * samples);
            }

            double moved = next.Zip(shares, static (a, b) => Math.Abs(a - b)).Max();
            shares = next;
            if (moved < Settled)
                break;
        }

        return shares;
    }

    /// <summary>A classifier for each source.</summary>
    private static FittedClassifier[] Members(FeatureData data, int[] place, int sources, FitContext context)
    {
        Classifier classifier = context.Classifier.Graded;
        List<FittedClassifier> members = [];
        try
        {
            for (int k = 0; k < sources; k++)
            {
                using TensorScope scope = TensorScope.Begin();
                long[] rows = [.. Enumerable.Range(0, place.Length).Where(i => place[i] == k).Select(static i => (long)i)];
                FeatureData own = new(data.Source.IndexSelect(0, Tensor.From(rows)), [.. rows.Select(i => data.SourceLabels[i])], data.Classes, data.Target, data.TargetLabels);
                members.Add(own.Train(classifier, own.Source, own.Target));
                context.Report(k + 1, sources);
            }

            return [.. members];
        }
        catch
        {
            members.ForEach(static member => member.Dispose());
            throw;
        }
    }
}
