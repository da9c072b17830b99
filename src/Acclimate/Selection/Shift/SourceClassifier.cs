using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>
/// What a plain classifier of the source says of source samples that it has not seen, and of the target: logistic regression on
/// features standardised by what it was trained on.
/// </summary>
/// <param name="HeldOut">Class probabilities of each source sample by the fit that didn't see it: [n, C].</param>
/// <param name="Target">Class probabilities of the target by the fit to all of the source: [m, C].</param>
internal sealed record SourceClassifier(Tensor HeldOut, Tensor Target)
{
    private const int Folds = 3;
    private const string Classifier = "logistic:C=0.1";

    public int[] HeldOutClasses => Winners(HeldOut);

    public int[] TargetClasses => Winners(Target);

    public double HeldOutConfidence => HeldOut.Max(1).Mean().ToDouble();

    public double TargetConfidence => Target.Max(1).Mean().ToDouble();

    /// <summary>Trains it, fold by fold and on all; the tensors belong to the open scope.</summary>
    public static SourceClassifier Fit(Tensor source, Labels labels, Tensor target, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();

        // Every third sample of each class, and classes one behind another, so that no fold is empty.
        int[] order = [.. Enumerable.Range(0, labels.Count).OrderBy(i => labels.Indices[i])];
        List<Tensor> parts = [];
        List<int> placed = [];
        for (int fold = 0; fold < Folds; fold++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] test = [.. order.Where((_, at) => at % Folds == fold)], train = [.. order.Where((_, at) => at % Folds != fold)];
            if (test.Length == 0)
                continue;
            parts.Add(Probabilities(Rows(source, train.Length == 0 ? test : train), labels.Take(train.Length == 0 ? test : train), Rows(source, test)));
            placed.AddRange(test);
        }

        long[] back = new long[labels.Count];
        for (int i = 0; i < back.Length; i++)
            back[placed[i]] = i;
        Tensor heldOut = Tensor.Concatenate([.. parts]).IndexSelect(0, Tensor.From(back));
        cancellation.ThrowIfCancellationRequested();
        return new SourceClassifier(scope.Keep(heldOut), scope.Keep(Probabilities(source, labels, target)));
    }

    private static Tensor Probabilities(Tensor known, Labels labels, Tensor asked)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor mean = known.Mean(0, keep: true), deviation = known.StandardDeviation(0, unbiased: false, keep: true);
        Tensor scale = deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
        using FittedClassifier fitted = ClassifierCatalog.Parse(Classifier).Fit((known - mean) / scale, labels.Indices, labels.Classes.Count);
        return scope.Keep(fitted.Probabilities((asked - mean) / scale));
    }

    private static Tensor Rows(Tensor all, int[] samples) => all.IndexSelect(0, Tensor.From(Array.ConvertAll(samples, static i => (long)i)));

    private static int[] Winners(Tensor probabilities)
    {
        using TensorScope scope = TensorScope.Begin();
        return Array.ConvertAll(probabilities.ArgMax(1).ToArray<long>(), static index => (int)index);
    }
}
