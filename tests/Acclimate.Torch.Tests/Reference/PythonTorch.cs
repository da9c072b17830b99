using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Acclimate.Torch.Tests.Reference;

/// <summary>Elements and shape of a tensor that Python's PyTorch computed.</summary>
public sealed record ReferenceTensor(long[] Shape, double[] Values);

/// <summary>
/// Runs snippets in Python's PyTorch, all in one process. Tensors go there and back as safetensors, which a few lines of
/// Python read and write by themselves: so the format is checked against an implementation of its own too.
/// </summary>
internal static class PythonTorch
{
    private const string Script = """
        import json, struct, sys
        try:
            import torch
        except ImportError as e:
            sys.exit(f"SKIP {e}")
        import torch.nn.functional as F
        folder = sys.argv[1]
        torch.set_num_threads(1)
        types = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64, "BOOL": torch.bool}
        names = {v: k for k, v in types.items()}

        def read(path):
            data = open(path, "rb").read()
            length, = struct.unpack("<Q", data[:8])
            assert length % 8 == 0
            header = json.loads(data[8:8 + length])
            tensors = {}
            for name, entry in header.items():
                begin, end = entry["data_offsets"]
                raw = bytearray(data[8 + length + begin:8 + length + end])
                flat = torch.frombuffer(raw, dtype=types[entry["dtype"]]) if raw else torch.empty(0, dtype=types[entry["dtype"]])
                tensors[name] = flat.reshape(entry["shape"])
            return tensors

        def write(path, tensors):
            header, data = {}, b""
            for name, tensor in tensors.items():
                raw = tensor.detach().contiguous().numpy().tobytes()
                header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
                data += raw
            text = json.dumps(header).encode()
            open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)

        def train(make, w1, b1, w2, b2, x, t):
            parameters = [torch.nn.Parameter(p.detach().clone()) for p in (w1, b1, w2, b2)]
            optimizer = make(parameters)
            for step in range(20):
                optimizer.zero_grad()
                hidden = torch.tanh(F.linear(x, parameters[0], parameters[1]))
                F.mse_loss(F.linear(hidden, parameters[2], parameters[3]), t).backward()
                optimizer.step()
            return torch.cat([p.detach().flatten() for p in parameters])

        pool = read(f"{folder}/inputs.safetensors")
        results = {}
        for case in json.load(open(f"{folder}/cases.json")):
            scope = {"torch": torch, "F": F, "train": train}
            for name, tensor in pool.items():
                scope[name] = tensor.clone()
                if tensor.is_floating_point() and not name.startswith("_"):
                    scope[name].requires_grad_()
            y = eval(case["Python"], scope)
            if isinstance(y, dict):
                results.update({f"{case['Name']}/{key}": value for key, value in y.items()})
                continue
            results[case["Name"]] = y
            if y.requires_grad:
                y.square().sum().backward()
                for name in pool:
                    if scope[name].grad is not None:
                        results[f"{case['Name']}/{name}"] = scope[name].grad
        write(f"{folder}/results.safetensors", results)
        """;

    /// <summary>Computes every case.</summary>
    /// <param name="inputs">The tensors that the snippets may use by name; names that begin with _ want no gradient.</param>
    /// <param name="cases">Name and Python expression of each case.</param>
    /// <returns>Each case's result by its name, and its gradients by "case/input"; none where there is no PyTorch.</returns>
    public static IReadOnlyDictionary<string, ReferenceTensor>? Compute(
        IEnumerable<KeyValuePair<string, Tensor>> inputs, IEnumerable<(string Name, string Python)> cases)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-reference-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            Safetensors.Write(At("inputs.safetensors"), inputs);
            File.WriteAllText(At("cases.json"), JsonSerializer.Serialize(cases.Select(static c => new { c.Name, c.Python })));
            File.WriteAllText(At("reference.py"), Script);
            if (!Run(At("reference.py"), folder.FullName))
                return null;
            using TensorFile results = Safetensors.Read(At("results.safetensors"));
            return results.Tensors.ToDictionary(static r => r.Key, static r => new ReferenceTensor(r.Value.Shape, r.Value.ToArray<double>()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Run(string script, string folder)
    {
        // The system's own interpreter: it is the one that Debian's python3-torch belongs to.
        string interpreter = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(interpreter, [script, folder]) { RedirectStandardError = true, UseShellExecute = false })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (errors.StartsWith("SKIP", StringComparison.Ordinal))
                return false;
            Assert.True(process.ExitCode == 0, errors);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
