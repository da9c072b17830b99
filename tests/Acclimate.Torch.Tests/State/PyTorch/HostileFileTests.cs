using System.Buffers.Binary;
using System.Text;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Files whose tensors, archive or runs of elements are not as they are said to be.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-hostile-");

    private string FilePath => Path.Combine(folder.FullName, "hostile.pth");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(4, 0, new long[] { -1 }, new long[] { 1 }, "none negative")]
    [InlineData(4, 0, new long[] { 2 }, new long[] { -1 }, "none negative")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 1 }, "as many of the one as of the other")]
    [InlineData(4, 0, new long[] { 5 }, new long[] { 1 }, "but only 4 elements are there")]
    [InlineData(4, 1, new long[] { 4 }, new long[] { 1 }, "from element 1 on, but only 4 elements are there")]
    [InlineData(4, -1, new long[] { 2 }, new long[] { 1 }, "from element -1 on")]
    [InlineData(4, 5, new long[] { 0 }, new long[] { 1 }, "from element 5 on")]
    [InlineData(4, long.MaxValue, new long[] { 2 }, new long[] { 1 }, "but only 4 elements are there")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 3, 1 }, "but only 4 elements are there")]
    [InlineData(4, 0, new long[] { 2 }, new long[] { long.MaxValue }, "expected fewer than 2^63 bytes")]
    [InlineData(4, 0, new long[] { long.MaxValue }, new long[] { 0 }, "expected fewer than 2^63 bytes")]
    [InlineData(4, 0, new long[] { 1L << 40 }, new long[] { 0 }, "they repeat its elements")]
    [InlineData(4, 0, new long[] { 1L << 31, 1L << 31, 2 }, new long[] { 0, 0, 0 }, "expected fewer than 2^63 bytes")]
    [InlineData(4, 0, new long[] { 0, 1L << 31, 1L << 31, 2 }, new long[] { 0, 0, 0, 0 }, "expected fewer than 2^63 bytes")]
    [InlineData(4, 0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 1 }, "17 dimensions, expected at most 16")]
    [InlineData(5, 0, new long[] { 1 }, new long[] { 1 }, "take 16 bytes, expected 5 of Float32")]
    [InlineData(long.MaxValue, 0, new long[] { 1 }, new long[] { 1 }, "take 16 bytes")]
    public void Read_OfATensorThatCantBe_IsRefused(long count, long offset, long[] shape, long[] strides, string expected) =>
        AssertRefused(PyTorchFiles.Zip(new PickleWriter().Ops("}").Text("w").Tensor("0", count, offset, shape, strides).Ops("s").Stopped, ("0", new byte[16])), expected);

    /// <summary>Each tensor is sound, but together they repeat the file's elements: a small file must not fill the memory.</summary>
    [Fact]
    public void Read_OfManyTensorsOnOneStorage_IsRefused()
    {
        byte[] elements = new byte[1 << 20];
        PickleWriter pickle = new PickleWriter().Ops("}(");
        for (int i = 0; i < 40; i++)
            pickle.Text($"w{i}").Tensor("0", elements.Length, 0, [elements.Length], [1], "ByteStorage");
        AssertRefused(PyTorchFiles.Zip(pickle.Ops("u").Stopped, ("0", elements)), "they repeat its elements");
    }

    [Fact]
    public void Read_OfACompressedBomb_IsRefused()
    {
        byte[] zeros = new byte[20 << 20];
        byte[] pickle = new PickleWriter().Ops("}").Text("w").Tensor("0", zeros.Length, 0, [zeros.Length], [1], "ByteStorage").Ops("s").Stopped;
        AssertRefused(PyTorchFiles.ZipOf(("m/data.pkl", pickle, false), ("m/data/0", zeros, true)), "they repeat its elements");
        AssertRefused(PyTorchFiles.ZipOf(("m/data.pkl", zeros, true)), "expected at most 16777216");
    }

    [Fact]
    public void Read_OfADamagedCompressedEntry_IsRefused()
    {
        byte[] elements = [.. Enumerable.Range(0, 400).Select(static i => (byte)(i * i))];
        byte[] pickle = new PickleWriter().Ops("}").Text("w").Tensor("0", 100, 0, [100], [1]).Ops("s").Stopped;
        byte[] file = PyTorchFiles.ZipOf(("m/data.pkl", pickle, false), ("m/data/0", elements, true));
        int data = file.AsSpan().IndexOf("m/data/0"u8) + "m/data/0".Length;
        Array.Fill(file, (byte)0xFF, data, 20);
        AssertRefused(file, string.Empty);
    }

    public static TheoryData<string, byte[], string> Archives => new()
    {
        { "nothing", PyTorchFiles.ZipOf(("archive/readme", [1], false)), "found no data.pkl" },
        { "two pickles", PyTorchFiles.ZipOf(("a/data.pkl", [1], false), ("b/data.pkl", [1], false)), "found more than one data.pkl" },
        { "TorchScript", PyTorchFiles.ZipOf(("a/data.pkl", [1], false), ("a/constants.pkl", [1], false)), "it is a TorchScript archive" },
        { "big end first", PyTorchFiles.ZipOf(("a/data.pkl", [1], false), ("a/byteorder", "big"u8.ToArray(), false)), "its byte order is 'big'" },
        { "no elements", PyTorchFiles.Zip(new PickleWriter().Ops("}").Text("w").Tensor("7", 1, 0, [1], [1]).Ops("s").Stopped), "its elements '7' are not in the file" },
        { "elements outside", PyTorchFiles.Zip(new PickleWriter().Ops("}").Text("w").Tensor("../version", 1, 0, [1], [1]).Ops("s").Stopped), "its elements '../version' are not in the file" },
        { "a list", PyTorchFiles.Zip(new PickleWriter().Ops("](").Tensor("0", 1, 0, [1], [1]).Ops("e").Stopped, ("0", new byte[4])), "it holds a list of 1" },
        { "one tensor", PyTorchFiles.Zip(new PickleWriter().Tensor("0", 1, 0, [1], [1]).Stopped, ("0", new byte[4])), "it holds a tensor [1]" },
        { "an empty dictionary", PyTorchFiles.Zip(new PickleWriter().Ops("}").Stopped), "it holds nothing" },
        { "tensors elsewhere", PyTorchFiles.Zip(new PickleWriter().Ops("}(").Text("generator").Ops("}").Text("w").Tensor("0", 1, 0, [1], [1]).Ops("s").Text("epoch").Number(3).Ops("u").Stopped, ("0", new byte[4])), "it holds 'generator': a dictionary of 1, 'epoch': 3" },
        { "tensors deeper", PyTorchFiles.Zip(new PickleWriter().Ops("}(").Text("w").Tensor("0", 1, 0, [1], [1]).Text("deep").Ops("](").Tensor("0", 1, 0, [1], [1]).Ops("eu").Stopped, ("0", new byte[4])), "'deep' beside the tensors holds more tensors" },
        { "a number for a name", PyTorchFiles.Zip(new PickleWriter().Ops("}").Number(5).Tensor("0", 1, 0, [1], [1]).Ops("s").Stopped, ("0", new byte[4])), "a tensor's name is 5" },
        { "a state within itself", PyTorchFiles.Zip(new PickleWriter().Ops("}q\0").Text("model").Ops("h\0s").Stopped), "no tensors were found in it" },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public void Read_OfAnArchiveWithoutAState_SaysWhatIsThere(string what, byte[] file, string expected) => AssertRefused(file, expected, what);

    /// <summary>Fields of the directory at the archive's end, changed one at a time.</summary>
    [Theory]
    [InlineData(20, 4, uint.MaxValue, "has no size or place that can be")]
    [InlineData(20, 4, 1L << 30, "which is not before the directory")]
    [InlineData(24, 4, 17, "is stored in 16 bytes but said to be of 17")]
    [InlineData(42, 4, 1L << 30, "which is not before the directory")]
    [InlineData(42, 4, 3, "is not at byte 3, where it is said to be")]
    [InlineData(42, 4, 0, "has another name at its place")]
    [InlineData(8, 2, 1, "is encrypted")]
    [InlineData(10, 2, 12, "is compressed by method 12")]
    [InlineData(28, 2, ushort.MaxValue, "is longer than the directory")]
    [InlineData(0, 4, 0, "is damaged")]
    public void Read_OfADirectoryThatLies_IsRefused(int at, int size, long value, string expected)
    {
        byte[] file = PyTorchFiles.Sound(legacy: false);
        int header = file.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes("archive/data/0")) - 46;
        new PickleWriter().Little(value, size).Open.AsSpan(2).CopyTo(file.AsSpan(header + at));
        AssertRefused(file, expected);
    }

    [Theory]
    [InlineData(12, "which is not inside the file")]
    [InlineData(16, "which is not inside the file")]
    [InlineData(10, "which can't be")]
    public void Read_OfAnEndThatLies_IsRefused(int at, string expected)
    {
        byte[] file = PyTorchFiles.Sound(legacy: false);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 22 + at), ushort.MaxValue);
        AssertRefused(file, expected);
    }

    [Fact]
    public void Read_OfEntriesThatOverlap_IsRefused()
    {
        // Two names for the same bytes: the second entry's place lies within the first one's elements, where a copy of its
        // own header was put.
        byte[] hidden = [.. "PK\x03\x04"u8, .. new byte[22], 9, 0, 0, 0, .. "a/data/11"u8, .. new byte[8]];
        byte[] file = PyTorchFiles.ZipOf(("a/data.pkl", [(byte)'.'], false), ("a/data/10", hidden, false), ("a/data/11", new byte[8], false));
        int header = file.AsSpan().LastIndexOf("a/data/11"u8) - 46;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(header + 42), file.AsSpan().IndexOf(hidden));
        AssertRefused(file, "entries 'a/data/10' and 'a/data/11' overlap");
    }

    [Fact]
    public void Read_OfOneNameTwice_IsRefused() =>
        AssertRefused(PyTorchFiles.ZipOf(("a/data.pkl", [1], false), ("a/data.pkl", [2], false)), "two entries of the name 'a/data.pkl'");

    [Theory]
    [InlineData("0,0", 4, "run '0' is there twice")]
    [InlineData("1", 4, "found elements of '1', which no tensor has")]
    [InlineData("0", 3, "found 3 elements in run '0', expected 4")]
    [InlineData("0", -1, "found -1 elements in run '0', expected 4")]
    [InlineData("", 4, "its elements '0' are not in the file")]
    public void Read_OfLegacyRunsThatLie_IsRefused(string keys, long count, string expected)
    {
        byte[] pickle = new PickleWriter().Ops("}").Text("w").Tensor("0", 4, 0, [4], [1], legacy: true).Ops("s").Stopped;
        AssertRefused(PyTorchFiles.Legacy(pickle, keys.Split(',', StringSplitOptions.RemoveEmptyEntries), (count, new byte[16]), (count, new byte[16])), expected);
    }

    [Fact]
    public void Read_OfALegacyRunThatIsCutOff_TakesNoMemoryForIt()
    {
        byte[] pickle = new PickleWriter().Ops("}").Text("w").Tensor("0", 1L << 60, 0, [1L << 60], [1], legacy: true).Ops("s").Stopped;
        AssertRefused(PyTorchFiles.Legacy(pickle, ["0"], (1L << 60, new byte[16])), "but only 16 bytes follow: the file is cut off");
    }

    [Fact]
    public void Read_OfLegacyRunsOfTwoTypes_IsRefused()
    {
        byte[] pickle = new PickleWriter().Ops("}(").Text("w").Tensor("0", 4, 0, [4], [1], legacy: true).Text("v").Tensor("0", 4, 0, [4], [1], "LongStorage", legacy: true).Ops("u").Stopped;
        AssertRefused(PyTorchFiles.Legacy(pickle, ["0"], (4, new byte[16])), "run '0' is of 4 Int64, but was of 4 Float32");
    }

    [Fact]
    public void Read_OfALegacyFileWithTheHighestByteFirst_IsRefused() =>
        AssertRefused(PyTorchFiles.Legacy(littleEndian: false, new PickleWriter().Ops("}").Stopped, []), "puts the highest byte first");

    private void AssertRefused(byte[] file, string expected, string what = "")
    {
        File.WriteAllBytes(FilePath, file);
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath).Dispose());
        Assert.True(refusal.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {refusal.Message}");
    }
}
