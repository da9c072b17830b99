using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// How well the source class that a network predicts tells the target class, after Tran, Nguyen, Hassner, "Transferability and
/// Hardness of Supervised Classification Tasks", ICCV 2019.
/// </summary>
/// <remarks>
/// <code>NCE = −H(Y | Z) = Σ_{y,z} P(y, z) log (P(y, z) / P(z)),   z_i = argmax θ(x_i)</code>
/// The paper has true source labels of the same samples; for other samples the predicted ones stand in, as in the LEEP paper.
/// </remarks>
public static class NegativeConditionalEntropy
{
    /// <summary>The score; the higher, the better.</summary>
    /// <param name="probabilities">Samples × source classes: the softmax of the network's own head. The first of equal ones counts.</param>
    /// <param name="labels">One a sample.</param>
    /// <returns>Nats, from minus the entropy of the labels to 0.</returns>
    /// <exception cref="ArgumentException">A row is no distribution, or there are more or fewer rows than labels.</exception>
    public static double Of(Tensor probabilities, Labels labels)
    {
        double[] theta = ScoreArguments.Probabilities(probabilities, labels, out int sources);
        int n = labels.Count;
        int[,] joint = new int[labels.Classes.Count, sources];
        int[] marginal = new int[sources];
        for (int i = 0; i < n; i++)
        {
            int z = i * sources;
            for (int other = z + 1; other < (i + 1) * sources; other++)
                z = theta[other] > theta[z] ? other : z;
            joint[labels.Indices[i], z % sources]++;
            marginal[z % sources]++;
        }

        double sum = 0;
        for (int y = 0; y < labels.Classes.Count; y++)
        {
            for (int z = 0; z < sources; z++)
            {
                if (joint[y, z] > 0)
                    sum += joint[y, z] * Math.Log((double)joint[y, z] / marginal[z]);
            }
        }

        return sum / n;
    }
}
