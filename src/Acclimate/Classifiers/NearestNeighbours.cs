using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Classifiers;

/// <summary>k nearest neighbours by Euclidean distance: the class that most of them have; among equals, that of the nearest.</summary>
public sealed class NearestNeighbours : Classifier
{
    /// <summary>k, 1 or more. Default 1.</summary>
    [Option("k", "how many neighbours are asked, 1 or more", Search = "1..15 log", Source = "1 in the papers' tables of shallow methods")]
    public int Neighbours { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Neighbours < 1)
            throw new ArgumentException($"nearest neighbours: k is {Neighbours}; expected 1 or more");
    }

    /// <summary>One neighbour alone is always sure: <see cref="NearestOfClass"/> says how near the other classes are. More neighbours vote.</summary>
    public override Classifier Graded => Neighbours == 1 ? new NearestOfClass() : this;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes) =>
        new FittedNearestNeighbours(samples, labels, classes, Neighbours);
}

/// <summary>The samples that nearest neighbours are looked for among.</summary>
/// <param name="Samples">[n, d].</param>
/// <param name="Labels">The class of each.</param>
/// <param name="Classes">C.</param>
/// <param name="Neighbours">k; all samples where there are fewer.</param>
public sealed record FittedNearestNeighbours(Tensor Samples, IReadOnlyList<int> Labels, int Classes, int Neighbours) : FittedClassifier
{
    private const int Rows = 2048;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Samples];

    /// <summary>The share of the k neighbours that has each class; nearer ones count a trifle more, which decides ties.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Scores(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int k = (int)Math.Min(Neighbours, Samples.Size(0));
        double[] scores = new double[samples.Size(0) * Classes];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor some = samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0)));
            long[] nearest = Operator.Get("aten::topk").CallMany(PairwiseDistances.Squared(some, Samples), (long)k, 1L, false, true)[1].ToArray<long>();
            for (int i = 0; i < nearest.Length; i++)
                scores[((start + (i / k)) * Classes) + Labels[(int)nearest[i]]] += (1 - (1e-9 * (i % k))) / k;
        }

        return Tensor.From(scores, samples.Size(0), Classes);
    }

    /// <inheritdoc/>
    public override Tensor Probabilities(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor scores = Scores(samples);
        return scope.Keep(scores / scores.Sum(1, keep: true));
    }
}
