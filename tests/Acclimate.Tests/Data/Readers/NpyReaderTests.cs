using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class NpyReaderTests
{
    [Fact]
    public void Open_Npy_ReadsFloats()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", Npy<float>("<f4", "(2, 3)", [1, 2, 3, 4, 5, 6]));
        folder.Write("y.npy", Npy<long>("<i8", "(2,)", [5, -1]));

        using Domain domain = Domain.Open(path + "?labels=y.npy");
        using Tensor read = domain.Read([1]);

        Assert.Equal([4f, 5f, 6f], read.ToArray<float>());
        Assert.Equal(["-1", "5"], domain.Labels!.Classes);
    }

    [Fact]
    public void Open_ColumnMajor_IsTransposedBack()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", Npy<double>("<f8", "(2, 3)", [1, 4, 2, 5, 3, 6], columnMajor: true));

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0, 1]);

        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], read.ToArray<float>());
    }

    [Theory]
    [InlineData("|i1", new byte[] { 0xFF, 1 }, -1, 1)]
    [InlineData("|u1", new byte[] { 0xFF, 1 }, 255, 1)]
    [InlineData("|b1", new byte[] { 1, 0 }, 1, 0)]
    [InlineData("<i2", new byte[] { 0xFE, 0xFF, 0, 1 }, -2, 256)]
    [InlineData("<u2", new byte[] { 0xFE, 0xFF, 0, 1 }, 65534, 256)]
    [InlineData("<i4", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0 }, -2, 1)]
    [InlineData("<u4", new byte[] { 0, 0, 0, 0x80, 1, 0, 0, 0 }, 2147483648, 1)]
    [InlineData("<i8", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0 }, -2, 1)]
    public void Open_EachType_IsRead(string type, byte[] data, double first, double second)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", Npy(type, "(1, 2)", data));

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0]);

        Assert.Equal([first, second], read.ToArray<double>());
    }

    [Fact]
    public void Open_Npz_BytesOfImagesStayBytesAndChannelsComeFirst()
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("data", Npy<byte>("|u1", "(1, 2, 2, 3)", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])));

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0]);

        Assert.Equal([3, 2, 2], domain.SampleShape);
        Assert.Equal([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], read.ToArray<byte>());
    }

    [Fact]
    public void Open_NpzOneMatrixAndOneVector_NeedsNoOptions()
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("a", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])), ("b", Npy<byte>("|u1", "(2,)", [1, 0])));

        using Domain domain = Domain.Open(path);

        Assert.Equal([1, 0], domain.Labels!.Indices);
    }

    [Fact]
    public void Open_NpzSeveralMatrices_ListsTheVariables()
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("a", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])), ("b", Npy<float>("<f4", "(1, 2)", [1, 2])), ("c", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Equal($"{path}: which variable holds the features? It holds a [2 × 2], b [1 × 2], c [2 × 2]; say features=… and labels=…", e.Message);
    }

    [Fact]
    public void Open_NoSuchVariable_SuggestsOne()
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("x_train", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path + "?features=x_tain"));

        Assert.Equal($"{path}: features=x_tain: no such variable; it holds x_train [2 × 2] (did you mean 'x_train'?)", e.Message);
    }

    [Fact]
    public void Open_LabelsOfAnotherNumber_AreRefused()
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("x", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])), ("y", Npy<byte>("|u1", "(3,)", [1, 0, 1])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Contains("y [3] has 3 labels, but x [2 × 2] has 2 samples (rows)", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "row 2, element 1: NaN (not a number)")]
    [InlineData(double.PositiveInfinity, "row 2, element 1: a number too large for float32")]
    [InlineData(1e300, "row 2, element 1: a number too large for float32")]
    public void Open_NotFinite_NamesTheElement(double number, string expected)
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("x", Npy<double>("<f8", "(2, 2)", [1, 2, number, 4])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith($"{path}: x, {expected}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5, "label 1.5")]
    [InlineData(double.NaN, "label NaN")]
    [InlineData(1e18, "label 1E+18")]
    public void Open_LabelThatIsNoClass_NamesTheRow(double label, string expected)
    {
        using TemporaryFolder folder = new();
        string path = Npz(folder, ("x", Npy<double>("<f8", "(2, 2)", [1, 2, 3, 4])), ("y", Npy<double>("<f8", "(2, 1)", [0, label])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Equal($"{path}: y, row 2: {expected}; expected a whole number that names a class", e.Message);
    }

    [Theory]
    [InlineData("<f4", "(1099511627776, 8)", "more than a file of")]
    [InlineData("<f4", "(9223372036854775807, 9223372036854775807)", "more than a file of")]
    [InlineData("<f4", "(99999999999999999999, 1)", "a dimension of size 99999999999999999999")]
    [InlineData(">f4", "(1, 2)", "elements of type >f4")]
    [InlineData("<U5", "(1, 2)", "elements of type U5")]
    [InlineData("<f4", "(0, 2)", "can't be samples")]
    [InlineData("<f4", "(1, 1)", "holds more data than its header declares")]
    public void Open_BadHeader_SaysWhatIsWrong(string type, string shape, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", Npy<float>(type, shape, [1, 2]));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileOfAnotherKind_IsRefused()
    {
        using TemporaryFolder folder = new();
        string npy = folder.Write("x.npy", "this is no array");
        string npz = folder.Write("x.npz", "this is no archive");

        Assert.Contains("not an NPY array", Assert.Throws<DataException>(() => Domain.Open(npy)).Message, StringComparison.Ordinal);
        Assert.Contains("not an NPZ file", Assert.Throws<DataException>(() => Domain.Open(npz)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NpzCutOrChanged_NeverFailsInAnotherWay()
    {
        using TemporaryFolder folder = new();
        byte[] file = File.ReadAllBytes(Npz(folder, ("x", Npy<float>("<f4", "(2, 2)", [1, 2, 3, 4])), ("y", Npy<byte>("|u1", "(2,)", [1, 0]))));
        for (int at = 0; at < file.Length; at++)
        {
            byte[] changed = [.. file];
            changed[at] ^= 0x55;
            TryOpen(folder.Write("changed.npz", changed));
            TryOpen(folder.Write("cut.npz", file.AsSpan(0, at)));
        }
    }

    private static void TryOpen(string path)
    {
        try
        {
            Domain.Open(path).Dispose();
        }
        catch (DataException)
        {
            // Damage is either not seen or named.
        }
    }

    private static byte[] Npy<T>(string type, string shape, T[] elements, bool columnMajor = false)
        where T : unmanaged
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(columnMajor ? "True" : "False")}, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(elements.AsSpan())];
    }

    private static string Npz(TemporaryFolder folder, params (string Name, byte[] Bytes)[] members)
    {
        using MemoryStream packed = new();
        using (ZipArchive zip = new(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in members)
            {
                using Stream stream = zip.CreateEntry(name + ".npy").Open();
                stream.Write(bytes);
            }
        }

        return folder.Write("x.npz", packed.ToArray());
    }
}
