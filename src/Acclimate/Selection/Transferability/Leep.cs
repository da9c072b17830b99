using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// The log expected empirical prediction, after Nguyen, Hassner, Seeger, Archambeau, "LEEP: A New Measure to Evaluate
/// Transferability of Learned Representations", ICML 2020.
/// </summary>
/// <remarks>
/// How likely the target's labels are by a classifier that needs no training: draw a source class z from the network's own
/// probabilities θ(x), then a target class from P(y | z), as the two occur together.
/// <code>P(y, z) = 1/n Σ_{i: y_i = y} θ(x_i)_z,   LEEP = 1/n Σ_i log Σ_z P(y_i | z) θ(x_i)_z</code>
/// </remarks>
public static class Leep
{
    /// <summary>The score; the higher, the better.</summary>
    /// <param name="probabilities">Samples × source classes: the softmax of the network's own head.</param>
    /// <param name="labels">One a sample.</param>
    /// <returns>Nats, 0 or less; about minus the entropy of the labels where the source's classes tell nothing.</returns>
    /// <exception cref="ArgumentException">A row is no distribution, or there are more or fewer rows than labels.</exception>
    public static double Of(Tensor probabilities, Labels labels)
    {
        double[] theta = ScoreArguments.Probabilities(probabilities, labels, out int sources);
        int n = labels.Count;
        double[,] joint = new double[labels.Classes.Count, sources];
        double[] marginal = new double[sources];
        for (int i = 0; i < n; i++)
        {
            for (int z = 0; z < sources; z++)
            {
                joint[labels.Indices[i], z] += theta[(i * sources) + z];
                marginal[z] += theta[(i * sources) + z];
            }
        }

        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            double likelihood = 0, mass = 0;
            for (int z = 0; z < sources; z++)
            {
                double own = theta[(i * sources) + z];
                mass += own;
                if (own > 0)
                    likelihood += own * (joint[labels.Indices[i], z] / marginal[z]);
            }

            sum += Math.Log(likelihood / mass);
        }

        return sum / n;
    }
}
