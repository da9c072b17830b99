namespace Acclimate.ZeroShot.Composition;

/// <summary>
/// Finds the word that a sequence of frames most likely is, where each unit of a word lasts for one frame or more and nobody says where one ends:
/// the word, and the way through its units in order, with the highest Σ_t log p(x_t|unit at t) (Viterbi).
/// </summary>
/// <remarks>
/// A classifier of units gives p(unit|x); p(x|unit) is that over p(unit), less what is the same for every word. The idea is that of speech
/// recognition: phonemes are learnt on any words, and words that were never heard are recognised by a lexicon of theirs.
/// </remarks>
/// <param name="lexicon">The words.</param>
public sealed class SequenceDecoder(Lexicon lexicon)
{
    /// <summary>What a sequence was taken for.</summary>
    /// <param name="Word">The word's place in the lexicon; −1 where every word has more units than there are frames.</param>
    /// <param name="LogLikelihood">Its best way's sum.</param>
    public readonly record struct Decoded(int Word, double LogLikelihood);

    /// <summary>Decodes.</summary>
    /// <param name="frames">Each frame's log p(x|unit) for each unit, up to a constant of the frame's own; one frame at least.</param>
    /// <exception cref="ArgumentException">There is no frame, or one has other units than the lexicon.</exception>
    public Decoded Decode(IReadOnlyList<double[]> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0 || frames.Any(frame => frame.Length != lexicon.Units))
            throw new ArgumentException($"expected one frame or more with a number for each of {lexicon.Units} units", nameof(frames));
        Decoded best = new(-1, double.NegativeInfinity);
        for (int word = 0; word < lexicon.Words.Count; word++)
        {
            double found = LogLikelihood(frames, lexicon.Words[word]);
            if (found > best.LogLikelihood)
                best = new Decoded(word, found);
        }

        return best;
    }

    /// <summary>The best way through a word's units: −∞ where there are fewer frames than units.</summary>
    internal static double LogLikelihood(IReadOnlyList<double[]> frames, int[] word)
    {
        double[] at = new double[word.Length];
        Array.Fill(at, double.NegativeInfinity);
        for (int t = 0; t < frames.Count; t++)
        {
            for (int s = word.Length - 1; s >= 0; s--)
            {
                double before = t == 0 ? (s == 0 ? 0 : double.NegativeInfinity) : Math.Max(at[s], s > 0 ? at[s - 1] : double.NegativeInfinity);
                at[s] = before + frames[t][word[s]];
            }
        }

        return at[^1];
    }
}
