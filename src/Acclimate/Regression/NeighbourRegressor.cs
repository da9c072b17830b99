using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Regression;

/// <summary>The weighted mean of the k nearest samples' numbers, by Euclidean distance.</summary>
public sealed class NeighbourRegressor : Regressor
{
    /// <summary>k, 1 or more. Default 5.</summary>
    [Option("k", "how many neighbours are asked, 1 or more", Search = "1..50 log")]
    public int Neighbours { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Neighbours < 1)
            throw new ArgumentException($"nearest neighbours: k is {Neighbours}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedRegressor Learn(Tensor samples, double[] values, double[] weights) => new FittedNeighbourRegressor(samples, values, weights, Neighbours);
}

/// <summary>The samples that nearest neighbours are looked for among.</summary>
/// <param name="Samples">[n, d].</param>
/// <param name="Values">The number of each.</param>
/// <param name="Weights">What each counts in the mean, above 0.</param>
/// <param name="Neighbours">k; all samples where there are fewer.</param>
public sealed record FittedNeighbourRegressor(Tensor Samples, IReadOnlyList<double> Values, IReadOnlyList<double> Weights, int Neighbours) : FittedRegressor
{
    private const long Rows = 2048;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Samples];

    /// <inheritdoc/>
    public override double[] Predict(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int k = (int)Math.Min(Neighbours, Samples.Size(0));
        double[] found = new double[samples.Size(0)];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor some = samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0)));
            long[] nearest = Operator.Get("aten::topk").CallMany(PairwiseDistances.Squared(some, Samples), (long)k, 1L, false, true)[1].ToArray<long>();
            for (int i = 0; i < nearest.Length / k; i++)
            {
                int[] near = [.. nearest.AsSpan(i * k, k).ToArray().Select(static at => (int)at)];
                found[start + i] = near.Sum(at => Weights[at] * Values[at]) / near.Sum(at => Weights[at]);
            }
        }

        return found;
    }
}
