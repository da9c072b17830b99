namespace Acclimate.Relations.Learning;

/// <summary>
/// Searches clauses: from seeds on, literal by literal, the best of each length go on (a beam). The clause joins the network that brings most log-likelihood above its
/// penalty, all weights are learnt anew, and so on until nothing pays; what pays no longer beside the others then goes. After Kok and Domingos, "Learning the
/// structure of Markov logic networks", ICML 2005, with each clause judged by its own best weight while the others stay.
/// </summary>
/// <param name="data">What is known.</param>
/// <param name="options">How.</param>
/// <param name="progress">Hears of each clause that joins or goes.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class StructureSearch(RelationalData data, SearchOptions options, Action<string>? progress = null, CancellationToken cancellation = default)
{
    /// <summary>Adds clauses to others.</summary>
    /// <param name="start">The clauses that are there.</param>
    /// <param name="seeds">Where the search starts from each time.</param>
    /// <param name="predicates">What further literals can be of.</param>
    /// <param name="longer">By how many literals the seeds may grow.</param>
    /// <param name="most">The most clauses to add.</param>
    public IReadOnlyList<Clause> Add(IReadOnlyList<Clause> start, IReadOnlyList<Clause> seeds, IReadOnlyList<Predicate> predicates, int longer, int most)
    {
        List<Clause> clauses = [.. start];
        double[] weights = new PseudoLikelihood(data, clauses, prior: options.Prior).Maximise(cancellation: cancellation);
        for (int added = 0; added < most; added++)
        {
            double[] margins = new PseudoLikelihood(data, clauses).Margins(weights);
            if (Best(new ClauseGain(data, margins, options.Prior), clauses, seeds, predicates, longer) is not { } best)
                break;
            clauses.Add(best);
            weights = new PseudoLikelihood(data, clauses, prior: options.Prior).Maximise([.. weights, 0], cancellation);
            progress?.Invoke($"+ {best}");
        }

        return clauses;
    }

    /// <summary>Drops clauses of two literals or more, the least useful first, that bring less than their penalty beside the others.</summary>
    /// <param name="start">The clauses.</param>
    /// <param name="kept">Those that stay in any case.</param>
    public IReadOnlyList<Clause> Prune(IReadOnlyList<Clause> start, IReadOnlyCollection<Clause>? kept = null)
    {
        List<Clause> clauses = [.. start];
        while (clauses.Count > 1)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] weights = Weights(clauses, null);
            double all = Value(clauses, weights);
            (Clause? least, double loss) = clauses.Where(clause => clause.Literals.Count > 1 && kept?.Contains(clause) != true)
                .Select(clause => (clause, Loss: all - Without(clause) - (options.Penalty * clause.Literals.Count)))
                .OrderBy(static pair => pair.Loss).FirstOrDefault();
            if (least is null || loss >= 0)
                break;
            clauses.Remove(least);
            progress?.Invoke($"- {least}");

            double Without(Clause dropped)
            {
                Clause[] rest = [.. clauses.Where(clause => clause != dropped)];
                return Value(rest, Weights(rest, [.. weights.Where((_, i) => clauses[i] != dropped)]));
            }
        }

        return clauses;

        double[] Weights(IReadOnlyList<Clause> of, double[]? near) => new PseudoLikelihood(data, of, prior: options.Prior).Maximise(near, cancellation);
        double Value(IReadOnlyList<Clause> of, double[] at) => new PseudoLikelihood(data, of, prior: options.Prior).Value(at);
    }

    private static string Unsigned(Clause clause) => new Clause(clause.Literals.Select(static literal => literal.IsPositive ? literal : literal.Negated())).Canonical;

    private Clause? Best(ClauseGain gain, List<Clause> known, IReadOnlyList<Clause> seeds, IReadOnlyList<Predicate> predicates, int longer)
    {
        HashSet<string> seen = [.. known.Select(static clause => clause.Canonical)];
        (Clause? best, double highest) = (null, 0);
        IEnumerable<Clause> level = seeds;
        for (int length = 0; length <= longer; length++)
        {
            List<(Clause Clause, double Gain)> judged = [];
            foreach (Clause clause in level)
            {
                cancellation.ThrowIfCancellationRequested();

                // A seed that the network has already can still grow.
                bool fresh = seen.Add(clause.Canonical);
                if (!fresh && length > 0)
                    continue;
                double found = fresh ? gain.Of(clause) : 0;
                judged.Add((clause, found));
                if (fresh && found - (options.Penalty * clause.Literals.Count) > highest)
                    (best, highest) = (clause, found - (options.Penalty * clause.Literals.Count));
            }

            // Seeds all go on: which will pay is not seen yet. Clauses that differ in signs alone say nearly the same beside shorter ones, and would fill the beam.
            IEnumerable<Clause> further = length == 0
                ? judged.Select(static pair => pair.Clause)
                : judged.OrderByDescending(static pair => pair.Gain).Select(static pair => pair.Clause).DistinctBy(Unsigned).Take(options.Beam);
            level = [.. further.Where(clause => clause.Literals.Count < options.Literals).SelectMany(clause => Extensions.Longer(clause, predicates, options.Variables))];
        }

        return best;
    }
}
