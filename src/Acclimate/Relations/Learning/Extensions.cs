namespace Acclimate.Relations.Learning;

/// <summary>Clauses that are a literal longer or shorter than others.</summary>
internal static class Extensions
{
    /// <summary>A clause of one literal for each predicate, each of its terms a variable of its own.</summary>
    public static IEnumerable<Clause> Units(IEnumerable<Predicate> predicates) =>
        predicates.Select(static predicate => new Clause(new Literal(predicate, [.. predicate.Types.Select((_, i) => Term.Variable($"x{i}"))])));

    /// <summary>Where a search starts from: those clauses with both signs, and the same with one thing in several places, AdvisedBy(x, x).</summary>
    public static IReadOnlyList<Clause> Seeds(IEnumerable<Predicate> predicates)
    {
        Clause[] units = [.. Units(predicates)];
        IEnumerable<Clause> merged = units.SelectMany(static unit => unit.Variables.SelectMany(first => unit.Variables.Where(second => first.Value == second.Value && string.CompareOrdinal(first.Key, second.Key) < 0)
            .Select(second => new Clause(unit.Literals[0].With(term => term.Name == second.Key ? Term.Variable(first.Key) : term)))));
        return [.. units.Concat(merged).SelectMany(static clause => (Clause[])[clause, new Clause(clause.Literals[0].Negated())])];
    }

    /// <summary>The clause with one literal more, which shares a variable with it; literals of its own variables and of up to one new.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="predicates">What the literal can be of.</param>
    /// <param name="variables">The most variables.</param>
    /// <param name="plain">Whether it has to be no opposite, with a variable in one place only.</param>
    public static IEnumerable<Clause> Longer(Clause clause, IEnumerable<Predicate> predicates, int variables, bool plain = false)
    {
        string fresh = Enumerable.Range(0, int.MaxValue).Select(static n => $"x{n}").First(name => !clause.Variables.ContainsKey(name));
        bool room = clause.Variables.Count < variables;
        foreach (Predicate predicate in predicates)
        {
            IEnumerable<Term[]> all = [[]];
            foreach (string type in predicate.Types)
            {
                Term[] choices = [.. clause.Variables.Where(pair => pair.Value == type).Select(static pair => Term.Variable(pair.Key)), .. room ? (Term[])[Term.Variable(fresh)] : []];
                all = all.SelectMany(front => choices.Select(choice => (Term[])[.. front, choice]));
            }

            foreach (Term[] terms in all)
            {
                bool connected = terms.Any(term => term.Name != fresh), oneType = terms.Zip(predicate.Types).Where(pair => pair.First.Name == fresh).Select(static pair => pair.Second).Distinct().Count() <= 1;
                if (!connected || !oneType || (plain && terms.Distinct().Count() < terms.Length))
                    continue;
                foreach (bool positive in (bool[])[true, .. plain ? (bool[])[] : [false]])
                {
                    Literal literal = new(predicate, terms, positive);
                    if (!clause.Literals.Contains(literal) && !clause.Literals.Contains(literal.Negated()))
                        yield return new Clause(clause.Literals.Append(literal));
                }
            }
        }
    }

    /// <summary>The clause with each of its literals left out.</summary>
    public static IEnumerable<Clause> Shorter(Clause clause) => clause.Literals.Count < 2
        ? []
        : clause.Literals.Select(dropped => new Clause(clause.Literals.Where(literal => !ReferenceEquals(literal, dropped))));
}
