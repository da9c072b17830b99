namespace Acclimate.Features.Selection;

/// <summary>
/// A linear-chain conditional random field (Lafferty, McCallum, Pereira, ICML 2001): Pr(y | x) ∝ exp of the sum over tokens of
/// the weights of (feature, label) pairs and of (label before, label) pairs.
/// </summary>
/// <param name="Features">How many features a token can have; one that has a higher number is not known, and counts for nothing.</param>
/// <param name="Labels">How many labels there are.</param>
/// <param name="Weights">Features × Labels weights of a feature with a label, then Labels × Labels of a label (row) before another (column).</param>
public sealed record LinearChain(int Features, int Labels, double[] Weights)
{
    private int Transitions => Features * Labels;

    /// <summary>How many weights a chain of this size has.</summary>
    /// <param name="features">How many features a token can have.</param>
    /// <param name="labels">How many labels there are.</param>
    public static int WeightCount(int features, int labels) => (features + labels) * labels;

    /// <summary>The likeliest labels, by Viterbi's recursion.</summary>
    /// <param name="sequence">The sequence; labels that it may have are not looked at.</param>
    public int[] Predict(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        int n = sequence.Count;
        double[] best = Emissions(sequence);
        int[] from = new int[n * Labels];
        for (int i = 1; i < n; i++)
        {
            for (int b = 0; b < Labels; b++)
            {
                int before = Enumerable.Range(0, Labels).MaxBy(a => best[((i - 1) * Labels) + a] + Transition(a, b));
                from[(i * Labels) + b] = before;
                best[(i * Labels) + b] += best[((i - 1) * Labels) + before] + Transition(before, b);
            }
        }

        int[] path = new int[n];
        path[^1] = Enumerable.Range(0, Labels).MaxBy(a => best[((n - 1) * Labels) + a]);
        for (int i = n - 1; i > 0; i--)
            path[i - 1] = from[(i * Labels) + path[i]];
        return path;
    }

    /// <summary>log Pr(y | x) of the sequence's own labels.</summary>
    /// <param name="sequence">A labelled sequence.</param>
    /// <exception cref="ArgumentException">It has no labels.</exception>
    public double LogLikelihood(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        IReadOnlyList<int> y = sequence.Labels ?? throw new ArgumentException("the sequence has no labels", nameof(sequence));
        double[] emissions = Emissions(sequence);
        double score = 0;
        for (int i = 0; i < sequence.Count; i++)
            score += emissions[(i * Labels) + y[i]] + (i > 0 ? Transition(y[i - 1], y[i]) : 0);
        return score - LogSum(Forward(emissions, sequence.Count).AsSpan((sequence.Count - 1) * Labels, Labels));
    }

    /// <summary>Pr(y_i = a | x) for each token and label.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>tokens × labels, row by row.</returns>
    public double[] Marginals(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        double[] emissions = Emissions(sequence), forward = Forward(emissions, sequence.Count), backward = Backward(emissions, sequence.Count);
        double all = LogSum(forward.AsSpan((sequence.Count - 1) * Labels, Labels));
        return [.. forward.Zip(backward, (f, b) => Math.Exp(f + b - all))];
    }

    /// <summary>Adds how often each weight's features are expected under the model.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="into">As many as there are weights.</param>
    /// <returns>log Σ over all labellings of exp(score).</returns>
    internal double AddExpectations(TokenSequence sequence, double[] into)
    {
        int n = sequence.Count;
        double[] emissions = Emissions(sequence), forward = Forward(emissions, n), backward = Backward(emissions, n);
        double all = LogSum(forward.AsSpan((n - 1) * Labels, Labels));
        for (int i = 0; i < n; i++)
        {
            for (int b = 0; b < Labels; b++)
            {
                double chance = Math.Exp(forward[(i * Labels) + b] + backward[(i * Labels) + b] - all);
                foreach (int f in Known(sequence.Features[i]))
                    into[(f * Labels) + b] += chance;
                for (int a = 0; i > 0 && a < Labels; a++)
                    into[Transitions + (a * Labels) + b] += Math.Exp(forward[((i - 1) * Labels) + a] + Transition(a, b) + emissions[(i * Labels) + b] + backward[(i * Labels) + b] - all);
            }
        }

        return all;
    }

    /// <summary>Adds how often each weight's features occur with the sequence's own labels.</summary>
    /// <param name="sequence">A labelled sequence.</param>
    /// <param name="into">As many as there are weights.</param>
    internal void AddCounts(TokenSequence sequence, double[] into)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            int label = sequence.Labels![i];
            foreach (int f in Known(sequence.Features[i]))
                into[(f * Labels) + label]++;
            if (i > 0)
                into[Transitions + (sequence.Labels[i - 1] * Labels) + label]++;
        }
    }

    private double Transition(int before, int label) => Weights[Transitions + (before * Labels) + label];

    private IEnumerable<int> Known(IReadOnlyList<int> token) => token.Where(f => f < Features);

    private double[] Emissions(TokenSequence sequence)
    {
        double[] scores = new double[sequence.Count * Labels];
        for (int i = 0; i < sequence.Count; i++)
        {
            foreach (int f in Known(sequence.Features[i]))
            {
                for (int a = 0; a < Labels; a++)
                    scores[(i * Labels) + a] += Weights[(f * Labels) + a];
            }
        }

        return scores;
    }

    /// <summary>log Σ of exp(score) over the labellings of the tokens up to each, by its label.</summary>
    private double[] Forward(double[] emissions, int n)
    {
        double[] forward = [.. emissions], terms = new double[Labels];
        for (int i = 1; i < n; i++)
        {
            for (int b = 0; b < Labels; b++)
            {
                for (int a = 0; a < Labels; a++)
                    terms[a] = forward[((i - 1) * Labels) + a] + Transition(a, b);
                forward[(i * Labels) + b] += LogSum(terms);
            }
        }

        return forward;
    }

    /// <summary>log Σ of exp(score) over the labellings of the tokens after each, by its label.</summary>
    private double[] Backward(double[] emissions, int n)
    {
        double[] backward = new double[n * Labels], terms = new double[Labels];
        for (int i = n - 2; i >= 0; i--)
        {
            for (int a = 0; a < Labels; a++)
            {
                for (int b = 0; b < Labels; b++)
                    terms[b] = Transition(a, b) + emissions[((i + 1) * Labels) + b] + backward[((i + 1) * Labels) + b];
                backward[(i * Labels) + a] = LogSum(terms);
            }
        }

        return backward;
    }

    /// <summary>log Σ exp, which can't overflow.</summary>
    private static double LogSum(ReadOnlySpan<double> terms)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double term in terms)
            largest = Math.Max(largest, term);
        foreach (double term in terms)
            sum += Math.Exp(term - largest);
        return largest + Math.Log(sum);
    }
}
