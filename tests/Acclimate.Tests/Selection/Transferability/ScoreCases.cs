using System.Runtime.InteropServices;
using Acclimate.Data;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

/// <summary>Features and labels that a score should manage, made in the open scope, and given to Python as they are.</summary>
internal static class ScoreCases
{
    /// <summary>Reads the cases in FOLDER: a name, the features (float64) and the labels of each.</summary>
    private const string Read = """
        import os
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        import numpy as np
        cases = []
        for line in open(f"{FOLDER}/cases"):
            i, n, d = (int(word) for word in line.split())
            cases.append((np.fromfile(f"{FOLDER}/{i}.x").reshape(n, d), np.fromfile(f"{FOLDER}/{i}.y", dtype=np.int32)))
        """;

    public static IReadOnlyList<(string Name, Tensor Features, Labels Labels)> All()
    {
        using Generator generator = new(11);
        Tensor plain = Blobs(60, 5, generator), wide = Blobs(18, 40, generator), noise = Tensor.Normal([50, 6], generator, ScalarType.Float64);
        return
        [
            ("plain", plain, Three(60)),
            ("more features than samples", wide, Three(18)),
            ("labels that the features don't tell", noise, Three(50)),
            ("a thousandth of the scale, and off centre", (plain * 1e-3) + 4, Three(60)),
            ("a class without samples", plain, new Labels(["a", "b", "none", "c"], Array.ConvertAll(Three(60).Indices, static c => c == 2 ? 3 : c))),
            ("a feature twice, and one that is constant", Tensor.Concatenate([plain, plain.Slice(1, 0, 1), Tensor.Full([60, 1], 0.1, ScalarType.Float64)], 1), Three(60)),
            ("two classes of unequal size", plain, new Labels(["a", "b"], [.. Enumerable.Range(0, 60).Select(static i => i % 3 == 0 && i > 30 ? 1 : 0)])),
        ];
    }

    /// <summary>What a Python script makes of all cases: it prints a number for each.</summary>
    public static double[] Python(string package, string script, IReadOnlyList<(string Name, Tensor Features, Labels Labels)> cases)
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < cases.Count; i++)
        {
            folder.Write($"{i}.x", MemoryMarshal.AsBytes<double>(cases[i].Features.Contiguous().ToArray<double>()));
            folder.Write($"{i}.y", MemoryMarshal.AsBytes<int>(cases[i].Labels.Indices));
        }

        folder.Write("cases", string.Concat(cases.Select(static (c, i) => $"{i} {c.Features.Size(0)} {c.Features.Size(1)}\n")));
        string whole = Read.Replace("FOLDER", $"'{folder.Path}'", StringComparison.Ordinal) + "\n" + script;
        return [.. Tests.Data.Python.Run(package, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
    }

    public static Labels Three(int count) => new(["a", "b", "c"], [.. Enumerable.Range(0, count).Select(static i => i % 3)]);

    private static Tensor Blobs(int count, int features, Generator generator)
    {
        Tensor centres = Tensor.Normal([3, features], generator, ScalarType.Float64);
        Tensor stretched = Tensor.Normal([count, features], generator, ScalarType.Float64) * Tensor.Uniform([1, features], generator, 0.5, 2, ScalarType.Float64);
        return centres.IndexSelect(0, Three(count).ToTensor()) + stretched;
    }
}
