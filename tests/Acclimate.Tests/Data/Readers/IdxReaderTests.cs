using System.IO.Compression;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class IdxReaderTests
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 3];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_File_FindsItsLabels(bool gzip)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "train-images-idx3-ubyte", Images, gzip);
        Write(folder, "train-labels-idx1-ubyte", Labels, gzip);

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([1, 0]);

        Assert.Equal([1, 1, 3], domain.SampleShape);
        Assert.Equal(ScalarType.UInt8, read.Type);
        Assert.Equal([4, 5, 6, 1, 2, 3], read.ToArray<byte>());
        Assert.Equal(["3", "7"], domain.Labels!.Classes);
        Assert.Equal([1, 0], domain.Labels.Indices);
    }

    [Fact]
    public void Open_FolderWithParts_ReadsTheOneAskedFor()
    {
        using TemporaryFolder folder = new();
        Write(folder, "train-images-idx3-ubyte", Images, gzip: false);
        Write(folder, "t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9], gzip: true);

        using Domain train = Domain.Open(folder.Path);
        using Domain test = Domain.Open(folder.Path + "?part=test");

        Assert.Equal(2, train.Count);
        Assert.Equal(1, test.Count);
        Assert.Null(test.Labels);
    }

    [Fact]
    public void Open_PartThatIsMissing_IsNamed()
    {
        using TemporaryFolder folder = new();
        Write(folder, "train-images-idx3-ubyte", Images, gzip: false);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(folder.Path + "?part=test"));

        Assert.Contains("holds no test part: expected t10k-images-idx3-ubyte", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2 }, "truncated: it ends 4 bytes before the end")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0 }, "truncated")]
    [InlineData(new byte[] { 1, 0, 8, 3, 0, 0, 0, 1 }, "not an IDX file: it begins with 01000803")]
    [InlineData(new byte[] { 0, 0, 0x0D, 3, 0, 0, 0, 1 }, "elements of IDX type 0x0D")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 }, "holds no samples")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6 }, "holds more data than its header declares")]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "more than a file of 16 bytes can hold")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 5 }, "holds labels")]
    public void Open_BadFile_SaysWhatIsWrong(byte[] file, string expected)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "x-images-idx3-ubyte", file, gzip: false);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherNumberOfLabels_NamesBothFiles()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "x-images-idx3-ubyte", Images, gzip: false);
        string labels = Write(folder, "x-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 7], gzip: false);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Equal($"{labels}: holds 1 labels, but {path} holds 2 images", e.Message);
    }

    [Fact]
    public void Open_GzipThatUnpacksToMoreThanDeclared_IsNotUnpackedFurther()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "x-images-idx3-ubyte", [.. Images, .. new byte[100_000_000]], gzip: true);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Equal($"{path}: holds more data than its header declares", e.Message);
    }

    [Fact]
    public void Open_TruncatedGzip_IsNamed()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "x-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 9, .. Noise(729)], gzip: true);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..400]);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Noise(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(((i * 7919) + 13) * 31 >> 3))];

    private static string Write(TemporaryFolder folder, string name, byte[] bytes, bool gzip)
    {
        if (!gzip)
            return folder.Write(name, bytes);
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress, leaveOpen: true))
            stream.Write(bytes);
        return folder.Write(name + ".gz", packed.ToArray());
    }
}
