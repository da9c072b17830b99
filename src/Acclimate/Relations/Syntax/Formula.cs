namespace Acclimate.Relations.Syntax;

/// <summary>A formula without quantifiers.</summary>
internal abstract record Formula
{
    /// <summary>One predicate with its terms.</summary>
    public sealed record Atom(Literal Literal) : Formula;

    /// <summary>The opposite of a formula.</summary>
    public sealed record Not(Formula Inner) : Formula;

    /// <summary>Both hold.</summary>
    public sealed record And(Formula Left, Formula Right) : Formula;

    /// <summary>One holds at least.</summary>
    public sealed record Or(Formula Left, Formula Right) : Formula;

    /// <summary>Both hold, or none.</summary>
    public sealed record Same(Formula Left, Formula Right) : Formula;
}

/// <summary>Brings formulas into conjunctive normal form.</summary>
internal sealed class NormalForm
{
    private const int Most = 2000;

    private int work;

    private NormalForm()
    {
    }

    /// <summary>The clauses whose conjunction the formula is, without those that always hold; none where there would be too many.</summary>
    public static IReadOnlyList<IReadOnlyList<Literal>>? Of(Formula formula) => new NormalForm().Clauses(formula, holds: true) is { } found
        ? [.. found.Select(static clause => (IReadOnlyList<Literal>)[.. clause.Distinct()])
            .Where(static clause => !clause.Any(literal => clause.Contains(literal.Negated())))
            .DistinctBy(static clause => string.Join('|', clause.Select(static literal => literal.ToString()).Order(StringComparer.Ordinal)))]
        : null;

    private List<List<Literal>>? Clauses(Formula formula, bool holds)
    {
        if (++work > Most)
            return null;
        return formula switch
        {
            Formula.Atom atom => [[holds ? atom.Literal : atom.Literal.Negated()]],
            Formula.Not not => Clauses(not.Inner, !holds),
            Formula.And and => holds ? Both(Clauses(and.Left, true), Clauses(and.Right, true)) : Either(Clauses(and.Left, false), Clauses(and.Right, false)),
            Formula.Or or => holds ? Either(Clauses(or.Left, true), Clauses(or.Right, true)) : Both(Clauses(or.Left, false), Clauses(or.Right, false)),
            Formula.Same same => Both(
                Either(Clauses(same.Left, false), Clauses(same.Right, holds)),
                Either(Clauses(same.Left, true), Clauses(same.Right, !holds))),
            _ => throw new ArgumentException($"{formula.GetType().Name} is no formula", nameof(formula)),
        };
    }

    private List<List<Literal>>? Both(List<List<Literal>>? left, List<List<Literal>>? right) => Counted(left?.Count + right?.Count) ? [.. left!, .. right!] : null;

    private List<List<Literal>>? Either(List<List<Literal>>? left, List<List<Literal>>? right) =>
        Counted(left?.Count * right?.Count) ? [.. from one in left! from other in right! select (List<Literal>)[.. one, .. other]] : null;

    private bool Counted(int? clauses) => clauses is { } count && (work += count) <= Most;
}
