using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>
/// Random views of a batch that keep each sample's class: what it means for predictions not to depend on them is the
/// heart of self-training. Batches of shape [samples, channels, height, width] count as pictures, all others as rows of
/// features. Shape and type stay. Draws come from the given generator alone, so a seed gives the same bits.
/// </summary>
/// <remarks>
/// Pictures are never mirrored: digits, letters and road signs have handedness. Nothing here knows the scale of the
/// values: whatever is added is measured by the batch's own deviations, and no pixel leaves the batch's range.
/// </remarks>
public static class Views
{
    /// <summary>
    /// Pictures: shifted by whole pixels, up to an eighth of each side, the border repeated. Rows: Gaussian noise of a
    /// tenth of each feature's deviation in the batch.
    /// </summary>
    /// <param name="batch">The samples, of floating point.</param>
    /// <param name="generator">The source of randomness.</param>
    /// <param name="strength">What all extents are multiplied by, 0 (nothing changes) or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strength is negative or no number.</exception>
    public static Tensor Weak(Tensor batch, Generator generator, double strength = 1)
    {
        Check(batch, generator, strength);
        return strength == 0 ? batch.Clone() : Of(batch, () => batch.Rank == 4 ? PictureViews.Shifted(batch, generator, strength) : RowViews.Noisy(batch, generator, 0.1 * strength));
    }

    /// <summary>
    /// Pictures: rotated by up to 15°, scaled and sheared by up to 15 %, shifted by up to an eighth, in another contrast
    /// and brightness, with noise, and a square of up to half the shorter side cut out. Rows: Gaussian noise of half of each
    /// feature's deviation in the batch, and one feature in five put at its mean.
    /// </summary>
    /// <inheritdoc cref="Weak"/>
    public static Tensor Strong(Tensor batch, Generator generator, double strength = 1)
    {
        Check(batch, generator, strength);
        return strength == 0 ? batch.Clone() : Of(batch, () => batch.Rank == 4
            ? PictureViews.Distorted(batch, generator, strength)
            : RowViews.Dropped(RowViews.Noisy(batch, generator, 0.5 * strength), batch, generator, Math.Min(1, 0.2 * strength)));
    }

    private static Tensor Of(Tensor batch, Func<Tensor> view)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        return scope.Keep(view());
    }

    private static void Check(Tensor batch, Generator generator, double strength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(generator);
        if (!(strength >= 0 && double.IsFinite(strength)))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "expected 0 or more");
    }
}
