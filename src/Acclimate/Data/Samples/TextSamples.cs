using System.Security.Cryptography;
using System.Text;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>Texts, as counts of a vocabulary's words: kept sparse, made dense as they are read.</summary>
internal sealed class TextSamples : ISamples
{
    private readonly IReadOnlyList<string> places;
    private readonly IReadOnlyList<(int Word, int Count)>[] counts;

    public TextSamples(IReadOnlyList<string> texts, IReadOnlyList<string> places, Vocabulary vocabulary)
    {
        Texts = texts;
        this.places = places;
        Vocabulary = vocabulary;
        counts = [.. texts.Select(vocabulary.Count)];
    }

    public IReadOnlyList<string> Texts { get; }

    public Vocabulary Vocabulary { get; }

    public int Count => counts.Length;

    public IReadOnlyList<long> Shape => [Vocabulary.Words.Count];

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        int width = Vocabulary.Words.Count;
        float[] rows = new float[checked(indices.Length * width)];
        for (int i = 0; i < indices.Length; i++)
        {
            foreach ((int word, int count) in counts[indices[i]])
                rows[(i * width) + word] = count;
        }

        return Tensor.From(rows, indices.Length, width);
    }

    public string Describe(int index) => places[index];

    /// <summary>The same texts by another vocabulary.</summary>
    public TextSamples With(Vocabulary vocabulary) => new(Texts, places, vocabulary);

    public void Identify(IncrementalHash hash)
    {
        foreach (string part in Vocabulary.Words.Concat(Texts))
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
    }

    public void Dispose()
    {
    }
}
