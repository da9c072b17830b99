using Acclimate.Generated;
using Acclimate.Relations.Grounding;
using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Inference;

/// <summary>
/// Gibbs sampling: atom by atom, each is drawn given all others, P(x_a = 1 | …) = 1 / (1 + exp(−Σ w_c over clauses that hang on a)). A marginal is the
/// mean of these probabilities, which varies less than the mean of what was drawn. A hard clause weighs a million, so that no others outvote it.
/// </summary>
internal sealed class GibbsSampler
{
    private const double HardWeight = 1e6;

    private readonly GroundNetwork ground;
    private readonly InferenceOptions options;
    private readonly int[][] occurrences;
    private readonly double[] weights;
    private readonly int[] held;
    private readonly bool[] state;

    public GibbsSampler(GroundNetwork ground, InferenceOptions options)
    {
        (this.ground, this.options, occurrences) = (ground, options, ground.Occurrences());
        weights = [.. ground.Clauses.Select(static clause => clause.Weight + (clause.IsHard ? HardWeight : 0))];
        held = [.. ground.Clauses.Select(static clause => clause.Literals.Count(static literal => (literal & 1) == 1))];
        state = new bool[ground.Atoms];
    }

    /// <summary>The world where the chain stands.</summary>
    public IReadOnlyList<bool> State => state;

    public double[] Marginals(CancellationToken cancellation)
    {
        double[] sums = new double[ground.Atoms];
        for (int sweep = -options.BurnIn; sweep < options.Samples; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            Sweep(sweep, sweep < 0 ? null : sums);
        }

        return [.. sums.Select(sum => sum / options.Samples)];
    }

    /// <summary>Draws every atom once; which draw it is settles its random numbers.</summary>
    public void Sweep(long number, double[]? sums = null)
    {
        RandomStream random = new(options.Seed, number);
        for (int atom = 0; atom < state.Length; atom++)
        {
            double probability = Math.Exp(PseudoLikelihood.LogSigmoid(Margin(2 * atom) - Margin((2 * atom) + 1)));
            if (sums is not null)
                sums[atom] += probability;
            bool next = random.Uniform() < probability;
            if (next != state[atom])
                Flip(atom);
        }
    }

    /// <summary>What the clauses of a literal weigh that nothing else makes hold.</summary>
    private double Margin(int literal)
    {
        bool own = state[literal / 2] == ((literal & 1) == 0);
        double sum = 0;
        foreach (int clause in occurrences[literal])
        {
            if (held[clause] == (own ? 1 : 0))
                sum += weights[clause];
        }

        return sum;
    }

    private void Flip(int atom)
    {
        state[atom] = !state[atom];
        int now = (2 * atom) + (state[atom] ? 0 : 1);
        foreach (int clause in occurrences[now])
            held[clause]++;
        foreach (int clause in occurrences[now ^ 1])
            held[clause]--;
    }
}
