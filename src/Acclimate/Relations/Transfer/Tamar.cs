using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Transfer;

/// <summary>
/// Clause by clause, the source's network is put into the target's predicates: of all legal mappings of a clause that one which brings the target's facts most weighted
/// pseudo-log-likelihood with a weight of the sign that it has in the source. Weights are learnt anew. Clauses are then diagnosed as rules, and those that say too much or too little are made longer or shorter where that pays.
/// </summary>
/// <remarks>The paper finds further clauses by relational pathfinding; here a beam search finds them, up to <see cref="Discover"/>.</remarks>
[Method(
    "tamar",
    Family.Relations,
    LabelSetting.FewTargetLabels,
    Command = "relations transfer",
    Title = "Transfer via automatic mapping and revision",
    Summary = "Maps each clause of a source's Markov logic network to the target's predicates, learns the weights anew, and revises clauses that fare badly.",
    Formula = "for each clause the legal mapping of highest WPLL = Σ_r 1/|r| Σ_{a ∈ r} log P(x_a | x_−a); weights by max PLL − ‖w‖²/2σ²; clauses with many wrong or missing conclusions are revised",
    Paper = "Mihalkova, Huynh & Mooney, Mapping and revising Markov logic networks for transfer learning, AAAI 2007")]
public sealed class Tamar : RelationalTransfer
{
    /// <summary>Whether mapped clauses are revised; default true.</summary>
    [Option("revise", "Whether clauses that fare badly in the target are made longer or shorter", Source = "the paper revises")]
    public bool Revise { get; init; } = true;

    /// <summary>Whether weights are drawn towards those of the source's clauses; default true.</summary>
    [Option("keep-weights", "Whether the prior of a mapped clause's weight is around the source's, and not around 0", Source = "ours: few facts of the target say less than they and the source's weights together")]
    public bool KeepWeights { get; init; } = true;

    /// <summary>From which share of wrong (or missing) conclusions on a clause is revised, from 0 to 1; default 0.1.</summary>
    [Option("threshold", "From which share of wrong, or missing, conclusions on a clause is revised, 0 to 1", Search = "0.05..0.5", When = "revise=true", Source = "ours: one wrong, or missing, conclusion in ten")]
    public double Threshold { get; init; } = 0.1;

    /// <summary>The most clauses that the source has no counterpart of; default 6.</summary>
    [Option("discover", "The most clauses to find that the source has no counterpart of, 0 or more", Search = OptionAttribute.Fixed, Source = "ours: looked at on seeds 0 to 4 of the generated worlds (docs/relations.md)")]
    public int Discover { get; init; } = 6;

    /// <summary>How many clauses of each length are extended further; default 5.</summary>
    [Option("beam", "How many clauses of each length are extended further, 1 or more", Search = OptionAttribute.Fixed, Source = "ours: as relations learn --structure has it")]
    public int Beam { get; init; } = 5;

    /// <summary>How much log-likelihood each literal of a clause must bring; default 1.</summary>
    [Option("penalty", "How much log-likelihood each literal of a clause must bring, 0 or more", Search = "0.25..4 log", Source = "ours: as relations learn --structure has it, looked at on seeds 0 to 4 of the generated worlds (docs/relations.md)")]
    public double Penalty { get; init; } = 1;

    /// <summary>σ of the weights' prior; default 2.</summary>
    [Option("prior", "The deviation of the weights' prior, above 0", Search = "0.5..8 log", Source = "ours: as relations learn has it")]
    public double Prior { get; init; } = WeightLearning.DefaultPrior;

    /// <inheritdoc/>
    private protected override SearchOptions Search => new() { Beam = Beam, Penalty = Penalty, Prior = Prior };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Threshold is not (>= 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"threshold is {Threshold}; expected 0 to 1"));
        if (Discover < 0)
            throw new ArgumentException($"discover is {Discover}; expected 0 or more");
    }

    /// <inheritdoc/>
    private protected override (IReadOnlyList<WeightedClause> Clauses, IReadOnlyList<TransferNote> Notes) Clauses(
        RelationalDomain source, RelationalData target, Action<string>? progress, CancellationToken cancellation)
    {
        WeightedClause[] given = [.. source.Network.Clauses.Where(static clause => !IsPlain(clause.Clause)).DistinctBy(static clause => clause.Clause.Canonical)];
        if (given.Length == 0)
            throw new DataException("the source's network has no clause but how often each predicate holds: there is nothing to map. Learn one first: acclimate relations learn --structure");
        Clause[] units = [.. Extensions.Units(target.Modelled)];
        (List<WeightedClause> mapped, List<TransferNote> notes) = Map(given, units, target, progress, cancellation);
        Dictionary<string, double> weights = mapped.GroupBy(static clause => clause.Clause.Canonical).ToDictionary(static group => group.Key, static group => group.Average(static clause => clause.Weight));
        Clause[] kept = [.. mapped.Select(static clause => clause.Clause).DistinctBy(static clause => clause.Canonical)];
        SearchOptions options = Search with { Literals = Math.Max(Search.Literals, given.Max(static clause => clause.Clause.Literals.Count)), Variables = Math.Max(Search.Variables, given.Max(static clause => clause.Clause.Variables.Count)) };
        StructureSearch search = new(target, options, progress, cancellation);
        IReadOnlyList<Clause> clauses = [.. units, .. kept];
        if (Revise)
        {
            Clause[] seeds = [.. kept.SelectMany(clause => Revisions(clause, target))];
            clauses = search.Add(clauses, seeds, target.Predicates, 1, options.Clauses);
        }

        if (Discover > 0)
            clauses = search.Add(clauses, Extensions.Seeds(target.Modelled), target.Predicates, options.Literals - 1, Discover);
        return ([.. search.Prune(clauses, kept).Select(clause => new WeightedClause(clause, KeepWeights ? weights.GetValueOrDefault(clause.Canonical) : 0))], notes);
    }

    /// <summary>Whether a clause is about how often a predicate holds and nothing else; the target's facts say that by themselves.</summary>
    private static bool IsPlain(Clause clause) => clause.Literals is [var only] && only.Terms.Distinct().Count() == only.Terms.Count && only.Terms.All(static term => term.IsVariable);

    private (List<WeightedClause> Mapped, List<TransferNote> Notes) Map(WeightedClause[] given, Clause[] units, RelationalData target, Action<string>? progress, CancellationToken cancellation)
    {
        PseudoLikelihood often = new(target, units, prior: Prior);

        // The prior is on the scale of the log-likelihood; WPLL is too once each atom counts one over its predicate's share of all.
        double[] counted = [.. target.ByPredicate().Select(weight => weight * target.Of.Length / target.Modelled.Count)];
        ClauseGain gain = new(target, often.Margins(often.Maximise(cancellation: cancellation)), Prior, counted);
        List<WeightedClause> mapped = [];
        List<TransferNote> notes = [];
        foreach ((Clause clause, double weight, bool hard) in given)
        {
            cancellation.ThrowIfCancellationRequested();
            (Clause? best, double score) = PredicateMapping.All([.. clause.Literals.Select(static literal => literal.Predicate).Distinct()], target.Predicates)
                .Select(mapping => mapping.Map(clause)).OfType<Clause>().Where(static found => !found.IsTautology)
                .Select(found => (found, Score: gain.Of(found, hard ? 1 : Math.Sign(weight)))).OrderByDescending(static pair => pair.Score).FirstOrDefault();
            notes.Add(new TransferNote(clause.ToString(), best?.ToString(), score));
            progress?.Invoke(best is null ? $"{clause}: nothing in the target fits" : $"{clause} → {best}");
            if (best is not null)
                mapped.Add(new WeightedClause(best, hard ? PseudoLikelihood.HardWeight : weight));
        }

        return (mapped, notes);
    }

    /// <summary>A clause as a seed where it says too much, for the search to lengthen; what it is without a literal where it says too little.</summary>
    private IEnumerable<Clause> Revisions(Clause clause, RelationalData target)
    {
        SelfDiagnosis found = SelfDiagnosis.Of(clause, target);
        return [.. found.TooShort > Threshold ? (Clause[])[clause] : [], .. found.TooLong > Threshold ? Extensions.Shorter(clause) : []];
    }
}
