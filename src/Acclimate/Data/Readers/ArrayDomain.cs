using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>Makes a domain of the arrays of a file: chooses the features and the labels, and says what there is where it can't.</summary>
internal static class ArrayDomain
{
    /// <summary>The keys that every format of named arrays takes.</summary>
    public static readonly string[] Options = ["features", "labels", "samples"];

    private static readonly string[] FeatureNames = ["fts", "features", "x", "data"];
    private static readonly string[] LabelNames = ["labels", "label", "y"];

    public static Domain Make(SourceString source, IReadOnlyList<NumericArray> arrays)
    {
        string file = source.Path;
        NumericArray features = source.Get("features") is { } name ? Named(source, arrays, "features", name) : ChooseFeatures(source, arrays);
        string? orientation = source.GetWord("samples", "rows", "columns");
        NumericArray? labels = source.Get("labels") switch
        {
            "none" => null,
            { } given => Named(source, arrays, "labels", given),
            null => ChooseLabels(source, arrays, features, orientation),
        };
        if (labels is not null && labels.VectorLength is null)
            throw new DataException($"{file}: labels must be a row or a column, but {labels} is neither");

        bool columns = orientation == "columns"
            || (orientation is null && features.Shape is [long rows, long width] && labels?.VectorLength is { } wanted && wanted != rows && wanted == width);
        long count = columns ? features.Shape[^1] : features.Shape[0];
        if (labels is not null && labels.VectorLength != count)
        {
            throw new DataException(
                $"{file}: {labels} has {labels.VectorLength} labels, but {features} has {count} samples ({(columns ? "columns" : "rows")}); choose with features=…, labels=… and samples=rows or samples=columns");
        }

        using TensorScope scope = TensorScope.Begin();
        Tensor samples = Samples(file, features, columns);
        Labels? classes = labels is null ? null : ReadLabels(file, labels);
        return new Domain(source.Name, new TensorSamples(scope.Keep(samples)), classes, source.Text);
    }

    /// <summary>Whole numbers, one a sample, as labels.</summary>
    public static Labels ReadLabels(string file, NumericArray labels)
    {
        using Tensor loaded = labels.Load();
        return ToLabels(loaded.ToArray<double>(), i => $"{file}: {labels.Name}, row {i + 1}");
    }

    /// <summary>Whole numbers as labels.</summary>
    public static Labels ToLabels(ReadOnlySpan<double> numbers, Func<int, string> place)
    {
        const double mostWhole = 1L << 53;
        long[] whole = new long[numbers.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            double number = numbers[i];
            if (!double.IsFinite(number) || Math.Abs(number) > mostWhole || number != Math.Floor(number))
                throw new DataException($"{place(i)}: label {number.ToString("R", CultureInfo.InvariantCulture)}; expected a whole number that names a class");
            whole[i] = (long)number;
        }

        return Labels.FromNumbers(whole);
    }

    private static NumericArray Named(SourceString source, IReadOnlyList<NumericArray> arrays, string key, string name) =>
        arrays.FirstOrDefault(array => array.Name == name)
            ?? throw new DataException(
                $"{source.Path}: {key}={name}: no such variable; it holds {Listed(arrays)}"
                + (NearestName.Of(name, arrays.Select(array => array.Name)) is { } near ? $" (did you mean '{near}'?)" : string.Empty));

    private static NumericArray ChooseFeatures(SourceString source, IReadOnlyList<NumericArray> arrays)
    {
        if (arrays.Count == 1)
            return arrays[0];
        NumericArray[] candidates = [.. arrays.Where(array => array.VectorLength is null && array.Shape.Length >= 2)];
        NumericArray[] named = [.. candidates.Where(array => FeatureNames.Contains(array.Name, StringComparer.OrdinalIgnoreCase))];
        return named is [NumericArray one] ? one
            : candidates is [NumericArray only] ? only
            : throw new DataException($"{source.Path}: which variable holds the features? It holds {Listed(arrays)}; say features=… and labels=…");
    }

    private static NumericArray? ChooseLabels(SourceString source, IReadOnlyList<NumericArray> arrays, NumericArray features, string? orientation)
    {
        NumericArray[] vectors = [.. arrays.Where(array => array != features && array.VectorLength > 1)];
        NumericArray[] named = [.. vectors.Where(array => LabelNames.Contains(array.Name, StringComparer.OrdinalIgnoreCase))];
        if (named is [NumericArray byName])
            return byName;
        NumericArray[] fitting = [.. vectors.Where(array =>
            (orientation != "columns" && array.VectorLength == features.Shape[0]) || (orientation != "rows" && array.VectorLength == features.Shape[^1]))];
        return fitting switch
        {
            [NumericArray only] => only,
            [] when vectors.Length <= 1 => vectors.FirstOrDefault(),
            [] => null,
            _ => throw new DataException($"{source.Path}: which variable holds the labels of {features}? It holds {Listed(arrays)}; say labels=… or labels=none"),
        };
    }

    private static Tensor Samples(string file, NumericArray features, bool columns)
    {
        if (features.Shape.Length is < 2 or > 4 || features.Shape.Contains(0))
            throw new DataException($"{file}: {features} can't be samples: expected samples × features, or images as samples × height × width (× channels)");
        using TensorScope scope = TensorScope.Begin();
        Tensor loaded = features.Load();
        bool bytes = loaded.Type == ScalarType.UInt8 && loaded.Rank > 2;
        Tensor samples = bytes ? loaded : loaded.To(ScalarType.Float32);
        if (!bytes)
            RequireFinite(file, features.Name, samples);
        samples = features.Shape switch
        {
            [_, _] => columns ? samples.T : samples,
            _ when columns => throw new DataException($"{file}: samples=columns is for a matrix, but {features} has {features.Shape.Length} dimensions"),
            [_, _, _] => samples.Unsqueeze(1),
            [_, not (1 or 3), _, 1 or 3] => samples.Permute(0, 3, 1, 2),
            _ => samples,
        };
        return scope.Keep(samples.Contiguous());
    }

    /// <summary>Refuses NaN and infinities, naming the first one.</summary>
    private static void RequireFinite(string file, string name, Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor finite = samples.IsFinite();
        if (finite.All())
            return;
        long at = finite.To(ScalarType.Int32).Reshape(-1).ArgMin(0).ToInt64();
        float found = samples.Reshape(-1).Slice(0, at, at + 1).ToArray<float>()[0];
        long perRow = samples.Count / samples.Size(0);
        throw new DataException(
            $"{file}: {name}, row {(at / perRow) + 1}, element {(at % perRow) + 1}: {(float.IsNaN(found) ? "NaN (not a number)" : "a number too large for float32")}; "
            + "expected finite numbers: fill in or leave out such samples first");
    }

    private static string Listed(IReadOnlyList<NumericArray> arrays) =>
        arrays.Count == 0 ? "no numeric variable" : string.Join(", ", arrays);
}
