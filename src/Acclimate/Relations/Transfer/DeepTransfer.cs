using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Relations.Grounding;
using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Transfer;

/// <summary>
/// What the source teaches is which shapes of dependence matter, whatever the predicates: second-order cliques, each as good as its best first-order cliques' divergence
/// from all ways of parting them. The best are put into the target's predicates, and clauses of these, with any signs, join the network one by one where they pay.
/// </summary>
[Method(
    "dtm",
    Family.Relations,
    LabelSetting.FewTargetLabels,
    Command = "relations transfer",
    Title = "Deep transfer via second-order Markov logic",
    Summary = "Finds in a source's facts which second-order cliques, literals with predicates left open, say more than their parts, and builds the target's network of those.",
    Formula = "score of a clique C of N ground instances = N · min over partings (A, B) of Σ_x P_C(x) log P_C(x) / (P_A(x_A) P_B(x_B)); of a second-order clique, the mean of its best first-order ones",
    Paper = "Davis & Domingos, Deep transfer via second-order Markov logic, ICML 2009")]
public sealed class DeepTransfer : RelationalTransfer
{
    /// <summary>How many second-order cliques are transferred; default 10.</summary>
    [Option("cliques", "How many second-order cliques are transferred, 1 or more", Source = "the paper: 10", Search = "5..20")]
    public int Cliques { get; init; } = 10;

    /// <summary>The most literals of a clique; default 3.</summary>
    [Option("literals", "The most literals of a clique, 2 to 4", Source = "the paper: 3", Search = OptionAttribute.Fixed)]
    public int Literals { get; init; } = 3;

    /// <summary>Over how many first-order cliques a second-order one's score is the mean; default 10.</summary>
    [Option("best", "Over how many of its best first-order cliques a second-order one's score is the mean, 1 or more", Source = "the paper: 10", Search = OptionAttribute.Fixed)]
    public int Best { get; init; } = 10;

    /// <summary>By how many literals a clause may outgrow its clique; default 1.</summary>
    [Option("longer", "By how many literals a clause may outgrow its clique in the target, 0 or more", Search = OptionAttribute.Fixed, Source = "ours: one literal more than the clique has")]
    public int Longer { get; init; } = 1;

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
    private protected override SearchOptions Search => new() { Beam = Beam, Penalty = Penalty, Prior = Prior, Literals = Literals + Longer };

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Literals is < 2 or > 4)
            throw new ArgumentException($"literals is {Literals}; expected 2 to 4");
        if (Longer is < 0 or > 4)
            throw new ArgumentException($"longer is {Longer}; expected 0 to 4");
        if (Cliques < 1 || Best < 1)
            throw new ArgumentException($"cliques is {Cliques} and best is {Best}; expected 1 or more of each");
        base.Validate();
    }

    /// <inheritdoc/>
    private protected override (IReadOnlyList<WeightedClause> Clauses, IReadOnlyList<TransferNote> Notes) Clauses(
        RelationalDomain source, RelationalData target, Action<string>? progress, CancellationToken cancellation)
    {
        if (source.Facts.Count == 0)
            throw new DataException("second-order cliques are judged by the source's facts, and there are none; expected one fact base or more of the source");
        (CliqueTemplate Template, double Score, Clause[] Found)[] ranked = [.. Ranked(source, cancellation).Select(pair => (pair.Template, pair.Score, pair.Template.In(target.Predicates).ToArray()))];
        foreach ((CliqueTemplate template, double score, Clause[] found) in ranked)
            progress?.Invoke(FormattableString.Invariant($"{template.Text}: {score:0.0000}, {found.Length} in the target"));
        TransferNote[] notes = [.. ranked.Select(static pair => new TransferNote(pair.Template.Text, pair.Found.Length == 0 ? null : string.Join("; ", pair.Found.Select(Shown)), pair.Score))];
        Clause[] seeds = [.. ranked.SelectMany(static pair => pair.Found).SelectMany(Signed).DistinctBy(static clause => clause.Canonical)];
        if (seeds.Length == 0)
            throw new DataException("none of the source's cliques fits the target's predicates: transfer needs predicates with as many arguments, of types that agree");
        StructureSearch search = new(target, Search, progress, cancellation);
        IReadOnlyList<Clause> clauses = search.Prune(search.Add([.. Extensions.Units(target.Modelled)], seeds, target.Predicates, Longer, Search.Clauses));
        return ([.. clauses.Select(static clause => new WeightedClause(clause, 0))], notes);
    }

    /// <summary>The source's best second-order cliques.</summary>
    private (CliqueTemplate Template, double Score)[] Ranked(RelationalDomain source, CancellationToken cancellation)
    {
        World[] worlds = [.. source.Facts.Select(facts => new World(source.Network, facts, []))];
        return [.. CliqueTemplate.Cliques(source.Network.Predicates, Literals, Search.Variables)
            .Select(clique => (Template: CliqueTemplate.Of(clique), Score: CliqueStates.Divergence(CliqueStates.Of(clique.Literals, worlds, cancellation))))
            .GroupBy(static pair => pair.Template.Text)
            .Select(group => (group.First().Template, Score: group.Select(static pair => pair.Score).OrderDescending().Take(Best).Average()))
            .OrderByDescending(static pair => pair.Score).ThenBy(static pair => pair.Template.Text, StringComparer.Ordinal).Take(Cliques)];
    }

    private static string Shown(Clause clique) => string.Join(", ", clique.Literals);

    /// <summary>The clauses of a clique: its literals with all signs.</summary>
    private static IEnumerable<Clause> Signed(Clause clique) =>
        Enumerable.Range(0, 1 << clique.Literals.Count).Select(signs => new Clause(clique.Literals.Select((literal, i) => (signs >> i & 1) == 1 ? literal.Negated() : literal)));
}
