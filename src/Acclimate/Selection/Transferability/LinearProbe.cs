using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// What a linear classifier makes of features it has not seen: the accuracy of logistic regression (C = 0.1) on standardised
/// features over five folds, each with its share of every class. It trains, so it costs more than a score; it is what scores
/// are measured by.
/// </summary>
public static class LinearProbe
{
    private const int Folds = 5;
    private const string Classifier = "logistic:C=0.1";

    /// <summary>The share of samples that are classified right by the folds they are not in.</summary>
    /// <param name="features">Samples × features, floating point, finite.</param>
    /// <param name="labels">One a sample, five or more.</param>
    /// <param name="cancellation">Stops between two folds.</param>
    /// <exception cref="ArgumentException">The features are no matrix of finite numbers, or there are fewer than five samples, or another number of rows than labels.</exception>
    public static Accuracy Of(Tensor features, Labels labels, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = ScoreArguments.Features(features, labels);
        if (labels.Count < Folds)
            throw new ArgumentException($"{labels.Count} samples; a probe of {Folds} folds needs one for each", nameof(labels));

        // Every fifth sample of each class, and classes one behind another, so that no fold is empty.
        int[] folds = new int[labels.Count];
        int placed = 0;
        foreach (int sample in Enumerable.Range(0, labels.Count).OrderBy(i => labels.Indices[i]))
            folds[sample] = placed++ % Folds;
        int right = 0;
        for (int fold = 0; fold < Folds; fold++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] test = [.. Enumerable.Range(0, labels.Count).Where(i => folds[i] == fold)], train = [.. Enumerable.Range(0, labels.Count).Where(i => folds[i] != fold)];
            using TensorScope within = TensorScope.Begin();
            Tensor known = Rows(rows, train), mean = known.Mean(0, keep: true), deviation = known.StandardDeviation(0, unbiased: false, keep: true);
            Tensor scale = deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
            using FittedClassifier fitted = ClassifierCatalog.Parse(Classifier).Fit((known - mean) / scale, labels.Take(train).Indices, labels.Classes.Count);
            right += fitted.Predict((Rows(rows, test) - mean) / scale).Zip(test, (found, i) => found == labels.Indices[i] ? 1 : 0).Sum();
        }

        return new Accuracy(right, labels.Count);
    }

    private static Tensor Rows(Tensor all, int[] samples) => all.IndexSelect(0, Tensor.From(Array.ConvertAll(samples, static i => (long)i)));
}
