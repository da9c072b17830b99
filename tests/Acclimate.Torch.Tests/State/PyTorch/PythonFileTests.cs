using System.Diagnostics;
using System.Text.Json;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Files that Python's PyTorch wrote, against what it says is in them.</summary>
public sealed class PythonFileTests(PythonFileTests.Files files) : IClassFixture<PythonFileTests.Files>
{
    /// <summary>The folder of the published weights, where there is one.</summary>
    private static string? Published =>
        Environment.GetEnvironmentVariable("ACCLIMATE_DATA") is { } data && Path.Combine(data, "weights_cifar10_resnet") is var folder && Directory.Exists(folder) ? folder : null;

    public static TheoryData<string> Names =>
    [
        "types-zip", "types-legacy", "views-zip", "views-legacy", "module-zip", "module-legacy", "parallel-legacy", "protocol1-zip", "protocol3-zip", "protocol4-zip",
        "protocol5-zip", "protocol4-legacy", "checkpoint-zip", "checkpoint-legacy", "nested-zip", "plain-zip", "plain4-zip",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OfWhatPythonWrote_IsTheSameToTheBit(string name)
    {
        files.Require();
        using TensorFile read = StateFile.Read(files.At($"{name}.pth"));
        AssertSame(files.Described(name), read);
        Assert.EndsWith(name.EndsWith("zip", StringComparison.Ordinal) ? "Zip" : "Legacy", StateFile.Inspect(files.At($"{name}.pth")).Format.ToString());
    }

    [Theory]
    [InlineData("checkpoint-zip")]
    [InlineData("checkpoint-legacy")]
    public void Read_OfACheckpoint_KeepsThePlainValues(string name)
    {
        files.Require();
        StateOutline outline = StateFile.Inspect(files.At($"{name}.pth"));
        Assert.Equal("90", outline.Metadata["epoch"]);
        Assert.Equal("resnet18", outline.Metadata["arch"]);
        Assert.Equal("76.125", outline.Metadata["best"]);
        Assert.Equal("true", outline.Metadata["done"]);
        Assert.Equal("1267650600228229401496703205376", outline.Metadata["many"]);
        Assert.Equal("torch.float32", outline.Metadata["type"]);
        Assert.Equal("cuda:1", outline.Metadata["device"]);
        Assert.Equal("a dictionary of 2", outline.LeftOut["optimizer"]);
        Assert.Equal("a dictionary of 2", outline.LeftOut["args"]);
        Assert.Equal("a tensor []", outline.LeftOut["loss"]);
        Assert.Equal("3 bytes", outline.LeftOut["raw"]);
        Assert.DoesNotContain("nothing", outline.Metadata.Keys);
    }

    [Theory]
    [InlineData("model-zip", "__main__.Net")]
    [InlineData("model-legacy", "__main__.Net")]
    [InlineData("numpy-zip", "numpy.core.multiarray.scalar")]
    [InlineData("complex-zip", "torch.ComplexFloatStorage")]
    [InlineData("sparse-zip", "torch._utils._rebuild_sparse_tensor")]
    [InlineData("quantised-zip", "torch.QInt8Storage|torch._utils._rebuild_qtensor")]
    [InlineData("reduce-zip", "posix.system")]
    [InlineData("reduce-legacy", "posix.system")]
    [InlineData("chain-zip", "builtins.getattr|__builtin__.getattr")]
    [InlineData("script-zip", "TorchScript")]
    public void Read_OfMoreThanTensors_IsRefusedByName(string name, string expected)
    {
        files.Require();
        string message = Assert.Throws<InvalidDataException>(() => StateFile.Read(files.At($"{name}.pth"))).Message;
        Assert.Contains(expected.Split('|'), part => message.Contains(part, StringComparison.Ordinal));
        Assert.False(File.Exists(files.At("executed")), "the file was executed");
    }

    [Theory]
    [InlineData("resnet20-12fca82f.th")]
    [InlineData("resnet32-d509ac18.th")]
    [InlineData("resnet44-014dd654.th")]
    [InlineData("resnet56-4bfd9763.th")]
    public void Read_OfPublishedLegacyWeights_IsWhatPythonReads(string name)
    {
        files.Require();
        Assert.SkipUnless(Published is not null, "ACCLIMATE_DATA is not set or lacks weights_cifar10_resnet");
        string path = Path.Combine(Published!, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        using TensorFile read = StateFile.Read(path);
        AssertSame(files.Described(name), read);
    }

    private static void AssertSame(Dictionary<string, Expected> expected, TensorFile read)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys, read.Tensors.Keys);
        foreach ((string name, Expected tensor) in expected)
        {
            Tensor found = read.Tensors[name];
            Assert.Equal(tensor.shape, found.Shape);
            Assert.Equal(tensor.type, found.Type.ToString().ToLowerInvariant());
            Assert.True(Convert.FromBase64String(tensor.bytes).AsSpan().SequenceEqual(found.Bytes), name);
        }
    }

    /// <summary>A tensor as Python describes it.</summary>
#pragma warning disable IDE1006, SA1300 // The names are those in the file.
    internal sealed record Expected(string type, long[] shape, string bytes);
#pragma warning restore IDE1006, SA1300

    /// <summary>All files, made by one run of Python.</summary>
    public sealed class Files : IDisposable
    {
        private const string Python = "/usr/bin/python3";

        private const string Script = """
            import argparse, base64, collections, json, os, sys, warnings
            try:
                import torch
            except ImportError as e:
                sys.exit(f"SKIP {e}")
            warnings.simplefilter("ignore")
            folder = sys.argv[1]
            torch.manual_seed(0)
            at = lambda name: os.path.join(folder, name)

            def describe(state, path):
                about = {}
                for name, t in state.items():
                    t = t.detach().contiguous()
                    raw = t.reshape(-1).view(torch.int16) if t.dtype == torch.bfloat16 else t
                    about[name] = {"type": str(t.dtype)[6:], "shape": list(t.shape), "bytes": base64.b64encode(raw.numpy().tobytes()).decode()}
                json.dump(about, open(path, "w"))

            def save(name, value, state=None, **how):
                for form in ("zip", "legacy"):
                    torch.save(value, at(f"{name}-{form}.pth"), _use_new_zipfile_serialization=form == "zip", **how)
                    if state is not None:
                        describe(state, at(f"{name}-{form}.json"))

            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = torch.nn.Conv2d(3, 4, 3)
                    self.bn = torch.nn.BatchNorm2d(4)

            class Reduced:
                def __reduce__(self):
                    return os.system, (f"touch {at('executed')}",)

            class Chained:
                def __reduce__(self):
                    return getattr, (Reduced(), "x")

            for published in filter(lambda file: file.endswith(".th"), os.listdir(sys.argv[2]) if len(sys.argv) > 2 else []):
                describe(torch.load(os.path.join(sys.argv[2], published), map_location="cpu")["state_dict"], at(f"{published}.json"))
            drawn = torch.randn(2, 3) * 10
            types = {str(t): drawn.to(t) for t in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.bool)}
            types["uint8"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
            types["special"] = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 1e-45])
            types["scalar"] = torch.tensor(2.5)
            types["counter"] = torch.tensor(7)
            types["empty"] = torch.empty(0)
            types["hollow"] = torch.empty(3, 0, 2)
            save("types", types, types)
            base = torch.arange(60.0).reshape(3, 4, 5)
            views = {"base": base, "permuted": base.permute(2, 0, 1), "row": base[1], "column": base[:, :, 2], "stepped": base[::2, 1:, ::2], "last": base[2, 3, 4],
                     "none": base[3:], "tied": base, "expanded": torch.tensor([3.0]).expand(4, 5), "channels_last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)}
            save("views", views, views)
            model = Net()
            save("module", model.state_dict(), model.state_dict())
            parallel = torch.nn.DataParallel(model)
            save("parallel", parallel.state_dict(), parallel.state_dict())
            for protocol in (1, 3, 4, 5):
                save(f"protocol{protocol}", model.state_dict(), model.state_dict(), pickle_protocol=protocol)
            optimizer = torch.optim.Adam(model.parameters())
            model.bn(model.conv(torch.randn(2, 3, 5, 5))).sum().backward()
            optimizer.step()
            checkpoint = {"epoch": 90, "arch": "resnet18", "state_dict": model.state_dict(), "optimizer": optimizer.state_dict(), "best": 76.125, "done": True,
                          "many": 2 ** 100, "nothing": None, "args": argparse.Namespace(lr=0.1, device=torch.device("cuda:1")), "loss": torch.tensor(0.3), "raw": b"\x00\xff\x80",
                          "type": torch.float32, "device": torch.device("cuda:1"), "size": torch.Size([1, 2]), "set": {1, 2}, "frozen": frozenset({3}), "none": b"", "tuple": (1,),
                          "list": [1.5, "x", [None]]}
            save("checkpoint", checkpoint, model.state_dict())
            save("nested", {"model": {"net": {k: torch.nn.Parameter(v) if v.is_floating_point() else v for k, v in model.state_dict().items()}}, "model_ema": model.state_dict()}, model.state_dict())
            plain = {"w": torch.ones(2), "texts": ["ü", "日本", "a" * 300, "\U0001F600", "'\"\\\n"], "numbers": [0, -1, 255, 256, 65536, -2 ** 31, 2 ** 31, 2 ** 63, -2 ** 63 - 1, 1e300], "bytes": b"x" * 300}
            save("plain", plain, {"w": torch.ones(2)})
            save("plain4", plain, {"w": torch.ones(2)}, pickle_protocol=5)
            save("model", model)
            import numpy
            save("numpy", {"w": torch.ones(2), "best": numpy.float64(3)})
            save("complex", {"w": torch.ones(2, dtype=torch.complex64)})
            save("sparse", {"w": torch.eye(2).to_sparse()})
            save("quantised", {"w": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
            save("reduce", {"w": torch.ones(2), "x": Reduced()})
            save("chain", {"w": torch.ones(2), "x": Chained()})
            torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), at("script-zip.pth"))
            """;

        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-python-");
        private readonly string? missing;

        public Files() => missing = File.Exists(Python) ? Start() : $"{Python} is not there";

        public string At(string name) => Path.Combine(folder.FullName, name);

        public void Require() => Assert.SkipUnless(missing is null, missing ?? string.Empty);

        internal Dictionary<string, Expected> Described(string name) => JsonSerializer.Deserialize<Dictionary<string, Expected>>(File.ReadAllText(At($"{name}.json")))!;

        public void Dispose() => folder.Delete(recursive: true);

        /// <summary>Runs the script; why there is no PyTorch, where there is none.</summary>
        private string? Start()
        {
            string[] arguments = Published is { } published ? [published] : [];
            File.WriteAllText(At("script.py"), Script);
            using Process process = Process.Start(new ProcessStartInfo(Python, [At("script.py"), folder.FullName, .. arguments]) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (errors.StartsWith("SKIP", StringComparison.Ordinal))
                return $"{Python}: {errors[5..].Trim()}";
            Assert.True(process.ExitCode == 0, errors);
            return null;
        }
    }
}
