using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Transfer;

/// <summary>How often the literals of a clique hold together: in how many ground instances it is in each of its 2^m states, bit i telling whether literal i holds.</summary>
internal static class CliqueStates
{
    /// <summary>
    /// The counts over all worlds. How often a subset of the literals holds, whatever the others do, is counted by joins; the states follow by inclusion and exclusion.
    /// </summary>
    /// <param name="clique">The positive literals.</param>
    /// <param name="worlds">The worlds, of which everything is known.</param>
    /// <param name="cancellation">Stops it.</param>
    public static double[] Of(IReadOnlyList<Literal> clique, IEnumerable<World> worlds, CancellationToken cancellation = default)
    {
        double[] counts = new double[1 << clique.Count];
        foreach (World world in worlds)
        {
            if (GroundLiteral.All(clique, world, out int[] sizes) is not { } literals)
                continue;
            for (int subset = 0; subset < counts.Length; subset++)
            {
                GroundLiteral[] some = [.. literals.Where((_, i) => (subset >> i & 1) == 1).Select(static literal => literal with { IsPositive = false })];
                bool[] used = [.. sizes.Select((_, variable) => some.Any(literal => literal.Terms.Contains(variable)))];
                long found = 0;
                Join.ForEach(some, [.. sizes.Select((size, variable) => used[variable] ? size : Math.Min(size, 1))], _ => found++, cancellation);
                counts[subset] += sizes.Where((_, variable) => !used[variable]).Aggregate((double)found, static (product, size) => product * size);
            }
        }

        for (int bit = 1; bit < counts.Length; bit <<= 1)
        {
            for (int subset = 0; subset < counts.Length; subset++)
            {
                if ((subset & bit) == 0)
                    counts[subset] -= counts[subset | bit];
            }
        }

        return counts;
    }

    /// <summary>
    /// How much the clique says beyond its parts: the least Kullback–Leibler divergence of its states from the product of two parts' states, over all ways of parting
    /// it, times the number of its instances: the log-likelihood that any parting loses. 0 where some part is independent of the rest.
    /// </summary>
    /// <param name="counts">How often each of the 2^m states is there, m 2 or more.</param>
    public static double Divergence(double[] counts)
    {
        int whole = counts.Length - 1;
        double all = counts.Sum();
        if (all == 0)
            return 0;
        double[] states = [.. counts.Select(count => count / all)];
        double least = double.PositiveInfinity;

        // A part and its rest are the same parting: the last literal is always in the rest.
        for (int part = 1; part <= whole / 2; part++)
        {
            double[] one = Part(states, part), rest = Part(states, whole & ~part);
            double divergence = 0;
            for (int state = 0; state < states.Length; state++)
                divergence += states[state] == 0 ? 0 : states[state] * Math.Log(states[state] / (one[state & part] * rest[state & whole & ~part]));
            least = Math.Min(least, divergence);
        }

        return all * Math.Max(least, 0);
    }

    private static double[] Part(double[] states, int part)
    {
        double[] sums = new double[states.Length];
        for (int state = 0; state < states.Length; state++)
            sums[state & part] += states[state];
        return sums;
    }
}
