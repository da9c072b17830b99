using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>What a score looks at.</summary>
public enum ScoreInput
{
    /// <summary>The features of each sample: samples × features.</summary>
    Features,

    /// <summary>The probabilities that the network's own head gives the classes it was trained on: samples × source classes.</summary>
    SourceProbabilities,
}

/// <summary>
/// A figure that is known before any training and tells how well a pretrained network suits a labelled target: the higher,
/// the better. It compares networks on one target; its size says nothing across targets, nor beside another score.
/// </summary>
/// <param name="Name">What to call it, such as <c>logme</c>.</param>
/// <param name="Title">What it measures, and who proposed it.</param>
/// <param name="Needs">What it looks at beside the labels.</param>
/// <param name="Of">The score of the input, with one row a sample, and the samples' labels.</param>
public sealed record TransferabilityScore(string Name, string Title, ScoreInput Needs, Func<Tensor, Labels, double> Of)
{
    /// <summary>Every score that there is, the one to look at first leading.</summary>
    public static IReadOnlyList<TransferabilityScore> All { get; } =
    [
        new("logme", "evidence of a Bayesian linear model on the features (You et al., 2021)", ScoreInput.Features, LogMe.Of),
        new("h-score-reg", "class means' spread in shrunk feature variances (Ibrahim et al., 2021)", ScoreInput.Features, HScore.Regularised),
        new("h-score", "class means' spread in feature variances (Bao et al., 2019)", ScoreInput.Features, HScore.Of),
        new("leep", "log-likelihood by way of the source's classes (Nguyen et al., 2020)", ScoreInput.SourceProbabilities, Leep.Of),
        new("nce", "−H(target class | predicted source class) (Tran et al., 2019)", ScoreInput.SourceProbabilities, NegativeConditionalEntropy.Of),
    ];
}
