namespace Acclimate.Selection;

/// <summary>
/// The class shares under which the target's samples are most likely, by expectation–maximisation: each round gives every sample
/// its posterior under the present shares, p'(c | x) ∝ (q_c / p_c) p(c | x), and takes their mean for the next.
/// Saerens, Latinne, Decaestecker, Neural Computation 14, 2002. The likelihood is concave in q, so there is one maximum.
/// </summary>
/// <remarks>
/// It takes probabilities at their word, so they are calibrated first by the one temperature under which the held-out samples'
/// labels are most likely (Guo et al., ICML 2017; Alexandari, Kundaje, Shrikumar, ICML 2020).
/// </remarks>
internal static class ShareMaximisation
{
    private const int MostRounds = 1000;
    private const double Precision = 1e-8;

    /// <summary>The powers 1/T within which the temperature is looked for.</summary>
    private const double LeastPower = 0.05, MostPower = 20;

    /// <summary>q; 0 for a class that the source has not.</summary>
    /// <param name="known">What is predicted of held-out source samples.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="unknown">What is predicted of the target.</param>
    /// <param name="source">p.</param>
    public static double[] Shares(ClassProbabilities known, int[] labels, ClassProbabilities unknown, IReadOnlyList<double> source) =>
        Maximise(unknown.Sharpened(Power(known, labels)), source);

    /// <summary>q by EM from calibrated probabilities.</summary>
    internal static double[] Maximise(ClassProbabilities target, IReadOnlyList<double> source)
    {
        int classes = target.Classes;
        double[] q = [.. source], posterior = new double[classes];
        for (int round = 0; round < MostRounds; round++)
        {
            double[] next = new double[classes];
            for (int i = 0; i < target.Count; i++)
            {
                ReadOnlySpan<double> row = target[i];
                double sum = 0;
                for (int c = 0; c < classes; c++)
                    sum += posterior[c] = source[c] > 0 ? q[c] / source[c] * row[c] : 0;
                for (int c = 0; c < classes && sum > 0; c++)
                    next[c] += posterior[c] / sum / target.Count;
            }

            double change = LabelShift.Apart(q, next);
            q = next;
            if (change < Precision)
                break;
        }

        double whole = q.Sum();
        return Array.ConvertAll(q, share => share / whole);
    }

    /// <summary>1/T, by golden section on the logarithm: the held-out samples' mean negative log-likelihood has one minimum.</summary>
    internal static double Power(ClassProbabilities known, int[] labels)
    {
        double golden = (Math.Sqrt(5) - 1) / 2, low = Math.Log(LeastPower), high = Math.Log(MostPower);
        while (high - low > 1e-6)
        {
            double left = high - (golden * (high - low)), right = low + (golden * (high - low));
            if (Loss(left) <= Loss(right))
                high = right;
            else
                low = left;
        }

        return Math.Exp((low + high) / 2);

        double Loss(double logPower)
        {
            ClassProbabilities sharp = known.Sharpened(Math.Exp(logPower));
            return Enumerable.Range(0, known.Count).Sum(i => -Math.Log(Math.Max(sharp[i][labels[i]], double.Epsilon)));
        }
    }
}
