namespace Acclimate.Selection.Validators;

/// <summary>
/// Each candidate as an observer that is right with a probability of its own and else names any other class: the accuracies under which
/// all their labels of the target are most likely, by expectation–maximisation from the majority's vote.
/// </summary>
/// <remarks>0 to 1; it is no estimate of accuracy, for candidates don't err independently. NaN without another family in the pool.</remarks>
[Validator("dawid-skene",
    Title = "one-coin Dawid–Skene over the pool",
    Formula = "θ_j of max_θ Σ_i log Σ_c 1/C Π_j θ_j^[ŷ_j = c] ((1 − θ_j)/(C − 1))^[ŷ_j ≠ c]",
    Paper = "Dawid, Skene: Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm, Applied Statistics 28, 1979, with one accuracy an observer",
    Needs = ValidatorNeeds.Crowd,
    Beware = "It takes candidates to err independently, and they don't: where the pool shares a wrong base it praises what errs with the crowd.")]
public sealed class DawidSkene : Validator
{
    private const int MostRounds = 200;
    private const double Precision = 1e-10;

    /// <summary>No observer is taken to be sure: its word would outweigh all others'.</summary>
    private const double Least = 1e-6;

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (pool.All(other => other.Family == candidate.Family))
            return double.NaN;
        Candidate[] observers = [candidate, .. pool.Where(other => other.Name != candidate.Name)];
        return Accuracies([.. observers.Select(static observer => ClassProbabilities.Of(observer.Target).Labels())], pair.Classes)[0];
    }

    /// <summary>θ of each observer.</summary>
    /// <param name="labels">What each says of each sample.</param>
    /// <param name="classes">C.</param>
    private static double[] Accuracies(int[][] labels, int classes)
    {
        double[] theta = [], weights = Array.ConvertAll(labels, _ => 1.0);
        double[] belief = new double[classes];
        for (int round = 0; round < MostRounds; round++)
        {
            double[] right = new double[labels.Length];
            for (int i = 0; i < labels[0].Length; i++)
            {
                Believe(labels, i, weights, belief, softened: round > 0);
                for (int j = 0; j < labels.Length; j++)
                    right[j] += belief[labels[j][i]] / labels[0].Length;
            }

            double[] next = Array.ConvertAll(right, share => Math.Clamp(share, Least, 1 - Least));
            bool settled = round > 0 && theta.Zip(next, static (a, b) => Math.Abs(a - b)).Max() < Precision;
            theta = next;
            if (settled)
                break;
            weights = Array.ConvertAll(theta, share => Math.Log(share * (classes - 1) / (1 - share)));
        }

        return theta;
    }

    /// <summary>What the observers make of one sample: the shares of the vote at first, then the posterior, whose logarithm is the sum of the weights of those that name a class.</summary>
    private static void Believe(int[][] labels, int sample, double[] weights, double[] belief, bool softened)
    {
        Array.Clear(belief);
        for (int j = 0; j < labels.Length; j++)
            belief[labels[j][sample]] += weights[j];
        double most = belief.Max(), sum = 0;
        for (int c = 0; c < belief.Length; c++)
            sum += belief[c] = softened ? Math.Exp(belief[c] - most) : belief[c];
        for (int c = 0; c < belief.Length; c++)
            belief[c] /= sum;
    }
}
