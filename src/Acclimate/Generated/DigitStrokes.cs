using System.Numerics;

namespace Acclimate.Generated;

/// <summary>
/// Two domains of drawn digits that need no download: the same ten classes, drawn plainly and drawn "in the wild". They
/// are made to differ as real domains do: a classifier that learns one loses about half its accuracy on the other.
/// An image depends only on the seed, its domain and its position, so the same seed gives the same bytes.
/// </summary>
public static class DigitStrokes
{
    private const int Side = DigitImages.Side;
    private const int Area = Side * Side;

    private delegate void Artist(int digit, Span<byte> image, ref RandomStream random);

    /// <summary>Plain digits: one even grey stroke on an even ground, drawn as a schoolbook shows them.</summary>
    /// <param name="count">How many; the ten classes differ in size by one at most. At least 1.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static DigitImages Clean(int count, long seed) => Draw(count, seed, domain: 1, DrawClean);

    /// <summary>
    /// Digits in the wild: coloured strokes, light on dark or dark on light, on coloured and textured grounds, drawn in other
    /// ways, slanted, out of focus and noisy.
    /// </summary>
    /// <param name="count">How many; the ten classes differ in size by one at most. At least 1.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static DigitImages InTheWild(int count, long seed) => Draw(count, seed, domain: 2, DrawInTheWild);

    private static DigitImages Draw(int count, long seed, long domain, Artist artist)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
            labels[i] = i % 10;
        new RandomStream(seed, domain).Shuffle(labels);

        byte[] pixels = new byte[count * DigitImages.Channels * Area];
        Parallel.For(0, count, i =>
        {
            RandomStream random = new(seed, domain, i);
            artist(labels[i], pixels.AsSpan(i * DigitImages.Channels * Area, DigitImages.Channels * Area), ref random);
        });
        return new(pixels, labels);
    }

    private static void DrawClean(int digit, Span<byte> image, ref RandomStream random)
    {
        Span<float> ink = stackalloc float[Area];
        Stroke[][] ways = DigitShapes.Plain[digit];
        Pen pen = Pen.Of(
            height: random.Uniform(18, 21),
            aspect: random.Uniform(0.85f, 1.1f),
            angle: 0.08f * random.Normal(),
            slant: 0.08f * random.Normal(),
            middle: new Vector2(14 + random.Uniform(-1.5f, 1.5f), 14 + random.Uniform(-1.5f, 1.5f)),
            unsteady: 0.25f,
            width: random.Uniform(1.8f, 2.8f));
        pen.Draw(ways[random.Index(ways.Length)], ink, Side, ref random);

        float ground = random.Uniform(0, 0.1f), stroke = random.Uniform(0.85f, 1);
        for (int channel = 0; channel < DigitImages.Channels; channel++)
        {
            for (int i = 0; i < Area; i++)
                image[(channel * Area) + i] = ToByte(float.Lerp(ground, stroke, ink[i]));
        }
    }

    private static void DrawInTheWild(int digit, Span<byte> image, ref RandomStream random)
    {
        Span<float> ink = stackalloc float[Area], texture = stackalloc float[Area], picture = stackalloc float[Area];
        Stroke[][] ways = random.Chance(0.4f) ? DigitShapes.Plain[digit] : DigitShapes.Casual[digit];
        Pen pen = Pen.Of(
            height: random.Uniform(15, 21),
            aspect: random.Uniform(0.8f, 1.2f),
            angle: 0.12f * random.Normal(),
            slant: random.Uniform(-0.1f, 0.4f),
            middle: new Vector2(14 + random.Uniform(-2, 2), 14 + random.Uniform(-2, 2)),
            unsteady: 0.35f,
            width: random.Uniform(1.6f, 4));
        pen.Draw(ways[random.Index(ways.Length)], ink, Side, ref random);

        if (random.Chance(0.5f))
            Backdrop.Noise(texture, Side, cell: random.Uniform(3, 9), ref random);
        else
            Backdrop.Grating(texture, Side, wavelength: random.Uniform(5, 14), ref random);

        (Vector3 ground, Vector3 stroke) = Colours(ref random);
        Vector3 strength = new(random.Uniform(0.02f, 0.16f), random.Uniform(0.02f, 0.16f), random.Uniform(0.02f, 0.16f));
        float blur = random.Uniform(0.3f, 1), grain = random.Uniform(0, 0.05f);
        for (int channel = 0; channel < DigitImages.Channels; channel++)
        {
            for (int i = 0; i < Area; i++)
                picture[i] = float.Lerp(ground[channel] + (strength[channel] * texture[i]), stroke[channel], ink[i]);
            Backdrop.Blur(picture, Side, blur);
            for (int i = 0; i < Area; i++)
                image[(channel * Area) + i] = ToByte(picture[i] + (grain * random.Normal()));
        }
    }

    /// <summary>A ground and a stroke of any hue, far enough apart in lightness to be read; either may be the lighter.</summary>
    private static (Vector3 Ground, Vector3 Stroke) Colours(ref RandomStream random)
    {
        float dark = random.Uniform(0.1f, 0.35f), light = dark + random.Uniform(0.35f, 0.6f);
        (float ground, float stroke) = random.Chance(0.9f) ? (dark, light) : (light, dark);
        return (Hue(ground, ref random), Hue(stroke, ref random));

        static Vector3 Hue(float lightness, ref RandomStream random)
        {
            Vector3 tint = new(random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-1, 1));
            // What is left after its mean is taken out changes the hue and not the lightness.
            return new Vector3(lightness) + (0.25f * (tint - new Vector3((tint.X + tint.Y + tint.Z) / 3)));
        }
    }

    private static byte ToByte(float value) => (byte)Math.Clamp(MathF.Round(255 * value), 0, 255);
}
