namespace Acclimate.Selection;

/// <summary>Class probabilities, row by row.</summary>
/// <param name="values">A row of each sample.</param>
/// <param name="classes">C.</param>
internal sealed class Predictions(double[] values, int classes)
{
    public int Classes { get; } = classes;

    public int Count { get; } = values.Length / classes;

    public ReadOnlySpan<double> this[int sample] => values.AsSpan(sample * Classes, Classes);

    /// <summary>All of each row on its greatest entry, the first of equals.</summary>
    public Predictions Hard()
    {
        double[] hard = new double[values.Length];
        for (int i = 0; i < Count; i++)
            hard[(i * Classes) + Greatest(this[i])] = 1;
        return new Predictions(hard, Classes);
    }

    /// <summary>Some of the samples, in the order and as often as they are named.</summary>
    public Predictions Take(int[] samples)
    {
        double[] some = new double[samples.Length * Classes];
        for (int i = 0; i < samples.Length; i++)
            this[samples[i]].CopyTo(some.AsSpan(i * Classes));
        return new Predictions(some, Classes);
    }

    /// <summary>Every probability taken to a power, rows made to sum to 1 again.</summary>
    public Predictions Sharpened(double power)
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

        return new Predictions(sharp, Classes);
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
