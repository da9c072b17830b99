using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>The class of each sample: class names in order, and one index into them a sample.</summary>
public sealed class Labels
{
    /// <summary>What the class is called that stands for all classes which a source doesn't have.</summary>
    public const string Unknown = "unknown";

    /// <summary>Creates labels that are coded already.</summary>
    /// <param name="classes">The classes' names, each once.</param>
    /// <param name="indices">The class of each sample, from 0 to the number of classes − 1.</param>
    /// <exception cref="ArgumentException">A class is named twice, or an index names no class.</exception>
    public Labels(IReadOnlyList<string> classes, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(indices);
        if (classes.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"class '{twice.Key}' is named twice", nameof(classes));
        int wrong = Array.FindIndex(indices, index => index < 0 || index >= classes.Count);
        if (wrong >= 0)
            throw new ArgumentException($"sample {wrong} has class {indices[wrong]}, but there are {classes.Count} classes, from 0", nameof(indices));
        Classes = classes;
        Indices = indices;
    }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The class of each sample, an index into <see cref="Classes"/>.</summary>
    public int[] Indices { get; }

    /// <summary>The number of each sample, where numbers are learnt in place of classes; null where not. See <see cref="OfValues"/>.</summary>
    public float[]? Values { get; private init; }

    /// <summary>The number of samples.</summary>
    public int Count => Indices.Length;

    /// <summary>Numbers in place of classes: all samples are of one class, <c>value</c>, and each has its number.</summary>
    /// <param name="values">One a sample, finite.</param>
    /// <exception cref="ArgumentException">One is not finite as a float32.</exception>
    public static Labels OfValues(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        float[] kept = [.. values.Select(static value => (float)value)];
        int wrong = Array.FindIndex(kept, static value => !float.IsFinite(value));
        return wrong < 0
            ? new Labels(["value"], new int[kept.Length]) { Values = kept }
            : throw new ArgumentException(FormattableString.Invariant($"sample {wrong} has the number {values[wrong]}; expected finite ones of float32's range"), nameof(values));
    }

    /// <summary>Codes one name a sample. Classes are sorted: as numbers where all are numbers, else letter by letter.</summary>
    /// <param name="names">The class of each sample.</param>
    public static Labels FromNames(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string[] classes = [.. Sorted(names.Distinct(StringComparer.Ordinal))];
        Dictionary<string, int> codes = Codes(classes);
        return new Labels(classes, [.. names.Select(name => codes[name])]);
    }

    /// <summary>Codes one number a sample; the classes' names are the numbers.</summary>
    /// <param name="numbers">The class of each sample.</param>
    public static Labels FromNumbers(ReadOnlySpan<long> numbers)
    {
        long[] present = [.. new SortedSet<long>(numbers.ToArray())];
        int[] indices = new int[numbers.Length];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = Array.BinarySearch(present, numbers[i]);
        return new Labels([.. present.Select(number => number.ToString(CultureInfo.InvariantCulture))], indices);
    }

    /// <summary>
    /// The same labels as indices into another list of classes, matched by name: a target is scored on the classes that
    /// its source was trained on.
    /// </summary>
    /// <param name="classes">The other list, which holds every class that occurs here, unless <paramref name="others"/> says otherwise.</param>
    /// <param name="others">The class of <paramref name="classes"/> that stands for those which aren't there; none refuses them.</param>
    /// <exception cref="DataException">A sample has a class that is not in <paramref name="classes"/>.</exception>
    public Labels AlignTo(IReadOnlyList<string> classes, string? others = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        Dictionary<string, int> codes = Codes(classes);
        int other = others is null ? -1 : codes[others];
        int[] recoded = new int[Indices.Length];
        for (int i = 0; i < recoded.Length; i++)
        {
            string name = Classes[Indices[i]];
            if (codes.TryGetValue(name, out recoded[i]))
                continue;
            if (other < 0)
                throw new DataException($"class '{name}' is not among the {classes.Count} classes expected: {Listed(classes)}");
            recoded[i] = other;
        }

        return new Labels(classes, recoded);
    }

    /// <summary>The labels of some samples, in the order given.</summary>
    /// <param name="samples">Which samples.</param>
    public Labels Take(ReadOnlySpan<int> samples)
    {
        int[] taken = new int[samples.Length];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = Indices[samples[i]];
        return new Labels(Classes, taken) { Values = Values is { } values ? Array.ConvertAll(samples.ToArray(), sample => values[sample]) : null };
    }

    /// <summary>How many samples each class has.</summary>
    public int[] CountPerClass()
    {
        int[] counts = new int[Classes.Count];
        foreach (int index in Indices)
            counts[index]++;
        return counts;
    }

    /// <summary>The indices as an int64 vector.</summary>
    public Tensor ToTensor() => Tensor.From<long>(Array.ConvertAll(Indices, index => (long)index));

    private static IEnumerable<string> Sorted(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? all.OrderBy(name => double.Parse(name, NumberStyles.Float, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)
            : all.Order(StringComparer.Ordinal);
    }

    private static Dictionary<string, int> Codes(IReadOnlyList<string> classes) =>
        Enumerable.Range(0, classes.Count).ToDictionary(i => classes[i], i => i, StringComparer.Ordinal);

    /// <summary>The first names, with commas between.</summary>
    internal static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(12)) + (names.Count > 12 ? ", …" : string.Empty);
}
