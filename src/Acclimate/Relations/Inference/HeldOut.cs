using Acclimate.Metrics;

namespace Acclimate.Relations.Inference;

/// <summary>How well a network predicts one predicate of worlds of which everything is known, given all the others.</summary>
internal static class HeldOut
{
    /// <summary>The area under the precision–recall curve over the atoms of all worlds; NaN where none of them holds.</summary>
    public static double Area(MarkovNetwork network, IEnumerable<FactBase> worlds, Predicate asked, InferenceOptions options, CancellationToken cancellation = default)
    {
        List<double> scores = [];
        List<bool> truths = [];
        foreach (FactBase world in worlds)
        {
            HashSet<Fact> holding = [.. world.Facts.Where(fact => fact.Holds && fact.Predicate.Equals(asked))];

            // Things that only hidden facts name are there all the same.
            Dictionary<string, IReadOnlyList<string>> things = world.Facts.SelectMany(static fact => fact.Predicate.Types.Zip(fact.Things))
                .GroupBy(static pair => pair.First).ToDictionary(static group => group.Key, static group => (IReadOnlyList<string>)[.. group.Select(static pair => pair.Second).Distinct()]);
            FactBase evidence = world with { Facts = [.. world.Facts.Where(fact => !fact.Predicate.Equals(asked))] };
            foreach (Marginal marginal in Marginals.Infer(network with { Constants = things }, evidence, [asked], options, cancellation))
            {
                scores.Add(marginal.Probability);
                truths.Add(holding.Contains(marginal.Fact));
            }
        }

        return PrecisionRecall.Area(scores, truths);
    }
}
