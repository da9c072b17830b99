using System.Globalization;
using System.Runtime.InteropServices;
using Acclimate.Classifiers;
using Acclimate.Selection;
using Acclimate.Selection.Validators;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Validators;

/// <summary>Pairs with candidates that have everything a validator may ask for, made in the open scope.</summary>
internal static class Judged
{
    /// <summary>Reads FOLDER: the pair, and of each candidate its family and matrices.</summary>
    private const string Read = """
        import os
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        import numpy as np
        def matrix(name, kind=np.float64):
            rows = [int(word) for word in open(f"{FOLDER}/{name}.shape").read().split()]
            return np.fromfile(f"{FOLDER}/{name}", dtype=kind).reshape(rows)
        def show(*values):
            print(*(repr(float(v)) for v in values))
        xs, xt, ys, C = matrix("xs"), matrix("xt"), matrix("ys", np.int32), CLASSES
        halves = matrix("halves-s", np.int32), matrix("halves-t", np.int32)
        pool = []
        for family in open(f"{FOLDER}/families").read().split():
            i = len(pool)
            pool.append(dict(family=family, p=matrix(f"{i}.p"), held=matrix(f"{i}.held", np.int32), hp=matrix(f"{i}.hp"),
                hf=matrix(f"{i}.hf"), sf=matrix(f"{i}.sf"), tf=matrix(f"{i}.tf")))
            pool[i]["y"] = pool[i]["p"].argmax(1)
        """;

    /// <summary>A pair of blobs, and five candidates of three families: linear, of different worth.</summary>
    public static (LabelFreePair Pair, Candidate[] Pool) Case(long seed, int sources = 60, int targets = 50, int features = 7, int classes = 3)
    {
        using Generator generator = new(seed);
        int[] labels = [.. Enumerable.Range(0, sources).Select(i => i % classes)];
        Tensor centres = Normal(classes, features) * 1.5;
        Tensor source = Picked(centres, i => i % classes, sources) + Normal(sources, features);

        // The target's classes have other shares, other centres and a wider spread.
        Tensor target = (Picked(centres, i => i % 4 % classes, targets) * 0.8) + (Normal(targets, features) * 1.2) + 0.3;
        LabelFreePair pair = new(source, labels, classes, target);
        int[] held = [.. Enumerable.Range(0, sources).Where(i => i / classes % 3 == 0)];
        return (pair, [.. new[] { "src", "src", "jda", "st", "st" }.Select((family, j) => Of($"c{j}", family, (centres.T * 0.5) + (Normal(features, classes) * (0.1 * (j + 1))), Normal(features, 4)))]);

        Tensor Normal(int rows, int columns) => Tensor.Normal([rows, columns], generator, ScalarType.Float64);

        Candidate Of(string name, string family, Tensor w, Tensor map) => new(name, family, Says(target, w))
        {
            HeldOut = new HeldOutSource(held, Says(Rows(source, held), w), Rows(source.MatMul(map), held)),
            SourceFeatures = source.MatMul(map),
            TargetFeatures = target.MatMul(map),
            Predict = rows => Says(rows, w),
            Refit = turned =>
            {
                using FittedClassifier fitted = new NearestCentroid().Fit(turned.Source, [.. turned.SourceLabels], turned.Classes);
                return fitted.Probabilities(turned.Target);
            },
        };
    }

    public static Tensor Says(Tensor samples, Tensor weights) => Functional.Softmax(samples.MatMul(weights), 1);

    public static Tensor Rows(Tensor samples, int[] rows) => samples.IndexSelect(0, Tensor.From(Array.ConvertAll(rows, static row => (long)row)));

    private static Tensor Picked(Tensor rows, Func<int, int> which, int count) => Rows(rows, [.. Enumerable.Range(0, count).Select(which)]);

    /// <summary>What a script prints of a pair and its candidates: a line of numbers for each thing that it shows.</summary>
    public static double[][] Python(string package, string script, LabelFreePair pair, IReadOnlyList<Candidate> pool)
    {
        using TemporaryFolder folder = new();
        Write("xs", pair.Source);
        Write("xt", pair.Target);
        Whole("ys", [.. pair.SourceLabels]);
        (int[] ofSource, int[] ofTarget) = DensityRatio.Halves((int)pair.Source.Size(0), (int)pair.Target.Size(0));
        Whole("halves-s", ofSource);
        Whole("halves-t", ofTarget);
        folder.Write("families", string.Join('\n', pool.Select(static candidate => candidate.Family)));
        for (int i = 0; i < pool.Count; i++)
        {
            Write($"{i}.p", pool[i].Target);
            Whole($"{i}.held", pool[i].HeldOut!.Indices);
            Write($"{i}.hp", pool[i].HeldOut!.Probabilities);
            Write($"{i}.hf", pool[i].HeldOut!.Features!);
            Write($"{i}.sf", pool[i].SourceFeatures!);
            Write($"{i}.tf", pool[i].TargetFeatures!);
        }

        string read = Read.Replace("FOLDER", $"'{folder.Path}'", StringComparison.Ordinal).Replace("CLASSES", $"{pair.Classes}", StringComparison.Ordinal);

        // An f-string holds the folder's name in its own quotes.
        read = read.Replace($"{{'{folder.Path}'}}", folder.Path, StringComparison.Ordinal);
        return [.. Tests.Data.Python.Run(package, read + "\n" + script).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => Array.ConvertAll(line.Split(' '), static word => double.Parse(word, CultureInfo.InvariantCulture)))];

        void Write(string name, Tensor matrix)
        {
            folder.Write(name, MemoryMarshal.AsBytes<double>(matrix.ToArray<double>()));
            folder.Write($"{name}.shape", string.Join(' ', matrix.Shape));
        }

        void Whole(string name, int[] numbers)
        {
            folder.Write(name, MemoryMarshal.AsBytes<int>(numbers));
            folder.Write($"{name}.shape", $"{numbers.Length}");
        }
    }
}
