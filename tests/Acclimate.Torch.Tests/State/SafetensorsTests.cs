using System.Buffers.Binary;
using System.Text;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Torch.Tests.State;

public sealed class SafetensorsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-state-");

    private string FilePath => Path.Combine(folder.FullName, "state.safetensors");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Read_OfWhatWasWritten_GivesTheSameTensors()
    {
        Gen<(ScalarType, long[])> spec =
            from type in Gen.Elements(Enum.GetValues<ScalarType>())
            from rank in Gen.Choose(0, 4)
            from shape in Gen.Choose(0, 4).Select(static size => (long)size).ArrayOf(rank)
            select (type, shape);
        Gen<((ScalarType, long[])[], int)> files =
            from count in Gen.Choose(0, 6)
            from specs in spec.ArrayOf(count)
            from seed in Gen.Choose(0, int.MaxValue)
            select (specs, seed);
        Prop.ForAll(files.ToArbitrary(), file => RoundTrips(file.Item1, file.Item2)).Check(Draws.Seeded);
    }

    [Fact]
    public void Write_OfKnownTensors_GivesTheBytesOfTheFormat()
    {
        // Wide elements first: "b" (8 bytes an element) stands before "a". The header is padded to 168 bytes by spaces.
        const string json = """{"__metadata__":{"k":"v"},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}""";
        using TensorScope scope = TensorScope.Begin();
        byte[] expected = FileOf(json.PadRight((json.Length + 7) / 8 * 8), [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]);
        Dictionary<string, Tensor> tensors = new() { ["a"] = Tensor.From([1f, -2f], 1, 2), ["b"] = Tensor.Scalar(7, ScalarType.Int64) };

        Safetensors.Write(FilePath, tensors, new Dictionary<string, string> { ["k"] = "v" });

        Assert.Equal(expected, File.ReadAllBytes(FilePath));
        using TensorFile read = Safetensors.Read(FilePath);
        Assert.Equal("v", read.Metadata["k"]);
        Assert.Equal("v", Safetensors.ReadMetadata(FilePath)["k"]);
        Assert.True(read.Tensors["a"].SameAs(tensors["a"]));
        Assert.Equal(7, read.Tensors["b"].ToInt64());
        Assert.Equal(2, read.Tensors.Count);
    }

    [Fact]
    public void Write_OfViews_WritesTheElementsRowByRow()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor matrix = Tensor.Arange(6).Reshape(2, 3);
        Safetensors.Write(FilePath, [new("t", matrix.T), new("s", matrix[1, 1..])]);
        using TensorFile read = Safetensors.Read(FilePath);
        Assert.Equal([0L, 3, 1, 4, 2, 5], read.Tensors["t"].ToArray<long>());
        Assert.Equal([4L, 5], read.Tensors["s"].ToArray<long>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("__metadata__")]
    public void Write_OfAnUnusableName_IsRefused(string name)
    {
        using Tensor tensor = Tensor.Zeros([1]);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [new(name, tensor)]));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Write_OfOneNameTwice_IsRefused()
    {
        using Tensor tensor = Tensor.Zeros([1]);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [new("a", tensor), new("a", tensor)]));
    }

    [Theory]
    [InlineData("", 0, "not valid JSON")]
    [InlineData("{", 0, "not valid JSON")]
    [InlineData("{}{}", 0, "not valid JSON")]
    [InlineData("[]", 0, "the header: found StartArray, expected StartObject")]
    [InlineData("""{"\ud800":{}}""", 0, "not valid JSON")]
    [InlineData("""{"a":1}""", 0, "tensor 'a': found Number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "found 'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': found 'dtype' twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "__metadata__: found 'k' twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "__metadata__.k: found Number, expected String")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': dtype, shape and data_offsets are expected")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "tensor 'a': found 'x'")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': found dtype 'F33', expected one of BOOL")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a', dtype: found Number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "tensor 'a', shape: found -1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "tensor 'a', shape: found 1.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "tensor 'a', shape: found String")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "tensor 'a', shape: found 99999999999999999999")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "expected fewer than 2^63 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "expected fewer than 2^63 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1, "found 17 dimensions, expected at most 16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "found data_offsets [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "found data_offsets [4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'a': found 4 bytes, expected 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "holds only 4 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "tensor 'b': found its data from byte 2, expected 4: it overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "tensor 'b': found its data from byte 3, expected 2: 1 bytes before it")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3, "found 3 bytes of data, expected 2")]
    public void Read_OfADamagedHeader_IsRefusedByName(string json, int dataBytes, string expected)
    {
        File.WriteAllBytes(FilePath, FileOf(json, new byte[dataBytes]));
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => Safetensors.Read(FilePath));
        Assert.StartsWith(FilePath, refusal.Message);
        Assert.Contains(expected, refusal.Message);
    }

    [Theory]
    [InlineData(0L, 3, "found 3 bytes, expected at least the 8")]
    [InlineData(100_000_001L, 20, "expected at most 100000000")]
    [InlineData(-1L, 20, "expected at most 100000000")]
    [InlineData(21L, 20, "only 20 follow: the file is cut off")]
    public void Read_OfAWrongLength_IsRefused(long length, int rest, string expected)
    {
        byte[] bytes = new byte[8 + rest];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(FilePath, rest < 8 ? bytes[..rest] : bytes);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Safetensors.Read(FilePath)).Message);
    }

    [Fact]
    public void Read_OfTextThatIsNoUtf8_IsRefused()
    {
        byte[] bytes = FileOf("""{"??":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", []);
        bytes[10] = bytes[11] = 0xFF;
        File.WriteAllBytes(FilePath, bytes);
        Assert.Contains("not valid JSON", Assert.Throws<InvalidDataException>(() => Safetensors.Read(FilePath)).Message);
    }

    [Fact]
    public void Read_OfAFileCutAnywhere_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Safetensors.Write(FilePath, [new("a", Tensor.Zeros([3])), new("b", Tensor.Zeros([2], ScalarType.UInt8))]);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(FilePath));
        }
    }

    private bool RoundTrips((ScalarType Type, long[] Shape)[] specs, int seed)
    {
        using TensorScope scope = TensorScope.Begin();
        Random random = new(seed);
        Dictionary<string, Tensor> tensors = [];
        foreach ((ScalarType type, long[] shape) in specs)
        {
            Tensor tensor = Tensor.Empty(shape, type);
            if (tensor.Count > 0)
                random.NextBytes(tensor.Bytes);
            if (type == ScalarType.Bool)
                tensor = tensor.To(ScalarType.UInt8).GreaterThan(0);
            tensors.Add($"ä\"\\{tensors.Count}.weight", tensor);
        }

        Dictionary<string, string> metadata = new() { ["seed"] = $"{seed}", ["unicode \u2713"] = "line\nbreak" };
        Safetensors.Write(FilePath, tensors, metadata);
        byte[] bytes = File.ReadAllBytes(FilePath);
        Safetensors.Write(FilePath, tensors.Reverse(), metadata.Reverse().ToDictionary());
        using TensorFile read = Safetensors.Read(FilePath);
        return bytes.AsSpan().SequenceEqual(File.ReadAllBytes(FilePath))
            && read.Metadata.OrderBy(static m => m.Key).SequenceEqual(metadata.OrderBy(static m => m.Key))
            && read.Tensors.Count == tensors.Count
            && tensors.All(t => Same(t.Value, read.Tensors[t.Key]));
    }

    /// <summary>Bit by bit: NaN is the same as itself.</summary>
    private static bool Same(Tensor a, Tensor b) =>
        a.Type == b.Type && a.Shape.AsSpan().SequenceEqual(b.Shape) && (a.Count == 0 || a.Bytes.SequenceEqual(b.Bytes));

    private static byte[] FileOf(string json, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
