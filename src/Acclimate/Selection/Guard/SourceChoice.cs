using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>What a classifier of the source can be.</summary>
public enum SourceBase
{
    /// <summary>Logistic regression.</summary>
    Logistic,

    /// <summary>The nearest neighbour.</summary>
    Neighbour,

    /// <summary>A linear support vector machine.</summary>
    Svm,
}

/// <summary>
/// The classifier that the source picks by itself: logistic regression with C of 1, 10 or 100, a linear SVM, or 1-NN, whichever is right
/// most often in cross-validation; among equals, the first of these.
/// </summary>
/// <param name="Base">Which.</param>
/// <param name="C">C of logistic regression: the best of its three, whichever classifier is picked.</param>
/// <param name="Accuracy">The share that was right in cross-validation.</param>
/// <param name="HeldOut">What the picked classifier said of each source sample while it had not seen it; its tensor is the choice's own.</param>
public sealed record SourceChoice(SourceBase Base, double C, double Accuracy, HeldOutSource HeldOut) : IDisposable
{
    /// <summary>Half learns, half is held out, in turns: as in the study that the guard rests on.</summary>
    private const int Folds = 2;

    private const long DrawFolds = 9101;

    /// <summary>C of the support vector machine, for data of mean squared norm 1.</summary>
    private const double SvmC = 1;

    /// <summary>How far a logistic regression's slope is to fall; more digits change no answer that could matter here.</summary>
    private const double Precision = 1e-4;

    private static readonly double[] Grid = [1, 10, 100];

    /// <summary>Chooses.</summary>
    /// <param name="samples">The source's samples: [n, d], float64, of mean squared norm 1.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">C.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>To be disposed.</returns>
    public static SourceChoice Of(Tensor samples, int[] labels, int classes, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(context);
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        int[] folds = FoldsOf(labels, context);
        (SourceBase Base, double C)[] all = [.. Grid.Select(static c => (SourceBase.Logistic, c)), (SourceBase.Svm, SvmC), (SourceBase.Neighbour, 0)];
        (SourceBase Base, double C, double Right, Tensor? Said) best = default;
        double logisticC = 0;
        foreach ((SourceBase kind, double c) in all)
        {
            (double right, Tensor said) = Validate(Classifier(kind, c), samples, labels, classes, folds, context);
            if (best.Said is null || right > best.Right)
                best = (kind, c, right, said);
            if (best.Base == SourceBase.Logistic)
                logisticC = best.C;
        }

        return new SourceChoice(best.Base, logisticC, best.Right, new HeldOutSource([.. Enumerable.Range(0, labels.Length)], best.Said!.LeaveScopes()));
    }

    /// <summary>The best C of logistic regression.</summary>
    /// <param name="samples">[n, d], of mean squared norm 1.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="context">Seed and cancellation.</param>
    internal static double BestC(Tensor samples, int[] labels, int classes, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] folds = FoldsOf(labels, context);
        return Grid.MaxBy(c => Validate(Classifier(SourceBase.Logistic, c), samples, labels, classes, folds, context).Right);
    }

    /// <summary>A classifier that is to be fitted on samples of mean squared norm 1; its probabilities are graded.</summary>
    internal static Classifier Classifier(SourceBase kind, double c) => kind switch
    {
        SourceBase.Neighbour => new NearestOfClass(),
        SourceBase.Svm => new LinearSvm { C = SvmC },
        _ => new LogisticRegression { C = c, Precision = Precision },
    };

    /// <inheritdoc/>
    public void Dispose() => HeldOut.Probabilities.Dispose();

    private static (double Right, Tensor Said) Validate(Classifier classifier, Tensor samples, int[] labels, int classes, int[] folds, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor said = Tensor.Zeros([labels.Length, classes], ScalarType.Float64);
        int right = 0;
        for (int fold = 0; fold < Folds; fold++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            long[] inside = [.. Rows(i => folds[i] == fold)], outside = [.. Rows(i => folds[i] != fold)];
            if (inside.Length == 0 || outside.Length == 0)
                continue;
            using FittedClassifier fitted = classifier.Fit(samples.IndexSelect(0, Tensor.From(outside)), [.. outside.Select(i => labels[i])], classes);
            Tensor found = fitted.Probabilities(samples.IndexSelect(0, Tensor.From(inside)));
            right += found.ArgMax(1).ToArray<long>().Zip(inside, (label, i) => label == labels[i] ? 1 : 0).Sum();
            Torch.Native.Operator.Get("aten::index_copy_").Run(said, 0L, Tensor.From(inside), found);
        }

        return ((double)right / labels.Length, scope.Keep(said));

        IEnumerable<long> Rows(Func<int, bool> wanted) => Enumerable.Range(0, labels.Length).Where(wanted).Select(static i => (long)i);
    }

    /// <summary>Every class is spread over the folds, its samples in an order that is drawn.</summary>
    private static int[] FoldsOf(int[] labels, FitContext context)
    {
        using Generator generator = context.Draw(DrawFolds);
        using Tensor drawn = Tensor.Permutation(labels.Length, generator);
        Dictionary<int, int> seen = [];
        int[] folds = new int[labels.Length];
        foreach (long i in drawn.ToArray<long>())
        {
            int before = seen.GetValueOrDefault(labels[i]);
            folds[i] = before % Folds;
            seen[labels[i]] = before + 1;
        }

        return folds;
    }
}
