using Acclimate.Data;
using Acclimate.Discrepancies;
using Acclimate.Selection;
using Acclimate.Tests.Data;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Shift;

public sealed class ClassShiftTests
{
    /// <summary>
    /// The source's classifier, fold by fold: the objective is strictly convex, so both programs come to one optimum; each stops where the
    /// slope is below 10⁻⁷ of the first, which leaves probabilities open by less than 10⁻⁵.
    /// </summary>
    [Fact]
    public void Describe_SourceClassifier_IsScikitLearns()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Labels labels) = Blobs(1, [20, 16, 15]);
        (Tensor y, _) = Blobs(2, [10, 10, 10], away: 0.5);
        string script = $"""
            import numpy as np
            from sklearn.linear_model import LogisticRegression
            x, y, labels = {PythonArrays.Of(x)}, {PythonArrays.Of(y)}, {PythonArrays.Of(labels.Indices)}
            def says(train, asked):
                mean, deviation = x[train].mean(0), x[train].std(0)
                model = LogisticRegression(C=0.1, tol=1e-10, max_iter=10000).fit((x[train] - mean) / deviation, labels[train])
                return model.predict_proba((asked - mean) / deviation)
            order = np.argsort(labels, kind="stable")
            heldout = np.zeros((len(x), 3))
            for fold in range(3):
                test = order[fold::3]
                heldout[test] = says(np.setdiff1d(order, test), x[test])
            target = says(order, y)
            print((heldout.argmax(1) == labels).mean(), heldout.max(1).mean(), target.max(1).mean())
            print(*(np.bincount(target.argmax(1), minlength=3) / 30))
            print(*(np.bincount(heldout.argmax(1), minlength=3) / 51))
            """;
        double[] expected = PythonArrays.Read(Python.Run("sklearn", script));
        ClassShift found = DomainShift.Describe(x, y, labels).Classes!;

        Assert.False(found.Known);
        Loops.Near(expected[..3], [found.HeldOut.Value, found.SourceConfidence, found.TargetConfidence], 1e-4);
        Loops.Near(expected[3..6], [.. found.Classes.Select(static c => c.TargetShare)], 1e-12);
        Loops.Near(expected[6..], [.. found.Classes.Select(static c => c.SourceShare)], 1e-12);
    }

    [Fact]
    public void Describe_LabelsOfBoth_CountsAndTestsEachClass()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Labels labels) = Blobs(3, [30, 20, 4]);
        (Tensor y, Labels others) = Blobs(4, [10, 30, 10], moved: 1);
        ClassShift found = DomainShift.Describe(x, y, labels, others).Classes!;

        Assert.True(found.Known);
        Assert.Equal([(30, 10), (20, 30), (4, 10)], found.Classes.Select(static c => (c.SourceSamples, c.TargetSamples)));
        Assert.Equal(((30 / 54.0) - 0.2 + 0.6 - (20 / 54.0) + 0.2 - (4 / 54.0)) / 2, found.BalanceChange, 1e-14);

        // The class of fewer than five samples is not tested; of the others one moved, and each test is the plain one.
        Assert.Null(found.Classes[2].Adjusted);
        PermutationTestResult own = new PermutationTest().Run(x.Slice(0, 30, 50), y.Slice(0, 10, 40));
        Assert.Equal((own.Mmd, own.PValue), (found.Classes[1].Mmd!.Value, found.Classes[1].PValue!.Value));
        Assert.True(found.Classes[1].IsSignificant);
        Assert.False(found.Classes[0].IsSignificant);
    }

    /// <summary>All ways of dividing 12 samples into 6 and 6, counted; 200 divisions at random miss that share by at most four deviations.</summary>
    [Fact]
    public void BalanceTest_FewSamples_IsNearTheExactPValue()
    {
        int[] from = [0, 0, 0, 0, 1, 2], to = [0, 1, 1, 2, 2, 2], pooled = [.. from, .. to];
        double found = ClassShift.TotalVariation(from, to, 3);
        int all = 0, asGreat = 0;
        for (int mask = 0; mask < 1 << 12; mask++)
        {
            if (int.PopCount(mask) != 6)
                continue;
            int[] one = [.. pooled.Where((_, i) => (mask >> i & 1) == 1)], other = [.. pooled.Where((_, i) => (mask >> i & 1) == 0)];
            all++;
            asGreat += ClassShift.TotalVariation(one, other, 3) >= found - 1e-12 ? 1 : 0;
        }

        double exact = (double)asGreat / all;
        Assert.Equal(exact, ClassShift.BalanceTest(from, to, 3), 4 * Math.Sqrt(exact * (1 - exact) / 200));
        Assert.Equal(1 / 201.0, ClassShift.BalanceTest([.. Enumerable.Repeat(0, 40)], [.. Enumerable.Repeat(1, 40)], 2));
    }

    [Fact]
    public void Describe_LabelsThatDontFit_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Labels labels) = Blobs(5, [5, 5, 5]);
        Assert.Throws<ArgumentException>(() => DomainShift.Describe(x, x, labels.Take([0, 1])));
        Assert.Throws<ArgumentException>(() => DomainShift.Describe(x, x, labels, labels.Take([0, 1])));
    }

    /// <summary>Clouds around three corners, so many samples of each; the second may be moved, or all.</summary>
    private static (Tensor Samples, Labels Labels) Blobs(long seed, int[] counts, double away = 0, double moved = 0)
    {
        int[] labels = [.. counts.SelectMany(static (count, c) => Enumerable.Repeat(c, count))];
        Tensor centres = Tensor.From([.. labels.SelectMany(c => new[] { c == 0 ? 2.0 : 0, c == 1 ? 2 + moved : moved * (c == 1 ? 1 : 0), c == 2 ? 2.0 : 0, c == 1 ? moved : 0 })], labels.Length, 4);
        return (Loops.Sample(seed, labels.Length, 4, shift: away) + centres, new Labels(["ant", "bee", "cat"], labels));
    }
}
