using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>Random views of pictures, a batch at a time: every draw is a vector with one number a picture.</summary>
internal static class PictureViews
{
    private const double ShiftedPart = 0.125;
    private const double Rotation = Math.PI / 12;
    private const double Scaling = 0.15;
    private const double Shearing = 0.15;
    private const double Contrast = 0.4;
    private const double Brightness = 0.4;
    private const double Noise = 0.2;
    private const double CutPart = 0.5;

    /// <summary>Every picture moved by whole pixels, drawn evenly from −side/8 to side/8 for each side; the border is repeated.</summary>
    public static Tensor Shifted(Tensor batch, Generator generator, double strength) =>
        Moved(Moved(batch, 2, generator, strength), 3, generator, strength);

    /// <summary>Another position, size, angle, contrast and brightness, noise, and a square cut out.</summary>
    public static Tensor Distorted(Tensor batch, Generator generator, double strength)
    {
        Tensor mean = batch.Mean([1, 2, 3], keep: true);
        Tensor deviation = (batch - mean).Square().Mean([1, 2, 3], keep: true).Sqrt();
        Tensor view = Functional.GridSample(batch, Functional.AffineGrid(Maps(batch, generator, strength), (int)batch.Size(2), (int)batch.Size(3)), GridBorder.Repeated);
        view = mean + ((view - mean) * (1 + Each(batch, generator, Contrast * strength))) + (Each(batch, generator, Brightness * strength) * deviation);
        view += Tensor.Normal(batch.Shape, generator, batch.Type) * (Each(batch, generator, Noise * strength).Abs() * deviation);
        view = view.Maximum(batch.Min()).Minimum(batch.Max());
        return CutOut(batch, generator, Math.Min(1, CutPart * strength)).Where(mean, view);
    }

    private static Tensor Moved(Tensor batch, int dimension, Generator generator, double strength)
    {
        long side = batch.Size(dimension);
        double most = Math.Round(ShiftedPart * strength * side);
        long[] alongSide = [1, 1, 1, 1];
        alongSide[dimension] = side;
        Tensor shift = Tensor.Uniform([batch.Size(0), 1, 1, 1], generator, -most - 0.5, most + 0.5, ScalarType.Float64).Round().Clamp(-most, most);
        Tensor from = (Tensor.Arange(side, ScalarType.Float64).Reshape(alongSide) - shift).Clamp(0, side - 1).To(ScalarType.Int64);
        long[] whole = batch.Shape;
        return batch.Gather(dimension, from.Expand(whole));
    }

    /// <summary>
    /// For each picture the map from a place in the view to the place it shows, both from −1 to 1: the inverse of a
    /// rotation, a shear and a scaling about the middle, and a shift. Pixels are square, also where pictures aren't.
    /// </summary>
    private static Tensor Maps(Tensor batch, Generator generator, double strength)
    {
        double tall = (double)batch.Size(2) / batch.Size(3);
        Tensor angle = One(batch, generator, Rotation * strength), shear = One(batch, generator, Shearing * strength);
        Tensor scale = One(batch, generator, Scaling * strength).Exp();
        Tensor sine = angle.Sin() * scale, cosine = angle.Cos() * scale;

        // A shift by an eighth of a side is a quarter of the way from −1 to 1.
        Tensor right = One(batch, generator, 2 * ShiftedPart * strength), down = One(batch, generator, 2 * ShiftedPart * strength);
        Tensor across = Tensor.Stack([cosine, ((cosine * shear) - sine) * tall, right], 1);
        Tensor along = Tensor.Stack([sine / tall, (sine * shear) + cosine, down], 1);
        return Tensor.Stack([across, along], 1);
    }

    /// <summary>Whether a pixel lies in its picture's square, whose middle is anywhere and whose side is up to a part of the picture's shorter one.</summary>
    private static Tensor CutOut(Tensor batch, Generator generator, double part)
    {
        long height = batch.Size(2), width = batch.Size(3);
        Tensor half = (One(batch, generator, 1).Abs() * (part * Math.Min(height, width) / 2)).Reshape(-1, 1, 1, 1);
        Tensor row = (Places(batch, height).Reshape(1, 1, -1, 1) - Middle(height)).Abs();
        Tensor column = (Places(batch, width).Reshape(1, 1, 1, -1) - Middle(width)).Abs();
        return (row.Maximum(column) - half).LessThan(0);

        Tensor Middle(long side) => Tensor.Uniform([batch.Size(0), 1, 1, 1], generator, 0, side, batch.Type);
    }

    private static Tensor Places(Tensor batch, long side) => Tensor.Arange(side, batch.Type) + 0.5;

    /// <summary>A number from −most to most for each picture.</summary>
    private static Tensor One(Tensor batch, Generator generator, double most) => Tensor.Uniform([batch.Size(0)], generator, -1, 1, batch.Type) * most;

    private static Tensor Each(Tensor batch, Generator generator, double most) => One(batch, generator, most).Reshape(-1, 1, 1, 1);
}
