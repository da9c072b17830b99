using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Catalog;

/// <summary>
/// The values of an option that a search tries: numbers between two ends, or a list. Written <c>0..1</c> (any part of it as likely as another of
/// its length), <c>0.01..100 log</c> (any factor as likely as another of its size) or <c>a|b|c</c>. Values are text, as options are set by name.
/// </summary>
public sealed class SearchRange
{
    private const string LogMark = " log", Between = "..";

    /// <summary>What is tried is rounded to so many digits, so that it can be read and typed again.</summary>
    private const string Digits = "G4";

    private readonly string text;

    private SearchRange(string text) => this.text = text;

    /// <summary>The least number; none for a list.</summary>
    public double? Least { get; private init; }

    /// <summary>The greatest number; none for a list.</summary>
    public double? Most { get; private init; }

    /// <summary>Whether numbers are spread evenly on a logarithmic scale.</summary>
    public bool Log { get; private init; }

    /// <summary>Whether the numbers are whole.</summary>
    public bool Whole { get; private init; }

    /// <summary>The values of a list; empty for numbers.</summary>
    public IReadOnlyList<string> Values { get; private init; } = [];

    private double From => Scaled(Least!.Value);

    private double To => Scaled(Most!.Value);

    /// <summary>Reads a range.</summary>
    /// <param name="text">Two numbers with <c>..</c> between, and <c> log</c> behind for a logarithmic scale; or values with <c>|</c> between.</param>
    /// <param name="whole">Whether numbers are to be whole.</param>
    /// <exception cref="ArgumentException">
    /// The text is neither; an end is no finite number, or not whole where it must be; the ends are not in order; a logarithmic scale starts at 0 or
    /// below; or a list has fewer than two values, an empty one or one twice.
    /// </exception>
    public static SearchRange Parse(string text, bool whole = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('|', StringComparison.Ordinal))
            return OfList(text.Split('|', StringSplitOptions.TrimEntries));
        bool log = text.EndsWith(LogMark, StringComparison.Ordinal);
        string[] ends = (log ? text[..^LogMark.Length] : text).Split(Between);
        if (ends.Length != 2 || Number(ends[0]) is not { } least || Number(ends[1]) is not { } most)
            throw Refused(text, "expected two numbers such as 0..1 or 0.01..100 log, or values such as a|b");
        if (least >= most)
            throw Refused(text, "expected the lesser number first");
        if (log && least <= 0)
            throw Refused(text, "a logarithmic scale starts above 0");
        if (whole && !(double.IsInteger(least) && double.IsInteger(most)))
            throw Refused(text, "expected whole numbers");
        return new SearchRange(text) { Least = least, Most = most, Log = log, Whole = whole };
    }

    /// <summary>Whether a value is one that the range has: a number within its ends, or one of its list.</summary>
    /// <param name="value">The value as it would be written.</param>
    public bool Contains(string value) => Place(value) is not null;

    /// <summary>Where a value lies in the range: 0 at its first end, 1 at its last, on its scale; none where the range doesn't have it.</summary>
    /// <param name="value">The value as it would be written, such as an option's default.</param>
    public double? Place(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Values.Count > 0)
            return Values.ToList().FindIndex(listed => listed == value || (Number(listed) is { } one && one == Number(value))) is >= 0 and int i ? i / (Values.Count - 1.0) : null;
        return Number(value) is { } number && number >= Least && number <= Most && (!Whole || double.IsInteger(number)) ? (Scaled(number) - From) / (To - From) : null;
    }

    /// <summary>Values that lie evenly on the range's scale, both ends among them.</summary>
    /// <param name="points">How many, 1 or more; one is the middle. Fewer come back where the range has no more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are to be none.</exception>
    public IReadOnlyList<string> Grid(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        return [.. Enumerable.Range(0, points).Select(i => At(points == 1 ? 0.5 : i / (points - 1.0))).Distinct()];
    }

    /// <summary>A value by chance, each part of the scale as likely as another.</summary>
    /// <param name="generator">The source of chance: the same seed draws the same value.</param>
    public string Draw(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        using Tensor chance = Tensor.Uniform([1], generator, type: ScalarType.Float64);
        double place = chance.ToDouble();
        if (Values.Count > 0)
            return Values[(int)(place * Values.Count)];
        if (!Whole)
            return At(place);

        // A whole number stands for what is rounded to it, so that the ends are as likely as their neighbours.
        double low = Scaled(Least!.Value - 0.5), high = Scaled(Most!.Value + 0.5);
        return Written(Unscaled(low + (place * (high - low))));
    }

    /// <summary>The range as it is written.</summary>
    public override string ToString() => text;

    /// <summary>All values of a choice.</summary>
    internal static SearchRange OfList(IReadOnlyList<string> values)
    {
        string text = string.Join('|', values);
        if (values.Count < 2 || values.Contains(string.Empty) || values.Distinct().Count() < values.Count)
            throw Refused(text, "expected two values or more, none of them twice");
        return new SearchRange(text) { Values = values };
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static ArgumentException Refused(string text, string why) => new($"the search range '{text}' can't be read: {why}");

    private string At(double place) => Values.Count > 0
        ? Values[(int)Math.Round(place * (Values.Count - 1))]
        : place switch
        {
            <= 0 => Written(Least!.Value),
            >= 1 => Written(Most!.Value),
            _ => Written(Unscaled(From + (place * (To - From)))),
        };

    private string Written(double number)
    {
        double rounded = Whole ? Math.Round(number) : number == Least || number == Most ? number : Number(number.ToString(Digits, CultureInfo.InvariantCulture))!.Value;
        return Math.Clamp(rounded, Least!.Value, Most!.Value).ToString(CultureInfo.InvariantCulture);
    }

    private double Scaled(double number) => Log ? Math.Log(number) : number;

    private double Unscaled(double scaled) => Log ? Math.Exp(scaled) : scaled;
}
