using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.Features.PseudoLabels;

/// <summary>The rounds of class-balanced self-training.</summary>
/// <param name="source">X_s: [n_s, d], float64.</param>
/// <param name="sourceLabels">The class of each.</param>
/// <param name="classes">C.</param>
/// <param name="target">X_t: [n_t, d].</param>
internal sealed class SelfTrainingRounds(Tensor source, int[] sourceLabels, int classes, Tensor target)
{
    /// <summary>What is known better than by the teacher: makes class probabilities of the target, [n_t, C], right. Leaves them unless set.</summary>
    public Func<Tensor, Tensor> Correct { get; init; } = static said => said;

    /// <summary>Runs them.</summary>
    /// <param name="rounds">R.</param>
    /// <param name="first">What the first teacher says of the target: [n_t, C]; it may know it from another space.</param>
    /// <param name="student">What learns in each round, and teaches in the next.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <returns>The last round's student, to be disposed.</returns>
    public FittedClassifier Run(int rounds, Tensor first, Classifier student, FitContext context)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor said = Correct(first);
        FittedClassifier? taught = null;
        try
        {
            for (int round = 1; round <= rounds; round++)
            {
                using TensorScope scope = TensorScope.Begin();
                double q = (double)round / (rounds + 1);
                (int[] rows, int[] labels) = Surest(said, q);
                Tensor samples = Tensor.Concatenate([source, target.IndexSelect(0, Tensor.From(Array.ConvertAll(rows, static row => (long)row)))]);
                double[] weights = [.. Enumerable.Repeat(1 - q, sourceLabels.Length), .. Enumerable.Repeat((double)sourceLabels.Length / rows.Length, rows.Length)];
                FittedClassifier next = student.Fit(samples, [.. sourceLabels, .. labels], classes, student.TakesWeights ? weights : null);
                taught?.Dispose();
                taught = next;
                if (round < rounds)
                    said = scope.Keep(Correct(taught.Probabilities(target)));
                context.Report(round, rounds);
            }
        }
        catch
        {
            taught?.Dispose();
            throw;
        }

        return taught!;
    }

    /// <summary>Of each predicted class the ⌈q n_c⌉ samples of which the teacher is surest; among equals, the first.</summary>
    private static (int[] Rows, int[] Labels) Surest(Tensor said, double q)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] labels = Array.ConvertAll(said.ArgMax(1).ToArray<long>(), static label => (int)label);
        double[] sure = said.Max(1).ToArray<double>();
        int[] rows = [.. Enumerable.Range(0, labels.Length)
            .GroupBy(row => labels[row])
            .SelectMany(members => members.OrderByDescending(row => sure[row]).Take((int)Math.Ceiling(q * members.Count())))
            .Order()];
        return (rows, Array.ConvertAll(rows, row => labels[row]));
    }
}
