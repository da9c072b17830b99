using System.Globalization;
using System.Runtime.InteropServices;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>
/// LIBSVM's text: a line a sample, its label and then <c>index:value</c> for each feature that is not 0. Indices count
/// from 1, or from 0 where one of them is 0; <c>base=0</c> or <c>base=1</c> says so.
/// </summary>
internal sealed class LibsvmReader : IDomainReader
{
    private static readonly string[] Endings = [".libsvm", ".svm", ".svmlight"];

    public string Format => "libsvm";

    public string Description => "LIBSVM (.libsvm, .svm)";

    public IReadOnlyList<string> Options => ["base", "features", "labels"];

    public bool Recognises(string path) => Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public Domain Read(SourceString source, DomainOptions options)
    {
        string file = source.Path;
        bool labelled = source.GetWord("labels", "none") is null;
        Lines lines = ReadLines(file);
        if (lines.Starts.Count == 0)
            throw new DataException($"{file}: holds no samples");
        int first = source.GetWord("base", "0", "1") is { } given ? given[0] - '0' : lines.Least == 0 ? 0 : 1;
        if (lines.Least < first)
            throw new DataException($"{file}: a feature has index {lines.Least}, but base={first}");
        int found = Math.Max(1, lines.Most - first + 1);
        int features = source.GetCount("features") ?? options.FeatureCount ?? found;
        if (found > features)
            throw new DataException($"{file}: a feature has index {lines.Most}, but there are {features} features, counted from {first}");

        int count = lines.Starts.Count;
        Bounded.RequireDense(file, [count, features], sizeof(float));
        using TensorScope scope = TensorScope.Begin();
        Tensor samples = Tensor.Zeros([count, features]);
        for (int i = 0; i < count; i++)
        {
            using Tensor row = samples.Select(0, i);
            Span<float> values = MemoryMarshal.Cast<byte, float>(row.Bytes);
            int end = i + 1 < count ? lines.Starts[i + 1] : lines.Entries.Count;
            for (int k = lines.Starts[i]; k < end; k++)
                values[lines.Entries[k].Index - first] = lines.Entries[k].Value;
        }

        Labels? labels = labelled
            ? ArrayDomain.ToLabels(CollectionsMarshal.AsSpan(lines.Labels), i => $"{file}, line {lines.Numbers[i]}")
            : null;
        return new Domain(source.Name, new TensorSamples(scope.Keep(samples)), labels, source.Text);
    }

    private static Lines ReadLines(string file)
    {
        Lines lines = new();
        int number = 0;
        HashSet<int> seen = [];
        foreach (string line in File.ReadLines(file))
        {
            number++;
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string[] parts = (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
                continue;
            string place = $"{file}, line {number}";
            if (!double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double label))
                throw new DataException($"{place}: '{Shortened(parts[0])}' is no label; expected a number, then index:value for each feature");
            lines.Begin(number, label);
            seen.Clear();
            foreach (string part in parts.AsSpan(1))
            {
                if (part.StartsWith("qid:", StringComparison.Ordinal))
                    continue;
                int colon = part.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0
                    || !int.TryParse(part.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                    || !float.TryParse(part.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
                    throw new DataException($"{place}: '{Shortened(part)}' is not of the form index:value");
                if (!float.IsFinite(value))
                    throw new DataException($"{place}: feature {index} is {Shortened(part[(colon + 1)..])}; expected a finite number");
                if (!seen.Add(index))
                    throw new DataException($"{place}: feature {index} is given twice");
                lines.Add(index, value);
            }
        }

        return lines;
    }

    private static string Shortened(string text) => text.Length > 40 ? text[..40] + "…" : text;

    /// <summary>The file as it stands: for each sample where its entries start, its label and its line.</summary>
    private sealed class Lines
    {
        public List<int> Starts { get; } = [];

        public List<double> Labels { get; } = [];

        public List<int> Numbers { get; } = [];

        public List<(int Index, float Value)> Entries { get; } = [];

        public int Least { get; private set; } = int.MaxValue;

        public int Most { get; private set; } = -1;

        public void Begin(int line, double label)
        {
            Starts.Add(Entries.Count);
            Labels.Add(label);
            Numbers.Add(line);
        }

        public void Add(int index, float value)
        {
            Entries.Add((index, value));
            Least = Math.Min(Least, index);
            Most = Math.Max(Most, index);
        }
    }
}
