using Acclimate.Data.Images;

namespace Acclimate.Data.Readers;

/// <summary>A folder with a folder of images a class, or images only (no labels). What a file is, its first bytes say.</summary>
internal sealed class ImageFolderReader : IDomainReader
{
    /// <summary>Enough of a file to hold its header and the EXIF data of a JPEG, which come first.</summary>
    private const int HeadLength = 1 << 17;

    public string Format => "images";

    public string Description => "a folder of images";

    public IReadOnlyList<string> Options => ["channels", "labels"];

    public bool Recognises(string path) => Directory.Exists(path);

    public Domain Read(SourceString source, DomainOptions options)
    {
        string folder = source.Path;
        if (!Directory.Exists(folder))
            throw new DataException($"{folder}: a file, but {Description} was expected");
        int channels = source.GetWord("channels", "1", "3") is { } given ? given[0] - '0' : 3;
        bool labelled = source.GetWord("labels", "none") is null;
        string[] classes = [.. Directory.EnumerateDirectories(folder).Where(IsVisible).Order(StringComparer.Ordinal)];
        string[] loose = [.. Directory.EnumerateFiles(folder).Where(IsVisible).Order(StringComparer.Ordinal)];
        List<string> candidates = [];
        List<string> names = [];
        foreach (string path in classes)
        {
            foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsVisible).Order(StringComparer.Ordinal))
            {
                candidates.Add(file);
                names.Add(Path.GetFileName(path));
            }
        }

        bool flat = classes.Length == 0;
        candidates.AddRange(loose);
        (bool IsImage, ImageHeader? Header)[] found = Look(candidates);
        if (!flat && Array.FindIndex(found, names.Count, file => file.IsImage) is >= 0 and int stray)
            throw new DataException($"{candidates[stray]}: an image beside the folders of the classes; put it into one of them");
        if (options.Strict && Array.FindIndex(found, file => !file.IsImage) is >= 0 and int other)
            throw new DataException($"{candidates[other]}: no JPEG, PNG, BMP or WebP image, in a folder of images");

        int[] images = [.. Enumerable.Range(0, candidates.Count).Where(i => found[i].IsImage)];
        if (images.Length == 0)
            throw new DataException($"{folder}: holds no images (JPEG, PNG, BMP or WebP)");
        Labels? labels = flat || !labelled ? null : Labels.FromNames([.. images.Select(i => names[i])]);
        if (!flat && labelled && classes.Select(path => Path.GetFileName(path)).Except(labels!.Classes).FirstOrDefault() is { } empty)
            throw new DataException($"{Path.Combine(folder, empty)}: class '{empty}' has no images; fill or remove its folder");

        long[] heights = [.. images.Select(i => (long)found[i].Header!.Height).Distinct()];
        long[] widths = [.. images.Select(i => (long)found[i].Header!.Width).Distinct()];
        ImageFileSamples samples = new(
            [.. images.Select(i => candidates[i])], channels, heights is [long height] ? height : -1, widths is [long width] ? width : -1);
        return new Domain(source.Name, samples, labels, source.Text) { Skipped = candidates.Count - images.Length };
    }

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');

    private static (bool IsImage, ImageHeader? Header)[] Look(List<string> files)
    {
        (bool, ImageHeader?)[] found = new (bool, ImageHeader?)[files.Count];
        Concurrently.ForEach(files.Count, i => found[i] = Look(files[i]));
        return found;
    }

    private static (bool IsImage, ImageHeader? Header) Look(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> start = stackalloc byte[64];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (ImageHeader.KindOf(start[..read]) is not { } kind)
            return (false, null);

        // Only a JPEG, and the EXIF data of a WebP or PNG, need more than the first bytes.
        byte[] head = new byte[Math.Min(stream.Length, kind == ImageFormat.WebP ? stream.Length : HeadLength)];
        stream.Position = 0;
        stream.ReadExactly(head);
        try
        {
            return (true, ImageHeader.Read(head, path));
        }
        catch (DataException) when (head.Length < stream.Length)
        {
            return (true, ImageHeader.Read(File.ReadAllBytes(path), path));
        }
    }
}
