namespace Acclimate.Relations.Grounding;

/// <summary>
/// Finds every way of giving variables their things under which all of some literals may fail. Negated literals come first, each joined to what
/// holds or may hold and found by a thing that is known already; positive ones are looked up as soon as their variables have things; only variables of
/// no negated literal run through their whole type.
/// </summary>
internal sealed class Join
{
    private readonly List<Step> steps = [];
    private readonly int[] sizes;
    private readonly Action<int[]> visit;
    private readonly CancellationToken cancellation;
    private readonly int[] binding;
    private long visited;

    private Join(IEnumerable<GroundLiteral> failing, int[] sizes, Action<int[]> visit, CancellationToken cancellation)
    {
        (this.sizes, this.visit, this.cancellation) = (sizes, visit, cancellation);
        binding = new int[sizes.Length];
        bool[] bound = new bool[sizes.Length];
        List<GroundLiteral> waiting = [.. failing];
        Check();
        while (waiting.Where(static literal => !literal.IsPositive).MinBy(literal => Cost(literal, bound)) is { } next)
        {
            waiting.Remove(next);
            steps.Add(new Step(next, -1, [.. next.Terms.Select((term, at) => term < 0 || bound[term] || next.Terms.AsSpan(0, at).Contains(term))], [.. next.Terms.Select(term => term < 0 || bound[term])]));
            foreach (int term in next.Terms.Where(static term => term >= 0))
                bound[term] = true;
            Check();
        }

        while (Array.IndexOf(bound, false) >= 0)
        {
            int variable = waiting.Count > 0
                ? waiting.MinBy(literal => literal.Terms.Where(term => term >= 0 && !bound[term]).Distinct().Count())!.Terms.First(term => term >= 0 && !bound[term])
                : Array.IndexOf(bound, false);
            steps.Add(new Step(null, variable, [], []));
            bound[variable] = true;
            Check();
        }

        void Check()
        {
            foreach (GroundLiteral ready in waiting.Where(literal => literal.Terms.All(term => term < 0 || bound[term])).ToArray())
            {
                waiting.Remove(ready);
                steps.Add(new Step(ready, -1, [], []));
            }
        }
    }

    /// <summary>Finds them.</summary>
    /// <param name="failing">The literals that are all to be able to fail.</param>
    /// <param name="sizes">How many things each variable stands for, also variables of none of those literals.</param>
    /// <param name="visit">Is shown each: the place of every variable's thing. The array is used again.</param>
    /// <param name="cancellation">Stops it.</param>
    public static void ForEach(IEnumerable<GroundLiteral> failing, int[] sizes, Action<int[]> visit, CancellationToken cancellation = default)
    {
        if (!sizes.Contains(0))
            new Join(failing, sizes, visit, cancellation).Run(0);
    }

    /// <summary>About how many atoms a negated literal is joined to.</summary>
    private static double Cost(GroundLiteral literal, bool[] bound)
    {
        double cost = literal.Table.Candidates.Count;
        foreach (int term in literal.Terms)
            cost /= term < 0 || bound[term] ? 8 : 1;
        return cost;
    }

    private void Run(int at)
    {
        if (at == steps.Count)
        {
            if ((++visited & 0xFFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            visit(binding);
            return;
        }

        Step step = steps[at];
        if (step.Literal is not { } literal)
        {
            for (int thing = 0; thing < sizes[step.Variable]; thing++)
            {
                binding[step.Variable] = thing;
                Run(at + 1);
            }
        }
        else if (step.IsKnown.Length == 0)
        {
            if (literal.MayFail(binding))
                Run(at + 1);
        }
        else
        {
            foreach (int[] things in Atoms(step, literal))
            {
                if (Binds(step, literal, things))
                    Run(at + 1);
            }
        }
    }

    /// <summary>The shortest list that has all atoms which agree with what is known.</summary>
    private IReadOnlyList<int[]> Atoms(Step step, GroundLiteral literal)
    {
        IReadOnlyList<int[]> shortest = literal.Table.Candidates;
        for (int place = 0; place < literal.Terms.Length; place++)
        {
            if (!step.WasBound[place])
                continue;
            int term = literal.Terms[place];
            IReadOnlyList<int[]> some = literal.Table.With(place, term < 0 ? -1 - term : binding[term]);
            if (some.Count < shortest.Count)
                shortest = some;
        }

        return shortest;
    }

    private bool Binds(Step step, GroundLiteral literal, int[] things)
    {
        for (int place = 0; place < things.Length; place++)
        {
            int term = literal.Terms[place];
            if (!step.IsKnown[place])
                binding[term] = things[place];
            else if (things[place] != (term < 0 ? -1 - term : binding[term]))
                return false;
        }

        return true;
    }

    /// <summary>A literal to join or to look up, or a variable to run through its type.</summary>
    /// <param name="Literal">The literal; none for a variable.</param>
    /// <param name="Variable">The variable.</param>
    /// <param name="IsKnown">For a join, of each place whether its thing is known when it is reached; empty for a look-up.</param>
    /// <param name="WasBound">The same before the literal's first place.</param>
    private sealed record Step(GroundLiteral? Literal, int Variable, bool[] IsKnown, bool[] WasBound);
}
