using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Honest;

/// <summary>
/// What a pool says of one pair: the costly part of a measurement, kept in a file of its own, so that rules can be tried on it without
/// fitting anything again.
/// </summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="Evidence">What label-free checks say.</param>
/// <param name="Said">By candidate, its class probabilities: [n, C], a row after the other.</param>
/// <param name="Truth">The samples' classes, for scoring.</param>
/// <param name="Classes">C.</param>
/// <param name="Base">The classifier that the source picked.</param>
/// <param name="Statistics">What can be known of the pair before anything is tried.</param>
/// <param name="Seconds">All of it, but for reading.</param>
internal sealed record PoolAnswers(
    string Key, PoolEvidence Evidence, float[][] Said, int[] Truth, int Classes, string Base, PairStatistics Statistics, double Seconds)
{
    /// <summary>To be raised when the same pool comes to say something else.</summary>
    public const int Version = 2;

    private const string AboutName = "about", SaidName = "said", TruthName = "truth";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Reads what was kept; none where nothing is, it was made of something else, or the file is damaged.</summary>
    /// <param name="file">The file.</param>
    /// <param name="key">What it must have been made of.</param>
    public static PoolAnswers? Read(string file, string key)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            using TensorFile kept = Safetensors.Read(file);
            if (JsonSerializer.Deserialize<About>(kept.Metadata[AboutName], Json) is not { } about || about.Key != key)
                return null;
            float[] said = kept.Tensors[SaidName].ToArray<float>();
            int size = said.Length / about.Evidence.Names.Count;
            return new PoolAnswers(
                key, about.Evidence, [.. said.Chunk(size)], [.. kept.Tensors[TruthName].ToArray<long>().Select(static label => (int)label)], about.Classes, about.Base, about.Statistics, about.Seconds);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Keeps it, whole or not at all.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Save(string file)
    {
        using TensorScope scope = TensorScope.Begin();
        Safetensors.Write(
            file,
            new Dictionary<string, Tensor>
            {
                [SaidName] = Tensor.From((float[])[.. Said.SelectMany(static one => one)], Said.Length, Truth.Length, Classes),
                [TruthName] = Tensor.From((long[])[.. Truth.Select(static label => (long)label)]),
            },
            new Dictionary<string, string> { [AboutName] = JsonSerializer.Serialize(new About(Key, Evidence, Classes, Base, Statistics, Seconds), Json) });
    }

    /// <summary>The class that a candidate gives to each sample.</summary>
    /// <param name="candidate">Which.</param>
    public int[] Labels(int candidate) => Labels(Array.ConvertAll(Said[candidate], static p => (double)p));

    /// <summary>The class that a rule gives to each sample.</summary>
    /// <param name="rule">The rule.</param>
    public int[] Ruled(ShareRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        IReadOnlyList<double> weights = rule.Weigh(Evidence).Total(Evidence.Source);
        double[] mixed = new double[Said[0].Length];
        for (int i = 0; i < Said.Length; i++)
        {
            if (weights[i] > 0)
            {
                for (int at = 0; at < mixed.Length; at++)
                    mixed[at] += weights[i] * Said[i][at];
            }
        }

        return Labels(mixed);
    }

    /// <summary>The percentage of the samples whose class is right.</summary>
    /// <param name="labels">A class for each.</param>
    public double Accuracy(int[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return 100.0 * labels.Zip(Truth).Count(static both => both.First == both.Second) / Truth.Length;
    }

    private int[] Labels(double[] probabilities) =>
        [.. Enumerable.Range(0, Truth.Length).Select(i => Enumerable.Range(0, Classes).MaxBy(c => probabilities[(i * Classes) + c]))];

    private sealed record About(string Key, PoolEvidence Evidence, int Classes, string Base, PairStatistics Statistics, double Seconds);
}
