using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// One nearest neighbour, with probabilities that tell a clear case from a close one: softmax over the classes of −d_c²/τ, d_c
/// the distance to class c's nearest sample and τ the mean squared distance of a training sample to its nearest other. Its answers
/// are those of 1-NN.
/// </summary>
public sealed class NearestOfClass : Classifier
{
    private const int Rows = 1024;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes)
    {
        long[] order = [.. Enumerable.Range(0, labels.Length).OrderBy(i => labels[i]).Select(static i => (long)i)];
        return new FittedNearestOfClass(
            samples.IndexSelect(0, Tensor.From(order)),
            [.. Enumerable.Range(0, classes).Select(c => labels.Count(label => label == c))],
            Scale(samples));
    }

    /// <summary>τ; 1 where all samples are the same.</summary>
    private static double Scale(Tensor samples)
    {
        long n = samples.Size(0);
        double sum = 0;
        for (long start = 0; start < n; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            long end = Math.Min(start + Rows, n);
            Tensor squared = PairwiseDistances.Squared(samples.Slice(0, start, end), samples);
            Acclimate.Torch.Native.Operator.Get("aten::fill_diagonal_").Run(squared.Slice(1, start, end), double.PositiveInfinity, false);
            sum += squared.Min(1).Sum().ToDouble();
        }

        double spread = samples.Variance(0, unbiased: false).Sum().ToDouble();
        double mean = sum / n;

        // Where every sample has a twin, the distances between samples at large are what there is to go by.
        return mean > spread * 1e-12 ? mean : spread > 0 ? 2 * spread : 1;
    }
}

/// <summary>The samples that each class's nearest is looked for among.</summary>
/// <param name="Samples">[n, d], one class after the other.</param>
/// <param name="Counts">How many samples each class has.</param>
/// <param name="Scale">τ, the squared distance that makes a difference.</param>
public sealed record FittedNearestOfClass(Tensor Samples, IReadOnlyList<int> Counts, double Scale) : FittedClassifier
{
    private const int Rows = 1024;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Samples];

    /// <summary>−d_c²/τ; −∞ for a class without samples.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Scores(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope all = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor squared = PairwiseDistances.Squared(samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0))), Samples);
            List<Tensor> columns = [];
            long from = 0;
            foreach (int count in Counts)
            {
                columns.Add(count == 0
                    ? Tensor.Full([squared.Size(0), 1], double.PositiveInfinity, ScalarType.Float64)
                    : squared.Slice(1, from, from + count).Min(1, keep: true));
                from += count;
            }

            parts.Add(scope.Keep(Tensor.Concatenate([.. columns], 1) / -Scale));
        }

        return all.Keep(parts.Count == 1 ? parts[0] : Tensor.Concatenate([.. parts]));
    }
}
