using System.Diagnostics;
using System.Text;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Pickles that ask for more than tensors and plain values: refused by name, and nothing of them executed.</summary>
public sealed class HostilePickleTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-hostile-");

    private string FilePath => Path.Combine(folder.FullName, "hostile.pth");

    private string Marker => Path.Combine(folder.FullName, "executed");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Functions through which a pickle can do harm.</summary>
    public static TheoryData<string, string> Functions => new()
    {
        { "os", "system" }, { "posix", "system" }, { "nt", "system" }, { "os", "popen" }, { "subprocess", "Popen" }, { "subprocess", "check_output" },
        { "builtins", "eval" }, { "builtins", "exec" }, { "builtins", "getattr" }, { "builtins", "__import__" }, { "builtins", "compile" }, { "builtins", "open" },
        { "builtins", "map" }, { "builtins", "object" }, { "builtins", "list" }, { "__builtin__", "eval" }, { "__builtin__", "getattr" }, { "__builtin__", "apply" },
        { "copyreg", "_reconstructor" }, { "copy_reg", "_reconstructor" }, { "copyreg", "__newobj__" }, { "importlib", "import_module" }, { "runpy", "run_path" },
        { "pickle", "loads" }, { "_pickle", "loads" }, { "marshal", "loads" }, { "types", "FunctionType" }, { "functools", "partial" }, { "operator", "attrgetter" },
        { "torch", "load" }, { "torch.hub", "load" }, { "torch.jit", "load" }, { "torch.storage", "_load_from_bytes" }, { "torch.nn.modules.linear", "Linear" },
        { "torch._utils", "_rebuild_qtensor" }, { "torch._utils", "_rebuild_sparse_tensor" }, { "torch", "ComplexFloatStorage" }, { "torch", "QInt8Storage" },
        { "numpy.core.multiarray", "scalar" }, { "numpy.core.multiarray", "_reconstruct" }, { "numpy", "dtype" }, { "collections", "defaultdict" },
        { "collections", "OrderedDict.__class__" }, { "torch._utils", "_rebuild_tensor_v2.__globals__" }, { "", "" }, { "torch", "" }, { "__main__", "Net" },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Read_OfANameThatIsNotAllowed_IsRefusedByThatName(string module, string name)
    {
        string command = $"touch {Marker}";
        byte[][] pickles =
        [
            new PickleWriter().Global(module, name).Text(command).Raw(0x85).Ops("R").Stopped,
            new PickleWriter(4).StackGlobal(module, name).Text(command).Raw(0x85).Ops("R").Stopped,
            new PickleWriter().Global(module, name).Text(command).Raw(0x85, 0x81).Stopped,
            new PickleWriter().Ops("}").Text("state_dict").Global(module, name).Text(command).Raw(0x85).Ops("Rs").Stopped,
            new PickleWriter().Ops("(").Text(command).Ops($"i{module}\n{name}\n").Stopped,
            new PickleWriter().Ops("(").Global(module, name).Text(command).Ops("o").Stopped,
            new PickleWriter().Global(module, name).Stopped,
        ];
        foreach (byte[] pickle in pickles)
            AssertRefused(pickle, $"'{module}.{name}'");
    }

    [Fact]
    public void Read_OfACommand_DoesNotRunWhatPythonRuns()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python), $"{python} is not there");
        byte[] pickle = new PickleWriter().Global("os", "system").Text($"touch {Marker}").Raw(0x85).Ops("R").Stopped;
        AssertRefused(pickle, "'os.system'");
        using Process process = Process.Start(python, ["-c", "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))", Write("bare.pkl", pickle)]);
        process.WaitForExit();
        Assert.True(File.Exists(Marker), "the pickle does nothing even in Python, so that its refusal shows nothing");
    }

    /// <summary>What is allowed may not be reached, or used, in ways that are not.</summary>
    public static TheoryData<string, byte[], string> Misuses => new()
    {
        { "a name that is computed", new PickleWriter(4).Global("_codecs", "encode").Text("os").Text("latin1").Raw(0x86).Ops("R").Text("system").Raw(0x93).Stopped, "a name is asked for that is no text" },
        { "a name that is a number", new PickleWriter(4).Number(1).Text("system").Raw(0x93).Stopped, "a name is asked for that is no text" },
        { "a name from the memo", new PickleWriter(4).Text("os").Raw(0x94).Text("system").Raw(0x94).Ops("00h\0h\x01").Raw(0x93).Stopped, "'os.system'" },
        { "a call of a text", new PickleWriter().Text("os.system").Text("ls").Raw(0x85).Ops("R").Stopped, "calls 'os.system', which is no function" },
        { "a call of a type", new PickleWriter().Global("torch", "float32").Ops(")R").Stopped, "calls 'torch.float32', which is no function" },
        { "a call of a storage class", new PickleWriter().Global("torch", "FloatStorage").Ops(")R").Stopped, "calls the storage class of Float32, which is no function" },
        { "a call of what was made", new PickleWriter().Global("collections", "OrderedDict").Ops(")R)R").Stopped, "calls a dictionary of 0" },
        { "a call without a tuple", new PickleWriter().Global("collections", "OrderedDict").Ops("]R").Stopped, "with a list of 0, expected a tuple" },
        { "an object of an allowed class", new PickleWriter().Ops("(").Global("collections", "OrderedDict").Ops("o").Stopped, "by OBJ" },
        { "an object of nothing", new PickleWriter().Ops("(o").Stopped, "by OBJ" },
        { "an instance of an allowed class", new PickleWriter().Ops("(icollections\nOrderedDict\n").Stopped, "'collections.OrderedDict' is asked for by INST" },
        { "an object with keywords", new PickleWriter(4).Global("collections", "OrderedDict").Ops(")}").Raw(0x92).Stopped, "by NEWOBJ_EX" },
        { "an extension", new PickleWriter().Raw(0x82, 7).Stopped, "the extension code 7" },
        { "an extension of two bytes", new PickleWriter().Raw(0x83, 1, 2).Stopped, "the extension code 513" },
        { "an extension of four bytes", new PickleWriter().Raw(0x84, 1, 0, 0, 0).Stopped, "the extension code 1" },
        { "a state of a dictionary", new PickleWriter().Ops("}}b").Stopped, "BUILD gives a dictionary of 0 a state" },
        { "a state of a function", new PickleWriter().Global("collections", "OrderedDict").Ops("}b").Stopped, "BUILD gives collections.OrderedDict a state" },
        { "a state of a tensor", new PickleWriter().Tensor("0", 1, 0, [], []).Ops("}b").Stopped, "BUILD gives a tensor [] a state" },
        { "a state that is no dictionary", new PickleWriter().Global("argparse", "Namespace").Ops(")\x81]b").Stopped, "BUILD gives" },
        { "bytes in another encoding", new PickleWriter().Global("_codecs", "encode").Text("a").Text("rot13").Raw(0x86).Ops("R").Stopped, "_codecs.encode is asked for something else" },
        { "a set of a text", new PickleWriter().Global("builtins", "set").Text("a").Raw(0x85).Ops("R").Stopped, "a set is made of something else" },
        { "an id that is a number", new PickleWriter().Number(3).Ops("Q").Stopped, "found the persistent id 3" },
        { "an id that is a text", new PickleWriter().Text("storage").Ops("Q").Stopped, "found the persistent id 'storage'" },
        { "an id that is None", new PickleWriter().Ops("NQ").Stopped, "found the persistent id None" },
        { "an id that is a list", new PickleWriter().Ops("](").Text("storage").Ops("eQ").Stopped, "found the persistent id a list of 1" },
        { "an id in text form", new PickleWriter(0).Ops("Pos.system\n").Stopped, "found the persistent id 'os.system' as a text" },
        { "an id of a short tuple", new PickleWriter().Ops("(").Text("storage").Ops("tQ").Stopped, "found the persistent id a tuple of 1" },
        { "an id whose class is a text", new PickleWriter().Ops("(").Text("storage").Text("FloatStorage").Text("0").Text("cpu").Number(1).Ops("tQ").Stopped, "found the persistent id a tuple of 5" },
        { "an id of fewer than no elements", new PickleWriter().Tensor("0", -1, 0, [], []).Stopped, "found a storage of -1 elements" },
        { "an id of a module", new PickleWriter().Ops("(").Text("module").Text("x").Text("y").Text("import os").Ops("tQ").Stopped, "it is a whole model" },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Read_OfAMisuse_IsRefused(string what, byte[] pickle, string expected) => AssertRefused(pickle, expected, what);

    /// <summary>Instructions that are damaged, or that lie about what follows.</summary>
    public static TheoryData<string, byte[], string> Damages => new()
    {
        { "protocol 6", new PickleWriter(6).Ops("}").Stopped, "found protocol 6" },
        { "no instruction", new PickleWriter().Raw(0xFF).Stopped, "0xFF, which is no instruction" },
        { "no end", new PickleWriter().Ops("}").Open, "only 0 follow" },
        { "nothing to give back", new PickleWriter().Stopped, "a value is taken that is not there" },
        { "no mark", new PickleWriter().Ops("t").Stopped, "a mark is asked for that is not there" },
        { "a value below a mark", new PickleWriter().Ops("](a").Stopped, "a value is taken that is not there" },
        { "a pair into a list", new PickleWriter().Ops("]NNs").Stopped, "a pair is put into a list of 0" },
        { "an item into a dictionary", new PickleWriter().Ops("}Na").Stopped, "something is put into a dictionary of 0" },
        { "a key without a value", new PickleWriter().Ops("}(Nu").Stopped, "a key has no value" },
        { "a memo that is empty", new PickleWriter().Ops("h\0").Stopped, "place 0 of the memo is fetched before anything was put there" },
        { "a memo that is skipped", new PickleWriter().Ops("]q\x05h\x03").Stopped, "place 3 of the memo" },
        { "a memo at a far place", new PickleWriter().Ops("]r").Little(uint.MaxValue, 4).Stopped, "found place 4294967295 of the memo" },
        { "a memo at no number", new PickleWriter(0).Ops("]pmany\n").Stopped, "found 'many', expected a place" },
        { "a long of 2 GB", new PickleWriter().Raw(0x8B).Little(int.MaxValue, 4).Stopped, "a whole number of 2147483647 bytes" },
        { "a long of fewer than no bytes", new PickleWriter().Raw(0x8B).Little(-1, 4).Stopped, "a whole number of 4294967295 bytes" },
        { "a long of many digits", new PickleWriter(0).Ops($"L{new string('9', 999)}L\n").Stopped, "expected a whole number of at most 255 digits" },
        { "a line without end", new PickleWriter(0).Ops($"I{new string('9', 2000)}\n").Stopped, "a line of more than 1000 bytes" },
        { "a text of 4 GB", new PickleWriter().Ops("X").Little(uint.MaxValue, 4).Stopped, "4294967295 more bytes are announced" },
        { "a text of 2^63 bytes", new PickleWriter(4).Raw(0x8D).Little(long.MinValue, 8).Stopped, "9223372036854775808 more bytes are announced" },
        { "bytes of 2^64 - 1", new PickleWriter(4).Raw(0x8E).Little(-1, 8).Stopped, "18446744073709551615 more bytes are announced" },
        { "a byte array of 2^40", new PickleWriter(5).Raw(0x96).Little(1L << 40, 8).Stopped, "1099511627776 more bytes are announced" },
        { "a text that is not UTF-8", new PickleWriter().Ops("U\x02").Raw(0xFF, 0xFE).Stopped, "a text that is not UTF-8" },
        { "a buffer elsewhere", new PickleWriter(5).Raw(0x97).Stopped, "a buffer outside the pickle" },
        { "a frame that is too long", new PickleWriter(4).Raw(0x95).Little(1000, 8).Ops("}").Stopped, "found a frame of 1000 bytes, but only 2 follow" },
        { "a frame of 2^64 - 1", new PickleWriter(4).Raw(0x95).Little(-1, 8).Ops("}").Stopped, "found a frame of 18446744073709551615 bytes" },
        { "a frame in a frame", new PickleWriter(4).Raw(0x95).Little(11, 8).Raw(0x95).Little(1, 8).Ops("}").Stopped, "a frame begins inside another" },
        { "a frame that ends in an instruction", new PickleWriter(4).Raw(0x95).Little(3, 8).Text("long").Stopped, "an instruction runs over the end of its frame" },
        { "an escape that is none", new PickleWriter(0).Ops("S'\\q'\n").Stopped, "found the escape '\\q'" },
        { "an escape of no letter", new PickleWriter(0).Ops("V\\U00110000\n").Stopped, "which stands for no letter" },
        { "a number that is none", new PickleWriter(0).Ops("Fmuch\n").Stopped, "found 'much', expected a number" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Read_OfDamage_IsRefused(string what, byte[] pickle, string expected) => AssertRefused(pickle, expected, what);

    /// <summary>Few bytes that would become many: the pickle's own limits stop them.</summary>
    public static TheoryData<string, string, string> Bombs => new()
    {
        { "lists", new string(']', 2_000_000), "makes more than 1000000 values" },
        { "marks", new string('(', 2_000_000), "makes more than 1000000 values" },
        { "copies", "]" + new string('2', 2_000_000), "makes more than 1000000 values" },
        { "dictionaries nested", new string('}', 2_000_000), "makes more than 1000000 values" },
        { "attributes that double", "cargparse\nNamespace\n)R}K\x01K\x01sb" + string.Concat(Enumerable.Repeat("q\0h\0b", 100)), "makes more than 1000000 values" },
        { "sets of a list", "](" + new string('N', 100_000) + "eq\0" + string.Concat(Enumerable.Repeat("cbuiltins\nset\nh\0\x85R", 50)), "makes more than 1000000 values" },
        { "bytes of a text", "X\0\0\x10\0" + new string('a', 1 << 20) + "q\0" + string.Concat(Enumerable.Repeat("c_codecs\nencode\nh\0X\x06\0\0\0latin1\x86R0", 100)), "makes more than 1000000 values" },
        { "more than a pickle may take", new string(' ', 20_000_000), "expected at most 16777216" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Read_OfABomb_TakesLittleMemory(string what, string instructions, string expected)
    {
        byte[] pickle = new PickleWriter().Ops(instructions).Stopped;
        string path = Write("bomb.pth", PyTorchFiles.Zip(pickle));
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => StateFile.Read(path));
        Assert.True(refusal.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {refusal.Message}");
        // A million values of at most 56 bytes (a dictionary with its list), as many places on the stack, which doubles
        // as it grows, and in the memo: less than 128 MiB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 27);
    }

    /// <summary>30 lists, each of twice the one before: 2^30 items if anything walked through them.</summary>
    [Fact]
    public void Read_OfListsThatDouble_EndsAtOnce()
    {
        StringBuilder doubling = new("]q\0");
        for (int i = 1; i < 30; i++)
            doubling.Append($"0](h{(char)(i - 1)}h{(char)(i - 1)}eq{(char)i}");
        PickleWriter beside = new PickleWriter().Ops("}(").Text("bomb").Ops(doubling.ToString()).Text("w").Tensor("0", 1, 0, [1], [1]).Ops("u");
        string path = Write("doubling.pth", PyTorchFiles.Zip(beside.Stopped, ("0", new byte[4])));
        Assert.Equal("a list of 2", StateFile.Inspect(path).LeftOut["bomb"]);
        AssertRefused(new PickleWriter().Ops(doubling.ToString()).Stopped, "it holds a list of 2, expected a dictionary of tensors");
    }

    [Fact]
    public void Refusal_OfANameWithControlCharacters_ShowsNone()
    {
        string path = Write("escape.pth", PyTorchFiles.Zip(new PickleWriter(4).StackGlobal("os\e[2J", new string('x', 5000)).Stopped));
        string message = Assert.Throws<InvalidDataException>(() => StateFile.Read(path)).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 1, 1000);
    }

    private void AssertRefused(byte[] pickle, string expected, string what = "")
    {
        foreach (byte[] file in (byte[][])[PyTorchFiles.Zip(pickle), PyTorchFiles.Legacy(pickle, [])])
        {
            File.WriteAllBytes(FilePath, file);
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => StateFile.Read(FilePath).Dispose());
            Assert.StartsWith(FilePath, refusal.Message);
            bool isIn = refusal.Message.Contains(expected, StringComparison.Ordinal);
            // A storage's id has one part more in the legacy form, and more bytes follow there.
            bool isOfTheForm = file[0] != (byte)'P' && (refusal.Message.Contains("persistent id", StringComparison.Ordinal) || expected.Contains("follow", StringComparison.Ordinal));
            Assert.True(isIn || isOfTheForm, $"{what}: {refusal.Message}");
        }

        Assert.False(File.Exists(Marker), "the pickle was executed");
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
