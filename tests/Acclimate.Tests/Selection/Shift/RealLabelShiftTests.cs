using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Tests.Data;
using Acclimate.Tests.Selection.Validators;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Shift;

/// <summary>Real reviews of kitchenware and of electronics, half of which are good in either.</summary>
public sealed class RealLabelShiftTests
{
    /// <summary>Taking 70 % of one class away leaves shares of 0.77 and 0.23: a total variation of 0.27, which real domains blur by about 0.05.</summary>
    [Fact]
    public void Estimate_KitchenToElectronics_SeesThatAClassWasThinned()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, int[] labels) = Load("kitchen_400.mat");
        (Tensor target, int[] hidden) = Load("elec_400.mat");
        int[] kept = [.. Enumerable.Range(0, hidden.Length).Where(i => hidden[i] == 1 || i % 10 < 3)];

        LabelShift natural = Estimate(source, labels, target), thinned = Estimate(source, labels, Judged.Rows(target, kept));

        Assert.False(natural.Suspected, $"{natural.Agreed}");
        Assert.True(thinned.Suspected);
        Assert.InRange(thinned.Soft.Shares[1], 0.7, 0.85);
    }

    internal static LabelShift Estimate(Tensor source, int[] labels, Tensor target)
    {
        int classes = labels.Max() + 1;
        LogisticRegression machine = new() { C = 10 };
        double scale = 1 / Math.Sqrt(source.Square().Sum(1).Mean().ToDouble());
        Tensor scaled = source * scale;
        int[] seen = new int[classes], fold = Array.ConvertAll(labels, label => seen[label]++ % 2);
        int[][] folds = [.. new[] { 0, 1 }.Select(f => Enumerable.Range(0, labels.Length).Where(i => fold[i] == f).ToArray())];
        List<Tensor> held = [];
        foreach (int f in new[] { 0, 1 })
        {
            using FittedClassifier half = machine.Fit(Judged.Rows(scaled, folds[1 - f]), Array.ConvertAll(folds[1 - f], i => labels[i]), classes);
            held.Add(half.Probabilities(Judged.Rows(scaled, folds[f])));
        }

        using FittedClassifier all = machine.Fit(scaled, labels, classes);
        LabelFreePair pair = new(source, labels, classes, target);
        return LabelShift.Estimate(pair, new HeldOutSource([.. folds[0], .. folds[1]], Tensor.Concatenate([.. held])), all.Probabilities(target * scale));
    }

    private static (Tensor Samples, int[] Labels) Load(string name)
    {
        using Domain domain = Domain.Open(RealData.Path($"amazon_reviews_400/{name}"));
        Tensor rows = FeatureData.Rows(domain, new Preprocessing([new ToFloat()])), lengths = rows.Norm(1, keep: true);
        return (rows / lengths, domain.Labels!.Indices);
    }
}
