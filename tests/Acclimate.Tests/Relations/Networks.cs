using Acclimate.Relations;

namespace Acclimate.Tests.Relations;

/// <summary>Small networks that tests share, and plain loops over their worlds: the reference that nothing clever is in.</summary>
internal static class Networks
{
    public static MarkovNetwork Smoking { get; } = MarkovNetwork.Parse(
        """
        // Friends smoke alike.
        person = {Anna, Bob}
        Smokes(person)
        Friends(person, person)

        -0.7  Smokes(x)
        1.1  Friends(x, y) ^ Smokes(x) => Smokes(y)
        0.4  !Friends(x, y) v Friends(y, x)
        -0.3  Friends(x, x)
        """);

    /// <summary>All atoms of a network over the things that it names.</summary>
    public static Fact[] Atoms(MarkovNetwork network) =>
        [.. network.Predicates.SelectMany(predicate => Products([.. predicate.Types.Select(type => network.Constants[type])]).Select(things => new Fact(predicate, things)))];

    /// <summary>How many ground instances of a clause hold, by going through all of them.</summary>
    public static int Holding(Clause clause, MarkovNetwork network, ISet<Fact> holding)
    {
        string[] variables = [.. clause.Variables.Keys];
        return Products([.. variables.Select(variable => network.Constants[clause.Variables[variable]])]).Count(things => clause.Literals.Any(literal =>
            holding.Contains(new Fact(literal.Predicate, [.. literal.Terms.Select(term => term.IsVariable ? things[Array.IndexOf(variables, term.Name)] : term.Name)])) == literal.IsPositive));
    }

    /// <summary>Σ w n(x), or −∞ where a hard clause is broken.</summary>
    public static double LogWeight(MarkovNetwork network, ISet<Fact> holding)
    {
        double sum = 0;
        foreach (WeightedClause clause in network.Clauses)
        {
            int holds = Holding(clause.Clause, network, holding);
            int all = clause.Clause.Variables.Values.Aggregate(1, (product, type) => product * network.Constants[type].Count);
            sum += clause.IsHard ? (holds < all ? double.NegativeInfinity : 0) : clause.Weight * holds;
        }

        return sum;
    }

    /// <summary>Every choice of one item of each list.</summary>
    public static IEnumerable<string[]> Products(IReadOnlyList<IReadOnlyList<string>> lists) => lists.Aggregate(
        (IEnumerable<string[]>)[[]], static (before, list) => before.SelectMany(front => list.Select(item => (string[])[.. front, item])));
}
