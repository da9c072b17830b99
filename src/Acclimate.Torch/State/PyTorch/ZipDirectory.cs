using System.Buffers.Binary;
using System.Text;

namespace Acclimate.Torch;

/// <summary>
/// What a ZIP archive holds and where, ZIP64 included. Every entry is checked: it lies inside the archive, before the
/// directory, on no other entry's bytes, under the name that the directory gives it.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int Zip64LocatorBytes = 20;
    private const int Zip64EndBytes = 56;
    private const int HeaderBytes = 46;
    private const int LocalBytes = 30;
    private const int MostDirectoryBytes = 1 << 26;
    private const int Encrypted = 1;
    private const int Stored = 0;
    private const int Deflate = 8;
    private const ushort Zip64Extra = 1;

    private readonly FileStream file;
    private readonly string path;
    private readonly Dictionary<string, FilePart> entries = new(StringComparer.Ordinal);
    private readonly List<(string Name, long Begin, FilePart Part)> places = [];

    private ZipDirectory(FileStream file, string path)
    {
        this.file = file;
        this.path = path;
    }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, FilePart> Entries => entries;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">Anything about it is wrong.</exception>
    public static ZipDirectory Read(FileStream file, string path)
    {
        ZipDirectory directory = new(file, path);
        (long begin, long length, long count) = directory.FindDirectory();
        directory.ReadEntries(begin, directory.ReadAt(begin, (int)length), count);
        directory.CheckPlaces();
        return directory;
    }

    private (long Begin, long Length, long Count) FindDirectory()
    {
        int tail = (int)Math.Min(file.Length, EndBytes + LongestComment);
        long tailBegin = file.Length - tail;
        byte[] bytes = ReadAt(tailBegin, tail);
        int end = tail - EndBytes;
        while (end >= 0 && !(bytes.AsSpan(end).StartsWith("PK\x05\x06"u8) && Number16(bytes, end + 20) == tail - end - EndBytes))
            end--;
        if (end < 0)
            throw Refusal("the ZIP archive's directory at the end is missing: the file is cut off");
        (long count, long length, long begin) = (Number16(bytes, end + 10), Number32(bytes, end + 12), Number32(bytes, end + 16));
        long limit = tailBegin + end;
        if (limit >= Zip64LocatorBytes && ReadAt(limit - Zip64LocatorBytes, Zip64LocatorBytes) is var locator && locator.AsSpan().StartsWith("PK\x06\x07"u8))
        {
            long at = Number64(locator, 8);
            limit -= Zip64LocatorBytes;
            if (at < 0 || at > limit - Zip64EndBytes || ReadAt(at, Zip64EndBytes) is var wide && !wide.AsSpan().StartsWith("PK\x06\x06"u8))
                throw Refusal("the ZIP archive's directory for large files is not where it is said to be");
            (count, length, begin) = (Number64(wide, 32), Number64(wide, 40), Number64(wide, 48));
            limit = at;
        }

        if (begin < 0 || length < 0 || begin > limit || length > limit - begin)
            throw Refusal($"the ZIP archive's directory is said to take {length} bytes from byte {begin}, which is not inside the file");
        if (length > MostDirectoryBytes || count < 0 || count > length / HeaderBytes)
            throw Refusal($"the ZIP archive's directory is said to hold {count} entries in {length} bytes, which can't be");
        return (begin, length, count);
    }

    private void ReadEntries(long directoryBegin, byte[] bytes, long count)
    {
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            if (bytes.Length - at < HeaderBytes || !bytes.AsSpan(at).StartsWith("PK\x01\x02"u8))
                throw Refusal($"entry {i} of the ZIP archive's directory is damaged");
            (int nameLength, int extraLength, int commentLength) = (Number16(bytes, at + 28), Number16(bytes, at + 30), Number16(bytes, at + 32));
            int next = at + HeaderBytes + nameLength + extraLength + commentLength;
            if (next > bytes.Length)
                throw Refusal($"entry {i} of the ZIP archive's directory is longer than the directory");
            string name = Encoding.UTF8.GetString(bytes, at + HeaderBytes, nameLength);
            (long packed, long length, long begin) = (Number32(bytes, at + 20), Number32(bytes, at + 24), Number32(bytes, at + 42));
            ReadWide(bytes.AsSpan(at + HeaderBytes + nameLength, extraLength), name, ref length, ref packed, ref begin);
            if ((Number16(bytes, at + 8) & Encrypted) != 0)
                throw Refusal($"entry '{Shown.Text(name)}' is encrypted");
            int method = Number16(bytes, at + 10);
            if (method is not (Stored or Deflate))
                throw Refusal($"entry '{Shown.Text(name)}' is compressed by method {method}, expected stored or deflated");
            Add(name, begin, packed, length, method == Deflate, directoryBegin);
            at = next;
        }
    }

    /// <summary>Sizes and places of 4 GB or more stand in an extra field; only those that don't fit are in it, in this order.</summary>
    private void ReadWide(ReadOnlySpan<byte> extra, string name, ref long length, ref long packed, ref long begin)
    {
        while (extra.Length >= 4)
        {
            (ushort id, int size) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            extra = extra[4..];
            if (size > extra.Length)
                break;
            if (id == Zip64Extra)
            {
                ReadOnlySpan<byte> wide = extra[..size];
                length = Wide(length, ref wide);
                packed = Wide(packed, ref wide);
                begin = Wide(begin, ref wide);
            }

            extra = extra[size..];
        }

        if (length < 0 || packed < 0 || begin < 0 || length == uint.MaxValue || packed == uint.MaxValue || begin == uint.MaxValue)
            throw Refusal($"entry '{Shown.Text(name)}' has no size or place that can be");
    }

    private static long Wide(long narrow, ref ReadOnlySpan<byte> wide)
    {
        if (narrow != uint.MaxValue || wide.Length < sizeof(long))
            return narrow;
        long number = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(long)..];
        return number;
    }

    private void Add(string name, long begin, long packed, long length, bool deflated, long limit)
    {
        string shown = Shown.Text(name);
        if (begin > limit - LocalBytes)
            throw Refusal($"entry '{shown}' is said to begin at byte {begin}, which is not before the directory");
        byte[] local = ReadAt(begin, LocalBytes);
        if (!local.AsSpan().StartsWith("PK\x03\x04"u8))
            throw Refusal($"entry '{shown}' is not at byte {begin}, where it is said to be");
        int nameLength = Number16(local, 26);
        long data = begin + LocalBytes + nameLength + Number16(local, 28);
        if (data > limit || packed > limit - data)
            throw Refusal($"entry '{shown}' is said to take {packed} bytes from byte {data}, which is not before the directory");
        if (Encoding.UTF8.GetString(ReadAt(begin + LocalBytes, nameLength)) != name)
            throw Refusal($"entry '{shown}' has another name at its place, byte {begin}");
        if (!deflated && packed != length)
            throw Refusal($"entry '{shown}' is stored in {packed} bytes but said to be of {length}");
        if (deflated && packed > FilePart.MostPacked)
            throw Refusal($"entry '{shown}' is compressed and larger than {FilePart.MostPacked} bytes");
        FilePart part = new(data, packed, length, deflated);
        if (!entries.TryAdd(name, part))
            throw Refusal($"there are two entries of the name '{shown}'");
        places.Add((shown, begin, part));
    }

    private void CheckPlaces()
    {
        places.Sort(static (a, b) => a.Begin.CompareTo(b.Begin));
        for (int i = 1; i < places.Count; i++)
        {
            FilePart before = places[i - 1].Part;
            if (places[i].Begin < before.Begin + before.Packed)
                throw Refusal($"entries '{places[i - 1].Name}' and '{places[i].Name}' overlap");
        }
    }

    private byte[] ReadAt(long at, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = at;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static int Number16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static long Number32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static long Number64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    private InvalidDataException Refusal(string what) => new($"{path}: {what}");
}
