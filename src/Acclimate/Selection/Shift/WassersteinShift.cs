using Acclimate.Discrepancies;
using Acclimate.Features.Transport;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>How far mass has to be moved from one sample to the other, beside what two samples of one distribution come to.</summary>
/// <param name="Sliced">The sliced distance, of all samples.</param>
/// <param name="Exact">The exact 1-Wasserstein distance of some samples.</param>
/// <param name="ExactByChance">The same of a random division of those; in many dimensions it is not much less.</param>
/// <param name="ExactUsed">How many samples of each domain the exact one was computed from.</param>
public sealed record WassersteinShift(SlicedWassersteinResult Sliced, double Exact, double ExactByChance, int ExactUsed)
{
    /// <summary>The simplex takes a tenth of a second for so many, and ten times that for three times as many.</summary>
    private const int Limit = 250;

    /// <summary>Measures both.</summary>
    /// <param name="source">[n, d], n ≥ 1, floating point, finite.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static WassersteinShift Of(Tensor source, Tensor target, CancellationToken cancellation = default)
    {
        SlicedWassersteinResult sliced = new SlicedWasserstein().Run(source, target);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        int used = (int)Math.Min(Limit, Math.Min(source.Size(0), target.Size(0)));
        Tensor x = Even(source), y = Even(target), pooled = Tensor.Concatenate([x, y]);
        using Generator generator = new(Generator.Derive(0, 4));
        Tensor order = Tensor.Permutation(2 * used, generator).To(source.Device);
        Tensor one = pooled.IndexSelect(0, order.Slice(0, 0, used)), other = pooled.IndexSelect(0, order.Slice(0, used, 2 * used));
        return new WassersteinShift(sliced, TransportDistance.Wasserstein(x, y, cancellation), TransportDistance.Wasserstein(one, other, cancellation), used);

        Tensor Even(Tensor rows) => rows.IndexSelect(0, Tensor.From([.. Enumerable.Range(0, used).Select(i => i * rows.Size(0) / used)]).To(rows.Device));
    }
}
