namespace Acclimate.Selection;

/// <summary>
/// The class shares under which the target's samples are most likely, by expectation–maximisation: each round gives every sample
/// its posterior under the present shares, p'(c | x) ∝ (q_c / p_c) p(c | x), and takes their mean for the next.
/// Saerens, Latinne, Decaestecker, Neural Computation 14, 2002. The likelihood is concave in q, so there is one maximum.
/// </summary>
/// <remarks>
/// It takes probabilities at their word, so they are calibrated first by the one temperature under which the held-out samples'
/// labels are most likely (Guo et al., ICML 2017), and p is what they then give the held-out samples on average, as in
/// Alexandari, Kundaje, Shrikumar, ICML 2020: a classifier that says the same of every sample then tells of no shift.
/// </remarks>
internal static class ShareMaximisation
{
    private const int MostRounds = 1000;
    private const double Precision = 1e-8;

    /// <summary>The powers 1/T within which the temperature is looked for.</summary>
    private const double LeastPower = 0.05, MostPower = 20;

    /// <summary>The target's shares; 0 for a class without held-out samples.</summary>
    /// <param name="known">What is predicted of held-out source samples.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="unknown">What is predicted of the target.</param>
    public static double[] Shares(ClassProbabilities known, int[] labels, ClassProbabilities unknown)
    {
        double power = Power(known, labels);
        double[] prior = known.Sharpened(power).Mean(), held = LabelShift.Shares(labels, known.Classes);
        double[] q = Maximise(unknown.Sharpened(power), prior);

        // q/p is what a sample of the class counts for among the held-out ones.
        double[] shares = [.. held.Select((share, c) => share * q[c] / prior[c])];
        double whole = shares.Sum();
        return whole > 0 ? Array.ConvertAll(shares, share => share / whole) : held;
    }

    /// <summary>q by EM from calibrated probabilities.</summary>
    private static double[] Maximise(ClassProbabilities target, double[] prior)
    {
        int classes = target.Classes;
        double[] q = prior, posterior = new double[classes];
        for (int round = 0; round < MostRounds; round++)
        {
            double[] next = new double[classes];
            for (int i = 0; i < target.Count; i++)
            {
                ReadOnlySpan<double> row = target[i];
                double sum = 0;
                for (int c = 0; c < classes; c++)
                    sum += posterior[c] = q[c] / prior[c] * row[c];
                for (int c = 0; c < classes; c++)
                    next[c] += posterior[c] / sum / target.Count;
            }

            double change = LabelShift.Apart(q, next);
            q = next;
            if (change < Precision)
                break;
        }

        return q;
    }

    /// <summary>1/T, by golden section on the logarithm: the held-out samples' mean negative log-likelihood has one minimum.</summary>
    private static double Power(ClassProbabilities known, int[] labels)
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
