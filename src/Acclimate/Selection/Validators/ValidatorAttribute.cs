namespace Acclimate.Selection;

/// <summary>What a validator needs of a candidate beside its probabilities of the target's samples.</summary>
[Flags]
public enum ValidatorNeeds
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary><see cref="Candidate.HeldOut"/>.</summary>
    HeldOut = 1,

    /// <summary><see cref="Candidate.Predict"/>.</summary>
    Predict = 2,

    /// <summary><see cref="Candidate.Refit"/>.</summary>
    Refit = 4,

    /// <summary>Candidates of other families in the pool.</summary>
    Crowd = 8,
}

/// <summary>Puts a class into the <see cref="ValidatorCatalog"/>.</summary>
/// <param name="name">The name on the command line.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ValidatorAttribute(string name) : Attribute
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>The validator's name in full.</summary>
    public required string Title { get; init; }

    /// <summary>What it measures, in the paper's symbols.</summary>
    public required string Formula { get; init; }

    /// <summary>Authors, title, venue, year.</summary>
    public required string Paper { get; init; }

    /// <summary>What it needs beside probabilities.</summary>
    public ValidatorNeeds Needs { get; init; }

    /// <summary>When it misleads, in a sentence.</summary>
    public required string Beware { get; init; }
}
