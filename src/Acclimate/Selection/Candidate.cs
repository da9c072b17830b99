using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>
/// One way of labelling the target's samples, to be judged against others: what it says of them, and whatever else of it is at
/// hand. Its tensors stay the caller's. A validator that needs what is not there says NaN.
/// </summary>
/// <param name="Name">What to call it; one of a kind among those that are judged together.</param>
/// <param name="Family">Those that are alike share a family, such as <c>jda</c>: a crowd counts families, not candidates.</param>
/// <param name="Target">Class probabilities of the target's samples: [n_t, C], float64; rows sum to 1.</param>
/// <exception cref="ArgumentException">A name is empty, or a tensor is not as it is said here.</exception>
public sealed record Candidate(string Name, string Family, Tensor Target)
{
    /// <summary>What to call it.</summary>
    public string Name
    {
        get;
        init => field = CandidateArguments.Text(value, nameof(Name));
    }
    = CandidateArguments.Text(Name, nameof(Name));

    /// <summary>The family it belongs to.</summary>
    public string Family
    {
        get;
        init => field = CandidateArguments.Text(value, nameof(Family));
    }
    = CandidateArguments.Text(Family, nameof(Family));

    /// <summary>Class probabilities of the target's samples: [n_t, C], float64; rows sum to 1.</summary>
    public Tensor Target
    {
        get;
        init => field = CandidateArguments.Probabilities(value, nameof(Target));
    }
    = CandidateArguments.Probabilities(Target, nameof(Target));

    /// <summary>What the fit behind it says of source samples that it did not see.</summary>
    public HeldOutSource? HeldOut { get; init; }

    /// <summary>The source in the space that the method made: [n_s, k], float64. None: it works in the original space.</summary>
    public Tensor? SourceFeatures
    {
        get;
        init => field = value is null ? null : CandidateArguments.Matrix(value, nameof(SourceFeatures));
    }

    /// <summary>The target in that space: [n_t, k], float64.</summary>
    public Tensor? TargetFeatures
    {
        get;
        init => field = value is null ? null : CandidateArguments.Matrix(value, nameof(TargetFeatures));
    }

    /// <summary>Class probabilities, [m, C], of further target samples in the original space, [m, d].</summary>
    public Func<Tensor, Tensor>? Predict { get; init; }

    /// <summary>The same method, fitted anew on another pair: the class probabilities of that pair's target samples.</summary>
    public Func<LabelFreePair, Tensor>? Refit { get; init; }
}

/// <summary>Source samples that the fit behind a candidate did not see, and what it makes of them.</summary>
/// <param name="Indices">Which source samples, from 0, each once; one or more.</param>
/// <param name="Probabilities">Their class probabilities: [m, C], float64; rows sum to 1.</param>
/// <param name="Features">They in the candidate's space: [m, k], float64; none where that is the original space.</param>
/// <exception cref="ArgumentException">An index is negative or there twice, a tensor has another number of rows, or is not as it is said here.</exception>
public sealed record HeldOutSource(int[] Indices, Tensor Probabilities, Tensor? Features = null)
{
    /// <summary>Which source samples, from 0.</summary>
    public int[] Indices { get; } = CandidateArguments.Places(Indices, nameof(Indices));

    /// <summary>Their class probabilities: [m, C], float64.</summary>
    public Tensor Probabilities { get; } = CandidateArguments.Rows(CandidateArguments.Probabilities(Probabilities, nameof(Probabilities)), Indices.Length, nameof(Probabilities));

    /// <summary>They in the candidate's space: [m, k], float64; none where that is the original space.</summary>
    public Tensor? Features { get; } = Features is null
        ? null
        : CandidateArguments.Rows(CandidateArguments.Matrix(Features, nameof(Features)), Indices.Length, nameof(Features));
}
