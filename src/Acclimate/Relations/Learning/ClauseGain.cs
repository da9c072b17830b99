using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Learning;

/// <summary>How much one clause more would bring a network whose other weights stay as they are.</summary>
/// <param name="data">What is known.</param>
/// <param name="margins">The network's margins.</param>
/// <param name="prior">σ of the weight's prior.</param>
/// <param name="counted">What each atom counts; 1 if left out.</param>
internal sealed class ClauseGain(RelationalData data, double[] margins, double prior, double[]? counted = null)
{
    private const int MostSteps = 30;

    /// <summary>The greatest gain in log-likelihood less the prior's term, over the clause's weight.</summary>
    public double Of(Clause clause) => Best(clause).Gain;

    /// <summary>The same over weights of a sign, 1 or −1, or of any sign where it is 0. The gain is concave and none at 0: where the best weight has the other sign, nothing is gained.</summary>
    public double Of(Clause clause, int sign)
    {
        (double gain, double weight) = Best(clause);
        return weight * sign < 0 ? 0 : gain;
    }

    /// <summary>Newton's steps in one dimension, halved where they don't rise.</summary>
    private (double Gain, double Weight) Best(Clause clause)
    {
        Column column = data[clause];
        double weight = 0, gain = 0;
        for (int step = 0; step < MostSteps; step++)
        {
            (double slope, double curvature) = Slope(column, weight);
            double move = Math.Clamp(slope / curvature, -4, 4);
            double next = Gain(column, weight + move);
            while (next < gain && Math.Abs(move) > 1e-6)
            {
                move /= 2;
                next = Gain(column, weight + move);
            }

            if (next < gain + 1e-6)
                break;
            (weight, gain) = (weight + move, next);
        }

        return (gain, weight);
    }

    private double Gain(Column column, double weight)
    {
        double sum = -weight * weight / (2 * prior * prior);
        for (int k = 0; k < column.Atoms.Length; k++)
        {
            int atom = column.Atoms[k];
            double sign = data.Holds[atom] ? 1 : -1, margin = margins[atom];
            sum += (counted?[atom] ?? 1) * (PseudoLikelihood.LogSigmoid(sign * (margin + (weight * column.Changes[k]))) - PseudoLikelihood.LogSigmoid(sign * margin));
        }

        return sum;
    }

    private (double Slope, double Curvature) Slope(Column column, double weight)
    {
        double slope = -weight / (prior * prior), curvature = 1 / (prior * prior);
        for (int k = 0; k < column.Atoms.Length; k++)
        {
            int atom = column.Atoms[k];
            double change = column.Changes[k], holds = 1 / (1 + Math.Exp(-margins[atom] - (weight * change))), count = counted?[atom] ?? 1;
            slope += count * ((data.Holds[atom] ? 1 : 0) - holds) * change;
            curvature += count * holds * (1 - holds) * change * change;
        }

        return (slope, Math.Max(curvature, 1e-9));
    }
}
