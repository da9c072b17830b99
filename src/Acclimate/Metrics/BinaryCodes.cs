using System.Numerics;
using Acclimate.Torch;

namespace Acclimate.Metrics;

/// <summary>Codes of bits, one a sample, compared by how many bits differ (Hamming distance).</summary>
public sealed class BinaryCodes
{
    private const int WordBits = 64;
    private readonly ulong[] words;
    private readonly int wordsEach;

    private BinaryCodes(ulong[] words, int count, int bits)
    {
        this.words = words;
        Count = count;
        Bits = bits;
        wordsEach = WordsFor(bits);
    }

    /// <summary>How many codes there are.</summary>
    public int Count { get; }

    /// <summary>How many bits each has.</summary>
    public int Bits { get; }

    /// <summary>The signs of real codes: a bit is 1 where the number is 0 or more.</summary>
    /// <param name="features">One row a sample, of any floating-point type.</param>
    /// <exception cref="ArgumentException">It is no matrix with a column or more.</exception>
    public static BinaryCodes From(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rank != 2 || features.Size(1) == 0)
            throw new ArgumentException("codes come from a matrix: a row for each sample, a column for each bit", nameof(features));
        int count = checked((int)features.Size(0)), bits = checked((int)features.Size(1)), each = WordsFor(bits);
        using Tensor whole = features.To(ScalarType.Float32);
        float[] values = whole.ToArray<float>();
        ulong[] words = new ulong[count * each];
        for (int i = 0; i < count; i++)
        {
            for (int bit = 0; bit < bits; bit++)
            {
                if (values[(i * bits) + bit] >= 0)
                    words[(i * each) + (bit / WordBits)] |= 1UL << (bit % WordBits);
            }
        }

        return new BinaryCodes(words, count, bits);
    }

    /// <summary>How many bits of two codes differ.</summary>
    /// <param name="index">A code of these.</param>
    /// <param name="others">Codes of as many bits.</param>
    /// <param name="other">One of them.</param>
    public int Distance(int index, BinaryCodes others, int other)
    {
        ArgumentNullException.ThrowIfNull(others);
        int differ = 0;
        for (int word = 0; word < wordsEach; word++)
            differ += BitOperations.PopCount(words[(index * wordsEach) + word] ^ others.words[(other * wordsEach) + word]);
        return differ;
    }

    /// <summary>A code as zeros and ones, the first bit first.</summary>
    /// <param name="index">Which.</param>
    public string Text(int index) => string.Create(Bits, (words, start: index * wordsEach), static (text, code) =>
    {
        for (int bit = 0; bit < text.Length; bit++)
            text[bit] = (code.words[code.start + (bit / WordBits)] >> (bit % WordBits) & 1) == 1 ? '1' : '0';
    });

    private static int WordsFor(int bits) => (bits + WordBits - 1) / WordBits;
}
