using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Data;

/// <summary>Rows of features as a file that <see cref="Domain.Open"/> reads back.</summary>
public static class FeatureTable
{
    /// <summary>The column of a CSV file that holds the classes' names.</summary>
    private const string ClassColumn = "class";

    /// <summary>An NPY header fills whole blocks of these bytes, the data behind it begin with one.</summary>
    private const int NpyBlock = 64;

    /// <summary>The endings of the files that can be written.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".csv", ".npz"];

    /// <summary>
    /// Writes a table, in the form that the file's ending names: CSV with the columns f0, f1, … and, where there are labels, <c>class</c> with their names; or NPZ with the float32 matrix
    /// <c>x</c> and the whole numbers <c>y</c>, which are the classes' names where all are whole numbers, and else their places among the classes, from 0.
    /// </summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="features">Samples × features.</param>
    /// <param name="labels">The samples' classes, or none.</param>
    /// <returns>The source string by which the table is opened.</returns>
    /// <exception cref="ArgumentException">The ending is neither, the features are no matrix, or there is not a label for each row.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public static string Write(string path, Tensor features, Labels? labels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(features);
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (!Endings.Contains(ending))
            throw new ArgumentException($"{path}: a table of features is written as {string.Join(" or ", Endings)}", nameof(path));
        if (features.Rank != 2 || (labels is not null && labels.Count != features.Size(0)))
            throw new ArgumentException($"features of [{string.Join(", ", features.Shape)}] with {labels?.Count.ToString(CultureInfo.InvariantCulture) ?? "no"} labels; expected samples × features, and a label for each sample or none");
        using Tensor single = features.To(ScalarType.Float32);
        float[] values = single.ToArray<float>();
        int width = (int)features.Size(1);
        AtomicFile.Write(path, stream =>
        {
            if (ending == ".csv")
                WriteText(stream, values, width, labels);
            else
                WriteArrays(stream, values, width, labels);
        });
        return ending == ".csv" ? $"{path}?label={(labels is null ? "none" : ClassColumn)}" : path;
    }

    private static void WriteText(Stream stream, float[] values, int width, Labels? labels)
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', [.. Enumerable.Range(0, width).Select(static i => $"f{i}"), .. labels is null ? (string[])[] : [ClassColumn]]));
        for (int row = 0; row < values.Length / width; row++)
        {
            for (int i = 0; i < width; i++)
            {
                if (i > 0)
                    writer.Write(',');
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{values[(row * width) + i]:G9}"));
            }

            writer.WriteLine(labels is null ? string.Empty : $",{PredictionTable.Quoted(labels.Classes[labels.Indices[row]])}");
        }
    }

    private static void WriteArrays(Stream stream, float[] values, int width, Labels? labels)
    {
        using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Array("x", "<f4", $"{values.Length / width}, {width}", MemoryMarshal.AsBytes(values.AsSpan()));
        if (labels is null)
            return;
        long[] named = new long[labels.Classes.Count];
        bool whole = Enumerable.Range(0, named.Length).All(i => long.TryParse(labels.Classes[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out named[i]));
        Array("y", "<i8", $"{labels.Count},", MemoryMarshal.AsBytes([.. labels.Indices.Select(index => whole ? named[index] : index)]));

        void Array(string name, string type, string shape, ReadOnlySpan<byte> elements)
        {
            ZipArchiveEntry entry = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression);

            // The same features make the same bytes, whenever they are written.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream into = entry.Open();
            into.Write(Header(type, shape));
            into.Write(elements);
        }
    }

    /// <summary>Version 1.0 of NumPy's format: its name, the version, the header's length, and a dictionary padded to whole blocks.</summary>
    private static byte[] Header(string type, string shape)
    {
        const int before = 10;
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}";
        int length = ((before + text.Length + NpyBlock) / NpyBlock * NpyBlock) - before;
        byte[] header = [0x93, .. "NUMPY"u8, 1, 0, 0, 0, .. Encoding.ASCII.GetBytes(text.PadRight(length - 1) + '\n')];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)length);
        return header;
    }
}
