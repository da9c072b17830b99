using Acclimate.Features.Selection;

namespace Acclimate.Tests.Features.Selection;

/// <summary>
/// A generated task of tagging: sentences in which names of people (1) and of places (2) stand among other words (0). In the
/// source, as in newspapers, names and sentences begin with a capital and hardly any other word does; the target is typed as in chats,
/// where capitals are rare and mean nothing. What goes before a name (a title, a preposition) and what names end in say the same in both, less surely.
/// </summary>
internal static class TaggingTask
{
    public const int Labels = 3;

    // The features: a capital; the word before is a title, a preposition, another; the ending is a person's, a place's, another's; the word itself.
    private const int Capital = 0;
    private const int Before = 1;
    private const int Ending = 4;
    private const int Words = 7;
    private const int Vocabulary = 60;

    /// <summary>Sentences of 4 to 11 words.</summary>
    public static IReadOnlyList<TokenSequence> Sentences(int count, bool formal, long seed)
    {
        Random random = new((int)seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int length = random.Next(4, 12), before = 0;
            List<int[]> tokens = [];
            List<int> labels = [];
            for (int i = 0; i < length; i++)
            {
                // A name of two words at times; after a name no other kind of name.
                double next = random.NextDouble();
                int label = before == 0 ? (next < 0.2 ? 1 : next < 0.4 ? 2 : 0) : next < 0.3 ? before : 0;
                bool capital = formal ? i == 0 || random.NextDouble() < (label > 0 ? 0.97 : 0.02) : random.NextDouble() < 0.02;
                int cue = label > 0 && before == 0 && random.NextDouble() < 0.75 ? label - 1 : random.NextDouble() < 0.1 ? random.Next(2) : 2;
                int ending = label > 0 && random.NextDouble() < 0.75 ? label - 1 : random.NextDouble() < 0.1 ? random.Next(2) : 2;
                int[] own = [Before + cue, Ending + ending, Words + random.Next(Vocabulary)];
                tokens.Add(capital ? [Capital, .. own] : own);
                labels.Add(label);
                before = label;
            }

            return new TokenSequence(tokens, labels);
        })];
    }

    /// <summary>The share of tokens with the right label.</summary>
    public static double Accuracy(LinearChain chain, IReadOnlyList<TokenSequence> sentences) =>
        sentences.Sum(s => chain.Predict(s).Zip(s.Labels!, static (a, b) => a == b ? 1 : 0).Sum()) / (double)sentences.Sum(static s => s.Count);
}
