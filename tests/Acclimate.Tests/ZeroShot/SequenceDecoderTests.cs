using Acclimate.Generated;
using Acclimate.TestSupport;
using Acclimate.ZeroShot.Composition;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.ZeroShot;

public sealed class SequenceDecoderTests
{
    // Whole numbers: sums are exact.
    [Fact]
    public void Decode_SmallSequences_IsTheBestOfAllWaysThroughAllWords() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        static seed =>
        {
            RandomStream random = new(seed);
            int units = 2 + random.Index(3), length = 1 + random.Index(6);
            double[][] frames = new double[length][];
            for (int t = 0; t < length; t++)
            {
                frames[t] = new double[units];
                for (int u = 0; u < units; u++)
                    frames[t][u] = -random.Index(20);
            }

            int[][] words = [[0], [0, 1], [1, 0], [1, 0, 1]];
            double[] best = [.. words.Select(word => Ways(frames, word, 0, 0))];

            SequenceDecoder.Decoded found = new SequenceDecoder(new Lexicon(units, words)).Decode(frames);

            Assert.Equal(best.Max(), found.LogLikelihood);
            Assert.Equal(Array.IndexOf(best, best.Max()), found.Word);
        }).Check(Draws.Seeded);

    [Fact]
    public void Decode_AWordOfKnownUnits_IsFoundThoughNobodySaysWhereOneEnds()
    {
        Lexicon lexicon = new(3, [[0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 0]]);
        int[] heard = [0, 0, 2, 2, 2, 1];

        // One frame is heard wrongly, and its neighbours outvote it.
        double[][] frames = [.. heard.Select(static unit => (double[])[.. Enumerable.Range(0, 3).Select(u => u == unit ? -0.2 : -3)])];
        frames[3] = [-1, -0.9, -1.1];

        Assert.Equal(2, new SequenceDecoder(lexicon).Decode(frames).Word);
        Assert.Equal(-1, new SequenceDecoder(new Lexicon(3, [[0, 1, 2]])).Decode(frames[..2]).Word);
    }

    [Fact]
    public void Lexicon_WordsThatCannotBe_AreRefused()
    {
        Assert.Contains("word 1 is [3]", Assert.Throws<ArgumentException>(static () => new Lexicon(3, [[0], [3]])).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(static () => new Lexicon(3, [[0, 1], [0, 1]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(static () => new SequenceDecoder(new Lexicon(2, [[0]])).Decode([[0, 0, 0]]));
    }

    /// <summary>The best sum from frame t on, which is the word's unit at s: by trying everything.</summary>
    private static double Ways(double[][] frames, int[] word, int t, int s)
    {
        double here = frames[t][word[s]];
        if (t == frames.Length - 1)
            return s == word.Length - 1 ? here : double.NegativeInfinity;
        double stay = Ways(frames, word, t + 1, s), next = s < word.Length - 1 ? Ways(frames, word, t + 1, s + 1) : double.NegativeInfinity;
        return here + Math.Max(stay, next);
    }
}
