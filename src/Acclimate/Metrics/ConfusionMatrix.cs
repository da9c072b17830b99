namespace Acclimate.Metrics;

/// <summary>How often each class was predicted as each class, and what follows from that.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;

    private ConfusionMatrix(long[,] counts, long total)
    {
        this.counts = counts;
        Total = total;
    }

    /// <summary>The number of classes.</summary>
    public int Classes => counts.GetLength(0);

    /// <summary>The number of examples.</summary>
    public long Total { get; }

    /// <summary>Right predictions over all, with a 95 % interval.</summary>
    public Accuracy Accuracy
    {
        get
        {
            long correct = 0;
            for (int c = 0; c < Classes; c++)
                correct += counts[c, c];
            return new Accuracy(correct, Total);
        }
    }

    /// <summary>
    /// The mean of the classes' F1 = 2TP / (2TP + FP + FN). Classes that occur neither as truth nor as prediction have no
    /// F1 and are left out; a class that occurs but is never right counts 0.
    /// </summary>
    public double MacroF1
    {
        get
        {
            double sum = 0;
            int classes = 0;
            for (int c = 0; c < Classes; c++)
            {
                long either = Row(c) + Column(c);
                if (either == 0)
                    continue;
                sum += 2.0 * counts[c, c] / either;
                classes++;
            }

            return sum / classes;
        }
    }

    /// <summary>The mean of the classes' recalls, each class counting alike however many examples it has; classes without examples are left out.</summary>
    public double MacroRecall => Enumerable.Range(0, Classes).Select(Recall).Where(static recall => !double.IsNaN(recall)).Average();

    /// <summary>Examples of the class <paramref name="truth"/> that were predicted as <paramref name="prediction"/>.</summary>
    /// <param name="truth">The true class, from 0.</param>
    /// <param name="prediction">The predicted class, from 0.</param>
    public long this[int truth, int prediction] => counts[truth, prediction];

    /// <summary>Counts examples.</summary>
    /// <param name="truth">The true classes, 0 to <paramref name="classes"/> − 1; one or more.</param>
    /// <param name="predictions">The predicted classes, in the same order.</param>
    /// <param name="classes">The number of classes, 1 or more.</param>
    /// <exception cref="ArgumentException">There is no example, the lengths differ, or a class is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public static ConfusionMatrix From(ReadOnlySpan<long> truth, ReadOnlySpan<long> predictions, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (truth.Length == 0)
            throw new ArgumentException("there is no example to count", nameof(truth));
        if (truth.Length != predictions.Length)
            throw new ArgumentException($"{truth.Length} true classes go with as many predictions, but there are {predictions.Length}", nameof(predictions));
        long[,] counts = new long[classes, classes];
        for (int i = 0; i < truth.Length; i++)
            counts[Checked(truth[i], i, nameof(truth)), Checked(predictions[i], i, nameof(predictions))]++;
        return new ConfusionMatrix(counts, truth.Length);

        int Checked(long found, int at, string name) => found >= 0 && found < classes
            ? (int)found
            : throw new ArgumentException($"the class at {at} is {found}; expected 0 to {classes - 1}", name);
    }

    /// <summary>The share of a class's examples that were predicted right; NaN where the class has none.</summary>
    /// <param name="truth">The class, from 0.</param>
    public double Recall(int truth) => (double)counts[truth, truth] / Row(truth);

    /// <summary>The share of a class's predictions that were right; NaN where it was never predicted.</summary>
    /// <param name="prediction">The class, from 0.</param>
    public double Precision(int prediction) => (double)counts[prediction, prediction] / Column(prediction);

    private long Row(int truth)
    {
        long sum = 0;
        for (int c = 0; c < Classes; c++)
            sum += counts[truth, c];
        return sum;
    }

    private long Column(int prediction)
    {
        long sum = 0;
        for (int c = 0; c < Classes; c++)
            sum += counts[c, prediction];
        return sum;
    }
}
