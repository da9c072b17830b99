using System.Globalization;

namespace Acclimate.Data.Readers;

/// <summary>What a source string says: a path, and options after a question mark.</summary>
internal sealed class SourceString
{
    private readonly Dictionary<string, string> options;

    private SourceString(string text, string path, Dictionary<string, string> options)
    {
        Text = text;
        Path = path;
        this.options = options;
    }

    /// <summary>The whole string, as it was given.</summary>
    public string Text { get; }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The file's or folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>The keys that were given.</summary>
    public IEnumerable<string> Keys => options.Keys;

    /// <summary>A path that has no options, whatever characters it holds.</summary>
    public static SourceString OfPath(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceString(path, path, []);
    }

    /// <summary>Reads <c>path?key=value&amp;key=value</c>. A path that is there is a path, even with a question mark in it.</summary>
    public static SourceString Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        int mark = text.LastIndexOf('?');
        if (mark < 0 || System.IO.Path.Exists(text))
            return OfPath(text);
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (string pair in text[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == pair.Length - 1)
                throw new DataException($"'{text}': option '{pair}' is not of the form key=value");
            if (!options.TryAdd(pair[..equals], Uri.UnescapeDataString(pair[(equals + 1)..])))
                throw new DataException($"'{text}': option '{pair[..equals]}' is given twice");
        }

        return new SourceString(text, text[..mark], options);
    }

    /// <summary>An option's value; null where it was not given.</summary>
    public string? Get(string key) => options.GetValueOrDefault(key);

    /// <summary>An option that takes one of a few words; null where it was not given.</summary>
    public string? GetWord(string key, params ReadOnlySpan<string> words)
    {
        string? value = Get(key);
        return value is null || words.Contains(value)
            ? value
            : throw new DataException($"'{Text}': {key}={value} is not known: expected {string.Join(" or ", words.ToArray())}");
    }

    /// <summary>An option that takes a whole number above 0; null where it was not given.</summary>
    public int? GetCount(string key)
    {
        if (Get(key) is not { } value)
            return null;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new DataException($"'{Text}': {key}={value} is no whole number above 0");
    }

    /// <summary>Refuses keys that the reader doesn't know.</summary>
    public void RequireKnown(string format, IReadOnlyList<string> known)
    {
        foreach (string key in Keys)
        {
            if (!known.Contains(key))
            {
                throw new DataException(
                    $"'{Text}': unknown option '{key}'; {format} takes {(known.Count == 0 ? "none" : string.Join(", ", known))}"
                    + (NearestName.Of(key, known) is { } meant ? $" (did you mean '{meant}'?)" : string.Empty));
            }
        }
    }
}
