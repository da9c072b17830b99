using System.Globalization;
using System.Numerics;

namespace Acclimate.Generated;

/// <summary>A stroke of a digit: its points, and whether the pen curves through them or goes straight.</summary>
internal sealed record Stroke(bool Curved, Vector2[] Points);

/// <summary>
/// How the digits are drawn: several ways each, on a box 10 wide and 14 high whose y runs downwards. In the text of a
/// way, <c>~</c> starts a stroke that curves through its points and <c>-</c> one of straight lines.
/// </summary>
internal static class DigitShapes
{
    /// <summary>The middle of the box.</summary>
    public static readonly Vector2 Centre = new(5, 7);

    /// <summary>The height of the box.</summary>
    public const float Height = 14;

    /// <summary>The plain ways, as a schoolbook shows them: <c>Plain[digit][way]</c>.</summary>
    public static readonly Stroke[][][] Plain = Parse(
    [
        ["~ 5,0 1.8,2.2 .6,7 1.8,11.8 5,14 8.2,11.8 9.4,7 8.2,2.2 5,0", "~ 5,0 2.6,2 1.8,7 2.6,12 5,14 7.4,12 8.2,7 7.4,2 5,0"],
        ["- 5,0 5,14", "- 2.6,2.8 5.4,0 5.4,14"],
        ["~ 1,3.6 2.4,.9 5,0 7.9,1.2 8.7,4 7,7.4 3.8,10.8 1,14 - 1,14 9.4,14"],
        ["~ 1.2,2.2 4.4,0 8.2,1.4 8.2,5 4,6.7 ~ 4,6.7 8.5,8 9,11.4 5.4,14 .9,12"],
        ["- 7,14 7,0 .6,9.6 9.6,9.6", "- 2.8,0 1.2,8.2 9.4,8.2 - 7.2,3 7.2,14"],
        ["- 8.6,0 2.4,0 1.7,6.2 ~ 1.7,6.2 5.2,5.2 8.8,7.4 8.7,11.4 5.2,14 1,12.4"],
        ["~ 7.6,.2 3.8,2.8 1.4,7.6 1.6,12 5,14 8.6,12.2 8.8,8.8 5.6,7 2.2,8.4 1.3,10.4"],
        ["- 1,0 9.2,0 4,14"],
        ["~ 5,6.6 2,5.2 2,1.6 5,0 8,1.6 8,5.2 5,6.6 1.5,8.6 1.3,12.2 5,14 8.7,12.2 8.5,8.6 5,6.6"],
        ["~ 8.6,4 6.8,7 3,7 1.2,4 2.6,.8 6,0 8.6,2.2 8.6,4 - 8.6,4 8.2,14", "~ 8.6,3.8 6.8,7 3,7 1.2,4 2.6,.8 6,0 8.6,2 8.8,6 8,10.6 5.4,14"],
    ]);

    /// <summary>Other ways that people draw them: <c>Casual[digit][way]</c>.</summary>
    public static readonly Stroke[][][] Casual = Parse(
    [
        ["~ 6.4,.4 2.6,1.8 .6,6.6 2,12.4 5.6,14 9,10.6 9.4,5 7.4,1 4,.8", "- 2.4,0 7.6,0 9.4,3 9.4,11 7.6,14 2.4,14 .6,11 .6,3 2.4,0"],
        ["- 1.8,4 5.4,0 5.4,14 - 1.8,14 9,14", "- 3,1.2 5.2,0 5.2,14 - 3,14 7.4,14"],
        ["~ 1.4,3 4.4,0 8.4,2 7.6,6.4 3.6,11.4 1.4,13.4 1,11.8 3,11.2 6,13.6 9.4,13", "- 1.2,.6 8.6,.6 8.6,5 1.2,14 9.2,14"],
        ["- 1.4,0 8.6,0 4.4,5.4 ~ 4.4,5.4 8.4,7 8.8,11 5.2,14 1,12.4", "- 1.2,0 8.8,0 8.8,14 1.2,14 - 3.4,6.8 8.8,6.8"],
        ["~ 2.4,0 1.6,4.6 2,8 5.6,8.4 9,7.4 - 8.4,0 7.4,14", "- 5.6,0 .8,8 9.4,8 - 6.6,4.6 5.6,14"],
        ["~ 9,.4 5.4,.2 2.6,1 2,4 2.6,6 6.2,6.2 8.8,9 7.4,13 3.6,14 .8,13", "- 9,0 1.4,0 1.4,6.6 8.6,6.6 8.6,14 1,14"],
        ["- 6.8,0 1.6,8.6 ~ 1.6,8.6 1.2,11.6 4.6,14 8.4,12.6 8.6,9.4 5.4,7.6 1.6,8.8", "~ 8.6,1.4 5.4,0 2,2.6 1,8 1.8,12.8 5,14 8.2,12.4 8.2,8.6 4.8,7.4 1.4,9.4"],
        ["- .8,1.8 1.2,0 9.2,0 5.2,7 4.2,14 - 2.6,7 8.2,7", "~ .8,1 3.6,.4 6.4,1 9.2,0 7.2,4 5,9 4.4,14"],
        ["~ 8.4,1.8 5,0 1.8,1.8 3,5.2 7,8 8.6,11.4 5,14 1.4,11.4 3,8 7,5.4 8.4,1.8", "~ 5,0 2.6,1 2.6,4.6 5,5.8 7.4,4.6 7.4,1 5,0 ~ 5,5.8 .8,8 .8,12 5,14 9.2,12 9.2,8 5,5.8"],
        ["~ 8.2,5 5,6.8 1.8,5 1.8,1.8 5,0 8.2,1.8 8.4,6 7.6,11 5,13.6 1.6,12.8", "- 8.4,7 1.6,7 1.6,0 8.4,0 8.4,14 2.4,14"],
    ]);

    private static Stroke[][][] Parse(string[][] ways) =>
        [.. ways.Select(digit => digit.Select(way => ParseWay(way)).ToArray())];

    private static Stroke[] ParseWay(string text)
    {
        List<(bool Curved, List<Vector2> Points)> strokes = [];
        foreach (string word in text.Split(' '))
        {
            if (word is "~" or "-")
            {
                strokes.Add((word == "~", []));
                continue;
            }

            string[] xy = word.Split(',');
            strokes[^1].Points.Add(new(float.Parse(xy[0], CultureInfo.InvariantCulture), float.Parse(xy[1], CultureInfo.InvariantCulture)));
        }

        return [.. strokes.Select(s => new Stroke(s.Curved, [.. s.Points]))];
    }
}
