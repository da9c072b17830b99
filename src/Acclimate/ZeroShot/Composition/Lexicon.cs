namespace Acclimate.ZeroShot.Composition;

/// <summary>Words as sequences of units, such as phonemes or digits, that other words share: one that was never met is known by its units.</summary>
public sealed class Lexicon
{
    /// <summary>Puts a lexicon together.</summary>
    /// <param name="units">How many units there are, 1 or more.</param>
    /// <param name="words">Each word's units, from 0; one unit at least, and no two words alike.</param>
    /// <exception cref="ArgumentException">A word is empty, has a unit that there is not, or is there twice.</exception>
    public Lexicon(int units, IReadOnlyList<int[]> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0)
            throw new ArgumentException("the lexicon has no words", nameof(words));
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].Length == 0 || words[i].Any(unit => unit < 0 || unit >= units))
                throw new ArgumentException($"word {i} is [{string.Join(", ", words[i])}]; expected one unit or more, each from 0 to {units - 1}", nameof(words));
        }

        if (words.Select(static word => string.Join(',', word)).Distinct().Count() < words.Count)
            throw new ArgumentException("the lexicon has a word twice", nameof(words));
        Units = units;
        Words = words;
    }

    /// <summary>How many units there are.</summary>
    public int Units { get; }

    /// <summary>Each word's units.</summary>
    public IReadOnlyList<int[]> Words { get; }
}
