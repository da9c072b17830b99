using Acclimate.Generated;

namespace Acclimate.Data.Readers;

/// <summary>Reads one file format.</summary>
internal interface IDomainReader
{
    /// <summary>The format's name, as in <c>format=…</c>.</summary>
    string Format { get; }

    /// <summary>What the format is called in a message.</summary>
    string Description { get; }

    /// <summary>The keys that a source string may have for it.</summary>
    IReadOnlyList<string> Options { get; }

    /// <summary>Whether a path, which is there, looks like this format by its name.</summary>
    bool Recognises(string path);

    /// <summary>Reads the domain.</summary>
    Domain Read(SourceString source, DomainOptions options);
}

/// <summary>Picks the reader for a source string.</summary>
internal static class DomainReaders
{
    private static readonly IDomainReader[] All =
    [
        new IdxReader(), new MatReader(), new NpyReader(), new NpzReader(), new LibsvmReader(),
        new DelimitedReader(), new JsonLinesReader(), new ImageSheetReader(), new DocumentReader(), new ImageFolderReader(),
    ];

    public static Domain Open(string text, DomainOptions options)
    {
        SourceString source = SourceString.Parse(text);
        if (text.StartsWith(GeneratedDomains.Scheme, StringComparison.Ordinal))
            return SampleChoice.From(GeneratedDomains.Open(source), source);
        if (!Path.Exists(source.Path))
            throw NotThere(source.Path);
        IDomainReader reader = source.Get("format") is { } format
            ? All.FirstOrDefault(known => known.Format == format)
                ?? throw new DataException($"'{text}': format={format} is not known: expected {string.Join(", ", All.Select(known => known.Format))}")
            : All.FirstOrDefault(known => known.Recognises(source.Path))
                ?? throw new DataException($"{source.Path}: not a known kind of file by its name; expected {string.Join(", ", All.Select(known => known.Description))}, or say format=…");
        return Open(source, options, reader);
    }

    public static Domain Open(SourceString source, DomainOptions options, IDomainReader reader)
    {
        if (!Path.Exists(source.Path))
            throw NotThere(source.Path);
        source.RequireKnown(reader.Description, [.. reader.Options, "format", .. SampleChoice.Options]);
        try
        {
            return SampleChoice.From(reader.Read(source, options), source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{source.Path}: can't be read: {e.Message}", e);
        }
        catch (OutOfMemoryException e)
        {
            throw new DataException($"{source.Path}: its data don't fit in memory", e);
        }
    }

    private static DataException NotThere(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string? folder = Path.GetDirectoryName(full);
        string? near = Directory.Exists(folder)
            ? NearestName.Of(Path.GetFileName(full), Directory.EnumerateFileSystemEntries(folder).Take(10_000).Select(entry => Path.GetFileName(entry)))
            : null;
        string hint = near is not null ? $"; did you mean {Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, near)}?"
            : folder is not null && !Directory.Exists(folder) ? $": there is no folder {Path.GetDirectoryName(path)}"
            : string.Empty;
        return new DataException($"{path}: no such file or folder{hint}");
    }
}
