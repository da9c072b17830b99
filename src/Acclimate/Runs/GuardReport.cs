using System.Text.Json.Serialization;
using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;

namespace Acclimate.Runs;

/// <summary>
/// What the harm guard did with a run: how it hedged the adapted model with the source's own, and what spoke for and against.
/// Nothing here was chosen by a target label; <see cref="Source"/> and <see cref="Bare"/> are figures for the reader.
/// </summary>
public sealed record GuardReport
{
    /// <summary>What was done, in words, the verdict first; where the guard could not apply, why.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether the model that is returned is a hedge; false where the guard could not apply, and the bare method is returned.</summary>
    public required bool Hedged { get; init; }

    /// <summary>The rule that set the weights, by name; none where the guard could not apply.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rule { get; init; }

    /// <summary>What each candidate weighs in what is returned; they sum to 1, the source's among them.</summary>
    public IReadOnlyList<GuardWeight> Weights { get; init; } = [];

    /// <summary>What each label-free check says of the source's own model and of the adapted one.</summary>
    public IReadOnlyList<GuardEvidence> Evidence { get; init; } = [];

    /// <summary>How far the target's class shares seem to be from the source's; none where it was not looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GuardShift? Shift { get; init; }

    /// <summary>
    /// The share of the target's samples on which the saved model says what the hedge says, where one model stands for the
    /// several; none where the saved model is the hedge itself.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Agreement { get; init; }

    /// <summary>What else is worth knowing, such as what was left out and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The source's own model's score; none where no labels were given for scoring.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Score? Source { get; init; }

    /// <summary>The method's score without the hedge; none where no labels were given for scoring.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Score? Bare { get; init; }

    /// <summary>What could be known of the pair before anything was tried; none where the guard could not apply.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PairStatistics? Statistics { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }

    /// <summary>A run that the guard does not apply to.</summary>
    /// <param name="why">Why not, as a sentence's end.</param>
    public static GuardReport NotApplied(string why) => new() { Hedged = false, Verdict = $"Not hedged: {why}" };
}

/// <summary>What a candidate weighs.</summary>
/// <param name="Candidate">Its name.</param>
/// <param name="Family">What it has in common with others.</param>
/// <param name="Weight">From 0 to 1.</param>
public sealed record GuardWeight(string Candidate, string Family, double Weight);

/// <summary>What one label-free check says; higher is better.</summary>
/// <param name="Validator">Its name in the catalogue of validators.</param>
/// <param name="Title">Its name in words.</param>
/// <param name="Source">What it says of the source's own model; none where it can't say.</param>
/// <param name="Adapted">What it says of the adapted one.</param>
public sealed record GuardEvidence(string Validator, string Title, double? Source, double? Adapted)
{
    /// <summary>By how much the adapted model must be better for the check to prefer it: rounding decides nothing.</summary>
    public const double Margin = PoolEvidence.Margin;

    /// <summary>What a check says, NaN being that it can't say.</summary>
    /// <param name="check">The check.</param>
    /// <param name="source">What it says of the source's own model.</param>
    /// <param name="adapted">What it says of the adapted one.</param>
    internal static GuardEvidence Of(ValidatorAttribute check, double source, double adapted) => new(check.Name, check.Title, Known(source), Known(adapted));

    /// <summary>A score; none where it is NaN.</summary>
    internal static double? Known(double score) => double.IsNaN(score) ? null : score;

    /// <summary>What it says of the method that was asked for, where the adapted model is more than that method.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Method { get; init; }

    /// <summary>Whether the check prefers the adapted model.</summary>
    [JsonIgnore]
    public bool PrefersAdapted => Adapted > Source + Margin;
}

/// <summary>How the target's classes seem to be distributed.</summary>
/// <param name="Suspected">Whether the class shares that adapting finds are at odds with these, so that the hedge heeds it.</param>
/// <param name="Distance">The total variation between the source's class shares and the target's estimated ones, 0 to 1.</param>
/// <param name="Shares">The target's estimated share of each class.</param>
public sealed record GuardShift(bool Suspected, double Distance, IReadOnlyList<double> Shares);
