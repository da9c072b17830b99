namespace Acclimate.Features.Selection;

/// <summary>A sequence of tokens, such as a sentence: what is true of each token, and its label where that is known.</summary>
public sealed class TokenSequence
{
    /// <summary>Puts a sequence together.</summary>
    /// <param name="features">For each token the numbers, from 0, of the features that it has; each at most once. One token or more.</param>
    /// <param name="labels">The label of each token, from 0; none where they are not known.</param>
    /// <exception cref="ArgumentException">There is no token, a number is negative, or there isn't a label for each token.</exception>
    public TokenSequence(IReadOnlyList<IReadOnlyList<int>> features, IReadOnlyList<int>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count == 0)
            throw new ArgumentException("a sequence has no token; expected one or more", nameof(features));
        if (features.Any(static token => token.Any(static f => f < 0) || token.Distinct().Count() != token.Count))
            throw new ArgumentException("a token has a feature below 0, or the same twice", nameof(features));
        if (labels is not null && labels.Count != features.Count)
            throw new ArgumentException($"there are {labels.Count} labels for {features.Count} tokens; each needs one", nameof(labels));
        if (labels is not null && labels.Any(static label => label < 0))
            throw new ArgumentException("a label is below 0", nameof(labels));
        Features = features;
        Labels = labels;
    }

    /// <summary>For each token the features that it has.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Features { get; }

    /// <summary>The label of each token, where known.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => Features.Count;
}
