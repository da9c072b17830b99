using Acclimate.Selection.Experience;

namespace Acclimate.Benchmarks.Honest;

/// <summary>What choosing without target labels came to on one pair; every figure is the accuracy on the target in percent.</summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="Suite">The pair's suite.</param>
/// <param name="Pair">The pair.</param>
/// <param name="Shifted">Whether under label shift.</param>
/// <param name="Seed">Where the draws started from.</param>
/// <param name="Source">The source's own model, its classifier chosen by cross-validation on the source.</param>
/// <param name="Candidates">Each way of labelling the target that was there to choose from.</param>
/// <param name="Rules">What each rule makes of them, by its name.</param>
/// <param name="Validators">The candidate that each validator prefers, by the validator's name.</param>
/// <param name="Seconds">All of it, but for reading.</param>
public sealed record HonestCell(
    string Key,
    string Suite,
    string Pair,
    bool Shifted,
    long Seed,
    double Source,
    IReadOnlyDictionary<string, double> Candidates,
    IReadOnlyDictionary<string, double> Rules,
    IReadOnlyDictionary<string, string> Validators,
    double Seconds) : IBenchmarkCell
{
    /// <summary>What can be known of the pair before anything is tried.</summary>
    public PairStatistics? Statistics { get; init; }

    /// <summary>How far the target's class shares seem to be from the source's, without its labels.</summary>
    public double LabelShift { get; init; }

    /// <summary>How many of the rules' six checks prefer the good default.</summary>
    public int Checks { get; init; }

    /// <summary>The classifier that the source picked.</summary>
    public string Base { get; init; } = string.Empty;

    /// <summary>The best candidate's accuracy, which only the target's labels can tell.</summary>
    public double Oracle => Candidates.Values.Append(Source).Max();

    /// <summary>How many points a rule is above the source's own model.</summary>
    /// <param name="rule">Its name.</param>
    public double Gain(string rule) => Rules[rule] - Source;
}
