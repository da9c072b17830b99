using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Correspondence;

/// <summary>Real pairs with a target made imbalanced, or with a few of its labels known; nothing is left to chance but by a seed.</summary>
internal static class TargetSamples
{
    /// <summary>A real pair as tensors, in the open scope, and the target's true classes.</summary>
    public static (FeatureData Data, int[] Truth) Read(string suite, string task, string preprocess)
    {
        (Domain source, Domain target) = RealPairs.Open(suite, task);
        using (source)
        using (target)
        {
            (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(preprocess).Fit(source, target);
            return (FeatureData.Read(source, target, s, t), target.Labels!.AlignTo(source.Labels!.Classes).Indices);
        }
    }

    /// <summary>The pair with every second class (1, 3, …) thinned in the target to the given share, evenly over its samples.</summary>
    public static (FeatureData Data, int[] Truth) Imbalanced(FeatureData data, int[] truth, double share)
    {
        int[] seen = new int[data.Classes];
        long[] kept = [.. Enumerable.Range(0, truth.Length).Where(i =>
        {
            int c = truth[i], j = seen[c]++;
            return c % 2 == 0 || Math.Floor(share * (j + 1)) > Math.Floor(share * j);
        }).Select(static i => (long)i)];
        return (new FeatureData(data.Source, data.SourceLabels, data.Classes, data.Target.IndexSelect(0, Tensor.From(kept))), [.. kept.Select(i => truth[i])]);
    }

    /// <summary>The pair with so many labels of each class of the target known, drawn by a seed.</summary>
    public static FeatureData FewLabels(FeatureData data, int[] truth, int each, long seed)
    {
        using Generator generator = new(seed);
        int[] known = [.. Enumerable.Repeat(FeatureData.Unknown, truth.Length)], have = new int[data.Classes];
        foreach (long i in Tensor.Permutation(truth.Length, generator).ToArray<long>())
        {
            if (have[truth[i]]++ < each)
                known[i] = truth[i];
        }

        return new FeatureData(data.Source, data.SourceLabels, data.Classes, data.Target, known);
    }

    /// <summary>The accuracy in percent on target samples whose label the method was not given.</summary>
    public static double Accuracy(FeatureMethod method, FeatureData data, int[] truth, Classifier? classifier = null)
    {
        using TensorScope scope = TensorScope.Begin();
        FitContext context = new() { Classifier = classifier ?? new NearestNeighbours() };
        using FittedFeatures fitted = method.Fit(data, context);
        using FittedClassifier trained = fitted.ClassifierFor(data, context.Classifier);
        return Accuracy(trained.Predict(fitted.Target.Apply(data.Target)), data, truth);
    }

    /// <summary>The same of a classifier that was trained on the labelled target samples alone.</summary>
    public static double TargetOnly(FeatureData data, int[] truth, Classifier? classifier = null)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] known = [.. Enumerable.Range(0, truth.Length).Where(i => data.TargetLabels![i] >= 0)];
        using FittedClassifier trained = (classifier ?? new NearestNeighbours()).Fit(
            data.Target.IndexSelect(0, Tensor.From<long>([.. known.Select(static i => (long)i)])), [.. known.Select(i => truth[i])], data.Classes);
        return Accuracy(trained.Predict(data.Target), data, truth);
    }

    private static double Accuracy(int[] found, FeatureData data, int[] truth)
    {
        int[] asked = [.. Enumerable.Range(0, truth.Length).Where(i => data.TargetLabels is null || data.TargetLabels[i] < 0)];
        return 100.0 * asked.Count(i => found[i] == truth[i]) / asked.Length;
    }
}
