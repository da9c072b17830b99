using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>Class probabilities, row by row.</summary>
/// <param name="values">A row of each sample.</param>
/// <param name="classes">C.</param>
internal sealed class ClassProbabilities(double[] values, int classes)
{
    public int Classes { get; } = classes;

    public int Count { get; } = values.Length / classes;

    public ReadOnlySpan<double> this[int sample] => values.AsSpan(sample * Classes, Classes);

    /// <summary>The rows of a matrix.</summary>
    public static ClassProbabilities Of(Tensor probabilities) => new(probabilities.ToArray<double>(), (int)probabilities.Size(1));

    /// <summary>Each sample's greatest class, the first of equals.</summary>
    public int[] Labels()
    {
        int[] labels = new int[Count];
        for (int i = 0; i < Count; i++)
            labels[i] = Greatest(this[i]);
        return labels;
    }

    /// <summary>All of each row on its greatest entry, the first of equals.</summary>
    public ClassProbabilities Hard()
    {
        double[] hard = new double[values.Length];
        int[] labels = Labels();
        for (int i = 0; i < Count; i++)
            hard[(i * Classes) + labels[i]] = 1;
        return new ClassProbabilities(hard, Classes);
    }

    /// <summary>Some of the samples, in the order and as often as they are named.</summary>
    public ClassProbabilities Take(int[] samples)
    {
        double[] some = new double[samples.Length * Classes];
        for (int i = 0; i < samples.Length; i++)
            this[samples[i]].CopyTo(some.AsSpan(i * Classes));
        return new ClassProbabilities(some, Classes);
    }

    /// <summary>Every probability taken to a power, rows made to sum to 1 again.</summary>
    public ClassProbabilities Sharpened(double power)
    {
        double[] sharp = new double[values.Length];
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<double> row = this[i];
            double sum = 0;
            for (int c = 0; c < Classes; c++)
                sum += sharp[(i * Classes) + c] = Math.Pow(Math.Max(row[c], 1e-12), power);
            for (int c = 0; c < Classes; c++)
                sharp[(i * Classes) + c] /= sum;
        }

        return new ClassProbabilities(sharp, Classes);
    }

    /// <summary>−Σ p log p of each row, in nats.</summary>
    public double[] Entropies()
    {
        double[] entropies = new double[Count];
        for (int i = 0; i < Count; i++)
            entropies[i] = Entropy(this[i]);
        return entropies;
    }

    /// <summary>The greatest probability of each row.</summary>
    public double[] Confidences()
    {
        double[] greatest = new double[Count];
        for (int i = 0; i < Count; i++)
            greatest[i] = this[i][Greatest(this[i])];
        return greatest;
    }

    /// <summary>The mean row.</summary>
    public double[] Mean()
    {
        double[] mean = new double[Classes];
        for (int i = 0; i < Count; i++)
        {
            for (int c = 0; c < Classes; c++)
                mean[c] += this[i][c] / Count;
        }

        return mean;
    }

    /// <summary>−Σ p log p, in nats; 0 log 0 is 0.</summary>
    public static double Entropy(ReadOnlySpan<double> row)
    {
        double entropy = 0;
        foreach (double p in row)
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        return entropy;
    }

    private static int Greatest(ReadOnlySpan<double> row)
    {
        int best = 0;
        for (int c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best])
                best = c;
        }

        return best;
    }
}
