using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Serialization;

namespace Acclimate.Data;

/// <summary>
/// Which words of texts become features: each counts how often its word occurs. A word is two or more letters or digits,
/// in lower case; with pairs, two words that follow each other are a feature too.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>How many words a vocabulary holds unless told.</summary>
    public const int DefaultSize = 5000;

    private readonly Dictionary<string, int> places;

    /// <summary>Creates a vocabulary.</summary>
    /// <param name="words">The words, each once; a pair has a space between.</param>
    /// <param name="pairs">Whether pairs of words count too.</param>
    /// <exception cref="ArgumentException">A word stands twice.</exception>
    [JsonConstructor]
    public Vocabulary(IReadOnlyList<string> words, bool pairs)
    {
        ArgumentNullException.ThrowIfNull(words);
        Words = words;
        Pairs = pairs;
        places = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int i = 0; i < words.Count; i++)
        {
            if (!places.TryAdd(words[i], i))
                throw new ArgumentException($"the word '{words[i]}' stands twice in the vocabulary", nameof(words));
        }
    }

    /// <summary>The words in alphabetical order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Whether pairs of words count too.</summary>
    public bool Pairs { get; }

    /// <summary>Takes the words that occur in most texts.</summary>
    /// <param name="texts">The texts, of both domains.</param>
    /// <param name="size">How many words at most, 1 or more.</param>
    /// <param name="least">In how many texts a word must occur, 1 or more.</param>
    /// <param name="pairs">Whether pairs of words count too.</param>
    /// <exception cref="DataException">No word occurs so often.</exception>
    public static Vocabulary Fit(IEnumerable<string> texts, int size = DefaultSize, int least = 2, bool pairs = false)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        Dictionary<string, int> occurs = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            foreach (string word in Split(text, pairs).Distinct(StringComparer.Ordinal))
                CollectionsMarshal.GetValueRefOrAddDefault(occurs, word, out _)++;
        }

        string[] taken = [.. occurs
            .Where(pair => pair.Value >= least)
            .OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal)
            .Take(size)
            .Select(static pair => pair.Key)
            .Order(StringComparer.Ordinal)];
        return taken.Length > 0
            ? new Vocabulary(taken, pairs)
            : throw new DataException($"no word occurs in {least} {(least == 1 ? "text" : "texts")} or more; expected texts with words in common");
    }

    /// <summary>How often each word occurs in a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The words' places, ascending, with their counts; words that are not in the vocabulary are left out.</returns>
    public IReadOnlyList<(int Word, int Count)> Count(string text)
    {
        SortedDictionary<int, int> counts = [];
        foreach (string word in Split(text, Pairs))
        {
            if (places.TryGetValue(word, out int place))
                counts[place] = counts.GetValueOrDefault(place) + 1;
        }

        return [.. counts.Select(static pair => (pair.Key, pair.Value))];
    }

    /// <summary>A text's words in order, and the pairs of neighbours behind each.</summary>
    private static IEnumerable<string> Split(string text, bool pairs)
    {
        StringBuilder word = new();
        string? before = null;
        foreach (char c in WebUtility.HtmlDecode(text).Append(' '))
        {
            if (char.IsLetterOrDigit(c))
            {
                word.Append(char.ToLowerInvariant(c));
                continue;
            }

            if (word.Length > 1)
            {
                string found = word.ToString();
                yield return found;
                if (pairs && before is not null)
                    yield return $"{before} {found}";
                before = found;
            }

            word.Clear();
        }
    }
}
