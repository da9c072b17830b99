using System.Numerics;

namespace Acclimate.Generated;

/// <summary>How a digit is laid on the paper: a linear map about the middle of its box, where that middle goes, how unsteady and how thick the line is.</summary>
/// <param name="Shape">Turn, slant and size: box units to pixels.</param>
/// <param name="Middle">Where the middle of the box falls, in pixels.</param>
/// <param name="Unsteady">Deviation of each point of a stroke, in box units.</param>
/// <param name="Width">Width of the line, in pixels.</param>
internal readonly record struct Pen(Matrix3x2 Shape, Vector2 Middle, float Unsteady, float Width)
{
    private const int StepsPerCurve = 5;

    /// <summary>A pen that turns by an angle, slants, and scales to a height and relative width.</summary>
    public static Pen Of(float height, float aspect, float angle, float slant, Vector2 middle, float unsteady, float width)
    {
        float unit = height / DigitShapes.Height;
        Matrix3x2 shape = Matrix3x2.CreateScale(unit * aspect, unit) * new Matrix3x2(1, 0, -slant, 1, 0, 0) * Matrix3x2.CreateRotation(angle);
        return new(shape, middle, unsteady, width);
    }

    /// <summary>Draws strokes: how much of each pixel the ink covers, 0 to 1, row by row.</summary>
    public void Draw(Stroke[] strokes, Span<float> ink, int side, ref RandomStream random)
    {
        ink.Clear();
        Span<Vector2> room = stackalloc Vector2[strokes.Max(stroke => stroke.Points.Length)];
        foreach (Stroke stroke in strokes)
        {
            Span<Vector2> points = room[..stroke.Points.Length];
            for (int i = 0; i < points.Length; i++)
            {
                Vector2 wobble = Unsteady * new Vector2(random.Normal(), random.Normal());
                points[i] = Middle + Vector2.Transform(stroke.Points[i] + wobble - DigitShapes.Centre, Shape);
            }

            for (int i = 0; i + 1 < points.Length; i++)
            {
                if (!stroke.Curved)
                {
                    Line(points[i], points[i + 1], ink, side);
                    continue;
                }

                Vector2 before = points[Math.Max(i - 1, 0)], after = points[Math.Min(i + 2, points.Length - 1)];
                Vector2 from = points[i];
                for (int step = 1; step <= StepsPerCurve; step++)
                {
                    Vector2 to = CatmullRom(before, points[i], points[i + 1], after, step / (float)StepsPerCurve);
                    Line(from, to, ink, side);
                    from = to;
                }
            }
        }
    }

    /// <summary>The curve through b and c at t that leaves b along c − a and reaches c along d − b.</summary>
    private static Vector2 CatmullRom(Vector2 a, Vector2 b, Vector2 c, Vector2 d, float t) =>
        0.5f * ((2 * b) + ((c - a) * t) + (((2 * a) - (5 * b) + (4 * c) - d) * t * t) + (((3 * b) - a - (3 * c) + d) * t * t * t));

    /// <summary>Inks the pixels near a line; the edge fades over one pixel.</summary>
    private void Line(Vector2 from, Vector2 to, Span<float> ink, int side)
    {
        float reach = (Width / 2) + 0.5f;
        int left = Math.Max(0, (int)(MathF.Min(from.X, to.X) - reach)), right = Math.Min(side - 1, (int)(MathF.Max(from.X, to.X) + reach));
        int top = Math.Max(0, (int)(MathF.Min(from.Y, to.Y) - reach)), bottom = Math.Min(side - 1, (int)(MathF.Max(from.Y, to.Y) + reach));
        Vector2 along = to - from;
        float length2 = MathF.Max(along.LengthSquared(), 1e-6f);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                Vector2 pixel = new Vector2(x + 0.5f, y + 0.5f) - from;
                float nearest = Math.Clamp(Vector2.Dot(pixel, along) / length2, 0, 1);
                float cover = Math.Clamp(reach - (pixel - (nearest * along)).Length(), 0, 1);
                ref float at = ref ink[(y * side) + x];
                at = MathF.Max(at, cover);
            }
        }
    }
}
