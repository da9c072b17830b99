using Acclimate.Data;
using Acclimate.Generated;
using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Inference;

/// <summary>
/// MC-SAT, a slice sampler: of the clauses that hold in the present world each stays demanded with probability 1 − e^−w, hard ones always, and the next world is drawn
/// alike from all that meet the demands. A negative weight demands the clause's opposite. Poon and Domingos, "Sound and efficient inference with
/// probabilistic and deterministic dependencies", AAAI 2006.
/// </summary>
/// <remarks>
/// Such a world is found by SampleSAT (Wei, Erenrich and Selman, AAAI 2004), which draws only about alike; sweeps that change single atoms as the demands allow, and
/// leave the even distribution as it is, then take away most of what it prefers. Where SampleSAT finds none in its steps, they start from the present world.
/// </remarks>
internal sealed class McSat(GroundNetwork ground, InferenceOptions options)
{
    private const int Sweeps = 3;

    /// <exception cref="DataException">No world was found in which every hard clause holds.</exception>
    public double[] Marginals(CancellationToken cancellation)
    {
        RandomStream first = new(options.Seed, 0);
        bool[] state = SampleSat.Find(ground.Atoms, [.. ground.Clauses.Where(static clause => clause.IsHard).Select(static clause => clause.Literals)], ref first, 20 * SampleSat.Steps(ground.Atoms), cancellation)
            ?? throw new DataException("no world was found in which every hard clause holds; expected hard clauses that can hold together, or weights instead");
        double[] sums = new double[ground.Atoms];
        for (int sample = 0; sample < options.BurnIn + options.Samples; sample++)
        {
            cancellation.ThrowIfCancellationRequested();
            RandomStream random = new(options.Seed, 1 + sample);
            state = Next(state, ref random, cancellation);
            for (int atom = 0; sample >= options.BurnIn && atom < sums.Length; atom++)
                sums[atom] += state[atom] ? 1 : 0;
        }

        return [.. sums.Select(sum => sum / options.Samples)];
    }

    private bool[] Next(bool[] state, ref RandomStream random, CancellationToken cancellation)
    {
        List<int[]> demands = [];
        foreach (GroundClause clause in ground.Clauses)
        {
            bool holds = Array.Exists(clause.Literals, literal => state[literal / 2] == ((literal & 1) == 0));
            bool stays = random.Uniform() < 1 - Math.Exp(-Math.Abs(clause.Weight));
            if (clause.IsHard || (clause.Weight > 0 && holds && stays))
                demands.Add(clause.Literals);
            if (clause.Weight < 0 && !holds && stays)
                demands.AddRange(clause.Literals.Select(static literal => (int[])[literal ^ 1]));
        }

        bool[] next = SampleSat.Find(ground.Atoms, demands, ref random, SampleSat.Steps(ground.Atoms), cancellation) ?? [.. state];
        Demands met = new(demands, next);
        for (int step = 0; step < Sweeps * next.Length; step++)
        {
            int atom = random.Index(next.Length);
            if (random.Chance(0.5f) && met.Breaks(atom) == 0)
                met.Flip(atom);
        }

        return next;
    }
}
