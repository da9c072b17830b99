namespace Acclimate.Torch;

/// <summary>Texts from a file as they may stand in a message: short, on one line, without what a terminal would obey.</summary>
internal static class Shown
{
    private const int Longest = 200;

    public static string Text(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan(0, Math.Min(text.Length, Longest));
        string cut = text.Length > Longest ? "…" : string.Empty;
        return start.ContainsAnyInRange('\0', '\x1F') || start.ContainsAnyInRange('\x7F', '\x9F') || start.ContainsAnyInRange('\u2028', '\u202E')
            ? string.Concat(start.ToString().Select(static letter => char.IsControl(letter) || letter is >= '\u2028' and <= '\u202E' ? '?' : letter)) + cut
            : start.ToString() + cut;
    }
}
