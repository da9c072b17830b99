using Acclimate.Generated;

namespace Acclimate.Relations.Inference;

/// <summary>
/// Finds a world that meets demands, by chance and about alike among all: from a random world on, half of the steps are WalkSAT's (an atom of a broken clause, mostly
/// the one that breaks fewest others), half simulated annealing's (any atom, by chance e^(−worse / T)). Wei, Erenrich and Selman, AAAI 2004.
/// </summary>
internal static class SampleSat
{
    private const float Noise = 0.5f;
    private const double Temperature = 0.5;

    /// <summary>How many steps a search of so many atoms may take.</summary>
    public static int Steps(int atoms) => 200 + (20 * atoms);

    /// <summary>A world that meets the demands; none where the steps did not suffice.</summary>
    public static bool[]? Find(int atoms, IReadOnlyList<int[]> clauses, ref RandomStream random, int steps, CancellationToken cancellation)
    {
        bool[] state = new bool[atoms];
        for (int atom = 0; atom < atoms; atom++)
            state[atom] = random.Chance(0.5f);
        Demands demands = new(clauses, state);
        for (int step = 0; demands.Broken.Count > 0; step++)
        {
            if (step == steps)
                return null;
            if ((step & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (random.Chance(0.5f))
                Walk(demands, ref random);
            else
                Anneal(demands, random.Index(atoms), ref random);
        }

        return state;
    }

    private static void Walk(Demands demands, ref RandomStream random)
    {
        int[] clause = demands[demands.Broken[random.Index(demands.Broken.Count)]];
        demands.Flip((random.Chance(Noise) ? clause[random.Index(clause.Length)] : clause.MinBy(literal => demands.Breaks(literal / 2))) / 2);
    }

    private static void Anneal(Demands demands, int atom, ref RandomStream random)
    {
        int worse = demands.Breaks(atom) - demands.Mends(atom);
        if (worse <= 0 || random.Uniform() < Math.Exp(-worse / Temperature))
            demands.Flip(atom);
    }
}
