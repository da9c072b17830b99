using System.Text.Json.Serialization;

namespace Acclimate.Runs;

/// <summary>What became of something that was tried.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrialOutcome>))]
public enum TrialOutcome
{
    /// <summary>Enough checks without labels prefer it to the source's own model: it has a part in the answer.</summary>
    Admitted,

    /// <summary>They don't.</summary>
    NotAdmitted,

    /// <summary>It could not be fitted.</summary>
    Failed,

    /// <summary>The time was over before it was done, or was not enough to begin it.</summary>
    OutOfTime,
}

/// <summary>One thing that was tried, or was to be.</summary>
/// <param name="Name">What it is called; one of a kind in the run.</param>
/// <param name="Method">The method, by its name in the catalogue.</param>
/// <param name="Family">What it has in common with others; families count alike in the answer.</param>
/// <param name="Options">Its options that are not at their defaults.</param>
/// <param name="Why">Why it was tried when it was.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record AutoTrial(
    string Name, string Method, string Family, IReadOnlyDictionary<string, string> Options, string Why, TrialOutcome Outcome)
{
    /// <summary>What each label-free check says of the source's own model and of it.</summary>
    public IReadOnlyList<GuardEvidence> Evidence { get; init; } = [];

    /// <summary>Why it failed or was left, in words; none where it was judged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Points of accuracy above the source's own model, by labels for scoring; looked at when all was chosen. None where no label told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Gain { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }

    /// <summary>The run's seconds when it was done.</summary>
    public double At { get; init; }

    /// <summary>How many checks prefer it to the source's own model.</summary>
    [JsonIgnore]
    public int Preferring => Evidence.Count(static check => check.PrefersAdapted);

    /// <summary>Whether it was fitted and judged.</summary>
    [JsonIgnore]
    public bool IsJudged => Outcome is TrialOutcome.Admitted or TrialOutcome.NotAdmitted;
}

/// <summary>What a run that chose by itself tried, in order. No target label had a part in it.</summary>
public sealed record AutoReport
{
    /// <summary>What was done, in words.</summary>
    public required string Verdict { get; init; }

    /// <summary>The way of transfer, what labels there are, and how the domains differ, in words.</summary>
    public string Plan { get; init; } = string.Empty;

    /// <summary>Where the order came from, in words.</summary>
    public required string Order { get; init; }

    /// <summary>Seconds that it was given.</summary>
    public required double Budget { get; init; }

    /// <summary>Seconds that it took, those before an interruption too.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether it was interrupted before its time was over.</summary>
    public bool Interrupted { get; init; }

    /// <summary>What was tried, and what was to be.</summary>
    public IReadOnlyList<AutoTrial> Trials { get; init; } = [];

    /// <summary>What else is worth knowing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>How far a run that chooses by itself has come.</summary>
/// <param name="Trying">What is being tried.</param>
/// <param name="Done">It, once it is done.</param>
/// <param name="Tried">How many were fitted and judged so far.</param>
/// <param name="Admitted">How many of them have a part in the answer.</param>
/// <param name="Left">Seconds left.</param>
public sealed record AutoProgress(string Trying, AutoTrial? Done, int Tried, int Admitted, double Left);
