using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Inference;

/// <summary>Marginals by all worlds there are, each with its weight: exact, and for few atoms only.</summary>
internal static class Enumeration
{
    private const int MostAtoms = 20;

    /// <exception cref="ArgumentException">There are more than 20 atoms, or no world in which every hard clause holds.</exception>
    public static double[] Marginals(GroundNetwork ground, CancellationToken cancellation = default)
    {
        if (ground.Atoms > MostAtoms)
            throw new ArgumentException($"{ground.Atoms} atoms are asked for; all worlds can be gone through for {MostAtoms} at most. Sample with gibbs or mc-sat");
        int worlds = 1 << ground.Atoms;
        double[] logs = new double[worlds];
        for (int world = 0; world < worlds; world++)
        {
            if ((world & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            foreach (GroundClause clause in ground.Clauses)
            {
                bool holds = Array.Exists(clause.Literals, literal => (world >> (literal / 2) & 1) != (literal & 1));
                logs[world] += (holds ? clause.Weight : 0) + (clause.IsHard && !holds ? double.NegativeInfinity : 0);
            }
        }

        double greatest = logs.Max();
        if (double.IsNegativeInfinity(greatest))
            throw new ArgumentException("there is no world in which every hard clause holds");
        double[] masses = [.. logs.Select(log => Math.Exp(log - greatest))];
        double all = masses.Sum();
        return [.. Enumerable.Range(0, ground.Atoms).Select(atom => masses.Where((_, world) => (world >> atom & 1) == 1).Sum() / all)];
    }
}
