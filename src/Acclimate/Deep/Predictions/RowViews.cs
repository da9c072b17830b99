using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>Random views of rows of features.</summary>
internal static class RowViews
{
    /// <summary>Adds Gaussian noise of a share of each feature's deviation in the batch; of a batch of one, which has none, nothing.</summary>
    public static Tensor Noisy(Tensor batch, Generator generator, double share) =>
        batch + (Tensor.Normal(batch.Shape, generator, batch.Type) * (batch.StandardDeviation(0, unbiased: false, keep: true) * share));

    /// <summary>Puts each value at its feature's mean in the batch with a probability.</summary>
    public static Tensor Dropped(Tensor view, Tensor batch, Generator generator, double probability) =>
        batch.BernoulliLike(probability, generator).GreaterThan(0.5).Where(batch.Mean(0, keep: true), view);
}
