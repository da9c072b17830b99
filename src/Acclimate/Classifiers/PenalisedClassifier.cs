using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// A classifier that minimises ½‖w‖² + C Σᵢ loss(xᵢ, yᵢ): what it has of C and of the classes' weights. C can be left to
/// cross-validation on the training samples: deterministic folds with every class spread over them, C from 1e-3 to 1e4 by
/// tens, and the smallest of those that are right most often.
/// </summary>
public abstract class PenalisedClassifier : Classifier
{
    private static readonly double[] Grid = [1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4];

    /// <summary>C, above 0; none chooses it by cross-validation. Default 1.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2, above 0; none: chosen by cross-validation from 1e-3 … 1e4", Search = "0.001..10000 log", Source = "1, the usual default: libsvm, liblinear and scikit-learn have it")]
    public double? C { get; init; } = 1;

    /// <summary>The folds of the cross-validation, 2 or more. Default 2.</summary>
    [Option("folds", "the folds of the cross-validation, 2 or more", Search = "fixed", Source = "2 in CORAL's code")]
    public int Folds { get; init; } = 2;

    /// <summary>Whether each class weighs as much as the others, however many samples it has: n / (classes · its samples).</summary>
    [Option("balanced", "whether every class weighs the same, however many samples it has: true or false", Source = "as libsvm, liblinear and scikit-learn have it")]
    public bool Balanced { get; init; }

    /// <summary>What each class's samples weigh, above 0; none means 1 each.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (C is { } c && !(c > 0 && double.IsFinite(c)))
            throw new ArgumentException(FormattableString.Invariant($"{ClassifierCatalog.NameOf(this)}: C is {c}; expected above 0, or none"));
        if (Folds < 2)
            throw new ArgumentException($"{ClassifierCatalog.NameOf(this)}: folds is {Folds}; expected 2 or more");
        if (ClassWeights is { } weights && weights.Any(static weight => !(weight > 0 && double.IsFinite(weight))))
            throw new ArgumentException($"{ClassifierCatalog.NameOf(this)}: a class's weight is not above 0");
    }

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes)
    {
        CheckClassWeights(classes);
        return Train(samples, labels, classes, C ?? ChooseC(samples, labels, classes));
    }

    /// <summary>Refuses weights of another number of classes.</summary>
    private protected void CheckClassWeights(int classes)
    {
        if (ClassWeights is { } weights && weights.Count != classes)
            throw new ArgumentException($"{weights.Count} class weights were given for {classes} classes; each needs one");
    }

    /// <summary>The training with a given C; two classes at least have samples.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="c">C.</param>
    private protected abstract FittedClassifier Train(Tensor samples, int[] labels, int classes, double c);

    /// <summary>Samples as a machine that was trained on some of them wants them.</summary>
    /// <param name="samples">All samples.</param>
    /// <param name="rows">Those that are wanted.</param>
    /// <param name="trainedOn">Those that the machine is trained on.</param>
    private protected virtual Tensor Pick(Tensor samples, Tensor rows, Tensor trainedOn) => samples.IndexSelect(0, rows);

    /// <summary>What the samples of each class that has any weigh.</summary>
    private protected double[] WeightsOf(int[] labels, int[] present) =>
        [.. present.Select(c =>
            (ClassWeights?[c] ?? 1) * (Balanced ? labels.Length / ((double)present.Length * labels.Count(label => label == c)) : 1))];

    /// <summary>C by cross-validation, every sample counting the same.</summary>
    private protected double ChooseC(Tensor samples, int[] labels, int classes)
    {
        // The i-th sample of its class goes to fold i mod folds.
        int[] seen = new int[classes], fold = new int[labels.Length];
        for (int i = 0; i < labels.Length; i++)
            fold[i] = seen[labels[i]]++ % Folds;
        int[] right = new int[Grid.Length];
        for (int f = 0; f < Folds; f++)
        {
            using TensorScope scope = TensorScope.Begin();
            long[] inside = [.. Rows(i => fold[i] == f)], outside = [.. Rows(i => fold[i] != f)];
            int[] outsideLabels = [.. outside.Select(i => labels[i])];
            if (inside.Length == 0 || outsideLabels.Distinct().Count() < 2)
                continue;
            Tensor trainedOn = Tensor.From(outside);
            Tensor train = Pick(samples, trainedOn, trainedOn), test = Pick(samples, Tensor.From(inside), trainedOn);
            for (int g = 0; g < Grid.Length; g++)
            {
                using FittedClassifier fitted = Train(train, outsideLabels, classes, Grid[g]);
                right[g] += fitted.Predict(test).Zip(inside, (found, i) => found == labels[i] ? 1 : 0).Sum();
            }
        }

        return Grid[Array.IndexOf(right, right.Max())];

        IEnumerable<long> Rows(Func<int, bool> wanted) => Enumerable.Range(0, labels.Length).Where(wanted).Select(static i => (long)i);
    }
}
