using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>
/// IDX, the format of MNIST: images as unsigned bytes, and the labels in a file of the same name with
/// <c>labels-idx1</c> for <c>images-idx3</c>. A folder holds a train and a t10k (test) pair.
/// </summary>
internal sealed partial class IdxReader : IDomainReader
{
    private const byte UnsignedByte = 0x08;

    public string Format => "idx";

    public string Description => "IDX (…-idx3-ubyte, also .gz)";

    public IReadOnlyList<string> Options => ["part", "labels"];

    public bool Recognises(string path) =>
        Directory.Exists(path) ? Images(path, "train") is not null || Images(path, "test") is not null : IdxName().IsMatch(Path.GetFileName(path));

    public Domain Read(SourceString source, DomainOptions options)
    {
        string file = source.Path;
        string? part = source.GetWord("part", "train", "test");
        if (Directory.Exists(file))
        {
            file = part is null
                ? Images(file, "train") ?? Images(file, "test") ?? throw new DataException($"{file}: holds no file named like train-images-idx3-ubyte")
                : Images(file, part) ?? throw new DataException($"{file}: holds no {part} part: expected {(part == "train" ? "train" : "t10k")}-images-idx3-ubyte or the same with .gz");
        }
        else if (part is not null)
        {
            throw new DataException($"'{source.Text}': part={part} is for a folder with both parts, but {file} is one file");
        }

        using TensorScope scope = TensorScope.Begin();
        Tensor images = ReadFile(file);
        if (images.Rank < 2)
            throw new DataException($"{file}: holds labels (one dimension), not images; name the file of the images");
        if (images.Rank == 3)
            images = images.Unsqueeze(1);
        Labels? labels = FindLabels(source, file) is { } labelFile ? ReadLabels(labelFile, images.Size(0), file) : null;
        return new Domain(source.Name, new TensorSamples(scope.Keep(images)), labels, source.Text);
    }

    private static string? Images(string folder, string part)
    {
        string name = Path.Combine(folder, $"{(part == "train" ? "train" : "t10k")}-images-idx3-ubyte");
        return File.Exists(name) ? name : File.Exists(name + ".gz") ? name + ".gz" : null;
    }

    private static string? FindLabels(SourceString source, string images)
    {
        string folder = Path.GetDirectoryName(images) ?? string.Empty;
        if (source.Get("labels") is { } given)
        {
            string path = Path.Combine(folder, given);
            return given == "none" ? null : File.Exists(path) ? path : throw new DataException($"{path}: no such file of labels");
        }

        string name = Path.GetFileName(images);
        string sibling = ImagesPart().Replace(name, match => match.Groups[1].Value + "labels" + match.Groups[2].Value + "idx1");
        if (sibling == name)
            return null;
        string plain = Path.Combine(folder, Bounded.IsGzip(sibling) ? sibling[..^3] : sibling);
        return File.Exists(plain) ? plain : File.Exists(plain + ".gz") ? plain + ".gz" : null;
    }

    private static Labels ReadLabels(string file, long samples, string images)
    {
        using Tensor labels = ReadFile(file);
        if (labels.Rank != 1)
            throw new DataException($"{file}: holds {labels.Rank} dimensions, but labels have one");
        if (labels.Count != samples)
            throw new DataException($"{file}: holds {labels.Count} labels, but {images} holds {samples} images");
        return Labels.FromNumbers(labels.ToArray<long>());
    }

    private static Tensor ReadFile(string file)
    {
        using Stream stream = Bounded.Open(file);
        Span<byte> magic = stackalloc byte[4];
        Bounded.Read(stream, magic, file);
        if (magic[0] != 0 || magic[1] != 0 || magic[3] is < 1 or > 8)
            throw new DataException($"{file}: not an IDX file: it begins with {Convert.ToHexString(magic)}, expected 0000 and then a type and a number of dimensions");
        if (magic[2] != UnsignedByte)
            throw new DataException($"{file}: elements of IDX type 0x{magic[2]:X2}; expected unsigned bytes (0x08)");

        Span<byte> size = stackalloc byte[4];
        long[] shape = new long[magic[3]];
        for (int i = 0; i < shape.Length; i++)
        {
            Bounded.Read(stream, size, file);
            shape[i] = BinaryPrimitives.ReadUInt32BigEndian(size);
        }

        if (Bounded.Elements(file, shape, 1, new FileInfo(file).Length, Bounded.IsGzip(file)) == 0)
            throw new DataException($"{file}: holds no samples (size {string.Join(" × ", shape)})");
        Tensor tensor = Tensor.Empty(shape, ScalarType.UInt8);
        try
        {
            Bounded.Fill(tensor, stream, file);
            Bounded.RequireEnd(stream, file);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"[-.]idx\d?(-ubyte)?(\.gz)?$", RegexOptions.IgnoreCase)]
    private static partial Regex IdxName();

    [GeneratedRegex(@"^(.*)images(.*)idx\d")]
    private static partial Regex ImagesPart();
}
