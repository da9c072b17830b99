namespace Acclimate.Torch;

/// <summary>Files that are there whole or not at all, whenever the program or the machine stops.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes aside to <c>path.tmp</c>, brings that to the disk, and renames it over <paramref name="path"/>. A reader
    /// sees the old file or the new one, never a part. The folder is made where it is missing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the contents. Where it throws, the old file stays as it was.</param>
    /// <exception cref="IOException">The file can't be written, or is being written by another.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing there is not allowed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string whole = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        string aside = whole + ".tmp";
        using FileStream file = new(aside, FileMode.Create, FileAccess.Write, FileShare.Delete);
        try
        {
            write(file);
            file.Flush(flushToDisk: true);
            File.Move(aside, whole, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
