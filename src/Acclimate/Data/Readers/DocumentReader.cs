using System.Text;

namespace Acclimate.Data.Readers;

/// <summary>
/// Texts: a folder with a folder of .txt files a class, a folder with a file a class and one text a line, a folder of .txt
/// files without labels, or one file with a text a line. UTF-8; HTML entities are decoded.
/// </summary>
internal sealed class DocumentReader : IDomainReader
{
    private const int FilesLookedAt = 16;
    private const int HeadLength = 4096;
    private const long MostBytes = 1L << 30;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public string Format => "text";

    public string Description => "texts (.txt, or a folder of them)";

    public IReadOnlyList<string> Options => ["documents", "labels", .. VocabularyOptions];

    /// <summary>The keys that say how texts become features.</summary>
    public static readonly string[] VocabularyOptions = ["words", "least", "pairs"];

    /// <summary>A .txt file, or a folder whose first files are text: neither pictures nor anything else with bytes that no text has.</summary>
    public bool Recognises(string path)
    {
        if (!Directory.Exists(path))
            return path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);
        string[] files = [.. Files(path).SelectMany(static group => group.Files).Take(FilesLookedAt)];
        return files.Length > 0 && files.All(static file => Path.GetExtension(file) is "" or ".txt" && LooksLikeText(file));
    }

    public Domain Read(SourceString source, DomainOptions options)
    {
        bool labelled = source.GetWord("labels", "none") is null;
        List<(string Text, string Place, string? Class)> texts = [];
        long bytes = 0;
        foreach ((string? folder, string[] files) in Directory.Exists(source.Path) ? Files(source.Path) : [(null, [source.Path])])
        {
            foreach (string file in files)
            {
                bytes += new FileInfo(file).Length;
                if (bytes > MostBytes)
                    throw new DataException($"{file}: with it the texts come to more than {MostBytes >> 20} MiB; take a part of them");
                bool ofClass = folder is null && Directory.Exists(source.Path) && Path.GetExtension(file).Length == 0;
                string? name = folder ?? (ofClass ? Path.GetFileName(file) : null);
                bool byLine = source.GetWord("documents", "lines", "files") is { } said ? said == "lines" : ofClass || !Directory.Exists(source.Path);
                if (byLine && folder is null && Directory.Exists(source.Path))
                    name = Path.GetFileNameWithoutExtension(file);
                int before = texts.Count;
                texts.AddRange(Lines(file, byLine).Select(line => (line.Text, line.Place, name)));
                if (texts.Count == before)
                    throw new DataException($"{file}: holds no text");
            }
        }

        if (texts.Count == 0)
            throw new DataException($"{source.Path}: holds no texts");
        Labels? labels = labelled && texts.TrueForAll(static text => text.Class is not null) ? Labels.FromNames([.. texts.Select(static text => text.Class!)]) : null;
        return ToDomain(source, options, [.. texts.Select(static text => text.Text)], [.. texts.Select(static text => text.Place)], labels);
    }

    /// <summary>Texts as a domain, by the given vocabulary or one that is fitted on them.</summary>
    /// <param name="source">What they were read from; says how to fit a vocabulary.</param>
    /// <param name="options">May hold a vocabulary.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="places">Where each stands.</param>
    /// <param name="labels">Their classes.</param>
    public static Domain ToDomain(SourceString source, DomainOptions options, string[] texts, string[] places, Labels? labels)
    {
        try
        {
            Vocabulary vocabulary = options.Vocabulary ?? Fit(source, texts);
            Bounded.RequireDense(source.Path, [texts.Length, vocabulary.Words.Count], sizeof(float));
            return new Domain(source.Name, new TextSamples(texts, places, vocabulary), labels, source.Text) { Vocabulary = vocabulary, FeatureNames = vocabulary.Words };
        }
        catch (DataException e) when (!e.Message.StartsWith(source.Path, StringComparison.Ordinal))
        {
            throw new DataException($"{source.Path}: {e.Message}", e);
        }
    }

    /// <summary>The vocabulary of texts, as a source string asks for it.</summary>
    public static Vocabulary Fit(SourceString source, string[] texts) => Vocabulary.Fit(
        texts, source.GetCount("words") ?? Vocabulary.DefaultSize, source.GetCount("least") ?? Math.Min(2, texts.Length),
        source.GetWord("pairs", "yes", "no") == "yes");

    /// <summary>The folder's files, by class folder where there are such.</summary>
    private static IEnumerable<(string? Class, string[] Files)> Files(string path)
    {
        string[] folders = [.. Directory.EnumerateDirectories(path).Where(IsVisible).Order(StringComparer.Ordinal)];
        string[] loose = [.. Directory.EnumerateFiles(path).Where(IsVisible).Order(StringComparer.Ordinal)];
        if (folders.Length == 0)
            return [(null, loose)];
        return folders.Select(static folder => (
            (string?)Path.GetFileName(folder),
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsVisible).Order(StringComparer.Ordinal).ToArray()));
    }

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');

    private static bool LooksLikeText(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] head = new byte[HeadLength];
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return read > 0 && head.AsSpan(0, read).IndexOfAnyInRange((byte)0, (byte)8) < 0;
    }

    private static IEnumerable<(string Text, string Place)> Lines(string file, bool byLine)
    {
        byte[] bytes = File.ReadAllBytes(file);
        StringBuilder whole = new();
        int number = 0;
        for (int start = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0; start < bytes.Length;)
        {
            number++;
            int length = bytes.AsSpan(start).IndexOf((byte)'\n') is var found and >= 0 ? found : bytes.Length - start;
            string line = Decoded(bytes.AsSpan(start, length), $"{file}, line {number}");
            start += length + 1;
            if (byLine && !string.IsNullOrWhiteSpace(line))
                yield return (line, $"{file}, line {number}");
            else if (!byLine)
                whole.Append(line).Append('\n');
        }

        if (!byLine && !string.IsNullOrWhiteSpace(whole.ToString()))
            yield return (whole.ToString(), file);
    }

    private static string Decoded(ReadOnlySpan<byte> line, string place)
    {
        if (line.Contains((byte)0))
            throw new DataException($"{place}: holds a zero byte; expected text in UTF-8");
        try
        {
            return Strict.GetString(line).TrimEnd('\r');
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{place}: not UTF-8 (byte 0x{e.BytesUnknown?.FirstOrDefault():X2}); convert the file, such as with iconv", e);
        }
    }
}
