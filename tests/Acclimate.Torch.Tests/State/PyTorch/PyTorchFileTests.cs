using System.IO.Compression;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Files that the tests put together themselves.</summary>
public sealed class PyTorchFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-pth-");

    private string FilePath => Path.Combine(folder.FullName, "state.pth");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OfViewsOfOneStorage_GivesEachItsElements(bool legacy)
    {
        File.WriteAllBytes(FilePath, PyTorchFiles.Sound(legacy));
        using TensorFile read = PyTorchFile.Read(FilePath);
        Assert.Equal([1f, 2, 3, 4], read.Tensors["a"].ToArray<float>());
        Assert.Equal([1f, 3, 2, 4], read.Tensors["b"].ToArray<float>());
        Assert.True(read.Tensors["b"].IsContiguous);
        Assert.Equal("7", read.Metadata["epoch"]);

        // Memory of its own: a change of one is none of the other.
        read.Tensors["a"].FillInPlace(0);
        Assert.Equal([1f, 3, 2, 4], read.Tensors["b"].ToArray<float>());
    }

    [Theory]
    [InlineData(false, StateFormat.PyTorchZip)]
    [InlineData(true, StateFormat.PyTorchLegacy)]
    public void Inspect_OfASoundFile_SaysWhatItHolds(bool legacy, StateFormat format)
    {
        File.WriteAllBytes(FilePath, PyTorchFiles.Sound(legacy));
        StateOutline outline = StateFile.Inspect(FilePath);
        Assert.Equal(format, outline.Format);
        Assert.Equal(["a", "b"], outline.Tensors.Select(static t => t.Name));
        Assert.All(outline.Tensors, static t => Assert.Equal((ScalarType.Float32, 4, 16), (t.Type, t.Count, t.Bytes)));
        Assert.Equal("7", Assert.Single(outline.Metadata).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OfAFileCutAnywhere_IsRefused(bool legacy)
    {
        byte[] whole = PyTorchFiles.Sound(legacy);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath).Dispose());
        }
    }

    /// <summary>Whatever is changed, the file is read or refused: no other fault, nothing left behind.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OfAMutatedFile_IsReadOrRefused(bool legacy)
    {
        const int mutations = 1500, mostAtOnce = 4;
        byte[] whole = PyTorchFiles.Sound(legacy);
        Random random = new(20261121);
        byte[] edges = [0, 1, 0x7F, 0x80, 0xFF, (byte)'(', (byte)'.', (byte)'R', (byte)'t', (byte)'}', (byte)']', (byte)'Q', (byte)'h'];
        int read = 0;
        for (int i = 0; i < mutations; i++)
        {
            byte[] mutated = (byte[])whole.Clone();
            for (int change = random.Next(mostAtOnce); change >= 0; change--)
                mutated[random.Next(mutated.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : edges[random.Next(edges.Length)];
            File.WriteAllBytes(FilePath, mutated);
            try
            {
                StateFile.Read(FilePath).Dispose();
                read++;
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
            }
        }

        Assert.InRange(read, 1, mutations - 1);
    }

    [Fact]
    public void Read_OfCompressedEntries_GivesTheSame()
    {
        byte[] elements = [.. Enumerable.Range(0, 100).SelectMany(static i => BitConverter.GetBytes((float)i))];
        byte[] pickle = new PickleWriter().Ops("}").Text("late").Tensor("0", 100, 90, [10], [1]).Ops("s").Stopped;
        File.WriteAllBytes(FilePath, PyTorchFiles.ZipOf(("m/data.pkl", pickle, true), ("m/data/0", elements, true)));
        using TensorFile read = StateFile.Read(FilePath);
        Assert.Equal(Enumerable.Range(90, 10).Select(static i => (float)i), read.Tensors["late"].ToArray<float>());
    }

    /// <summary>Views into a part of a storage, as the legacy form names them.</summary>
    [Fact]
    public void Read_OfALegacyPartOfAStorage_CountsFromItsBeginning()
    {
        byte[] elements = [.. new[] { 1f, 2, 3, 4 }.SelectMany(BitConverter.GetBytes)];
        PickleWriter pickle = new PickleWriter().Ops("}").Text("part").Global("torch._utils", "_rebuild_tensor").Ops("((").Text("storage").Global("torch", "FloatStorage")
            .Text("9").Text("cuda:0").Number(4).Ops("(").Text("9-1").Number(1).Number(3).Ops("ttQ").Number(1).Numbers(2).Numbers(1).Ops("tRs");
        File.WriteAllBytes(FilePath, PyTorchFiles.Legacy(pickle.Stopped, ["9"], (4, elements)));
        using TensorFile read = StateFile.Read(FilePath);
        Assert.Equal([3f, 4], read.Tensors["part"].ToArray<float>());
    }

    /// <summary>As Python 2 wrote them: from a list of pairs, texts without encoding.</summary>
    [Fact]
    public void Read_OfAnOrderedDictOfPairs_KeepsTheirOrder()
    {
        PickleWriter pickle = new PickleWriter().Global("collections", "OrderedDict").Ops("](](U\x01z").Tensor("0", 1, 0, [], []).Ops("e](U\x01y")
            .Tensor("0", 1, 0, [1], [1]).Ops("ee\x85R");
        File.WriteAllBytes(FilePath, PyTorchFiles.Zip(pickle.Stopped, ("0", BitConverter.GetBytes(5f))));
        using TensorFile read = StateFile.Read(FilePath);
        Assert.Equal(["z", "y"], read.Tensors.Keys);
        Assert.Equal([], read.Tensors["z"].Shape);
        Assert.Equal(5, read.Tensors["z"].ToDouble());
    }

    /// <summary>Nothing recurses, however deep something nests.</summary>
    [Fact]
    public void Read_OfDeepNestingBesideTheTensors_LeavesItOut()
    {
        const int depth = 400_000;
        PickleWriter pickle = new PickleWriter().Ops("}(").Text("w").Tensor("0", 1, 0, [1], [1]).Text("deep")
            .Ops(new string(']', depth)).Ops(new string('a', depth - 1)).Ops("u");
        File.WriteAllBytes(FilePath, PyTorchFiles.Zip(pickle.Stopped, ("0", BitConverter.GetBytes(5f))));
        Assert.Equal("a list of 1", StateFile.Inspect(FilePath).LeftOut["deep"]);
    }

    [Fact]
    public void Convert_OfAPyTorchFile_WritesTheSameTensors()
    {
        File.WriteAllBytes(FilePath, PyTorchFiles.Sound(legacy: false));
        string converted = Path.Combine(folder.FullName, "state.safetensors");
        StateFile.Convert(FilePath, converted);
        using TensorFile read = Safetensors.Read(converted);
        Assert.Equal([1f, 3, 2, 4], read.Tensors["b"].ToArray<float>());
        Assert.Equal("7", read.Metadata["epoch"]);
        Assert.Throws<ArgumentException>(() => StateFile.Convert(FilePath, converted, "module."));
        Assert.Throws<ArgumentException>(() => StateFile.Convert(FilePath, converted, "a"));
        Assert.Throws<InvalidDataException>(() => PyTorchFile.Read(converted));
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "a Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html>", "a web page")]
    [InlineData("", "empty")]
    [InlineData("weights, but not really", "text that begins with 'weights, but not really'")]
    [InlineData("{\"a\": 1}", "JSON")]
    [InlineData("\x7F\x01\x02\x03", "of an unknown form")]
    public void Read_OfSomethingElse_SaysWhatItIs(string content, string expected)
    {
        File.WriteAllText(FilePath, content);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAPlainPickleOrAGzip_SaysWhatItIs()
    {
        File.WriteAllBytes(FilePath, new PickleWriter().Ops("}").Stopped);
        Assert.Contains("a pickle that torch.save did not write", Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath)).Message, StringComparison.Ordinal);
        using (GZipStream gzip = new(File.Create(FilePath), CompressionMode.Compress))
            gzip.WriteByte(1);
        Assert.Contains("a gzip archive", Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.w,a.b.v", "a.b.")]
    [InlineData("module.w,module.v", "module.")]
    [InlineData("module.w,modul.v", "")]
    [InlineData("alpha,alpine", "")]
    [InlineData("module.w", "")]
    public void CommonPrefix_EndsAtADot(string names, string expected)
    {
        TensorOutline[] tensors = [.. names.Split(',').Select(static name => new TensorOutline(name, ScalarType.Float32, [1]))];
        Assert.Equal(expected, new StateOutline(StateFormat.Safetensors, tensors, new Dictionary<string, string>(), new Dictionary<string, string>()).CommonPrefix);
    }
}
