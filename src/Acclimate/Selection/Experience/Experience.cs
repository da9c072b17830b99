using System.Text.Json.Serialization;
using Acclimate.Runs;

namespace Acclimate.Selection.Experience;

/// <summary>
/// What one run taught: on which kind of pair, with which method, and what it gained. It holds numbers and the domains' names, no sample and
/// no path.
/// </summary>
public sealed record Experience
{
    /// <summary>What stands between the names of sources that became one.</summary>
    private const string Joint = " + ";

    /// <summary>How far statistics of the same samples may be apart: other threads add in another order.</summary>
    private const double Rounding = 1e-6;

    /// <summary>The format's version.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The source's name, without its folder.</summary>
    public required string Source { get; init; }

    /// <summary>The target's.</summary>
    public required string Target { get; init; }

    /// <summary>What can be known of the pair before anything is tried.</summary>
    public required PairStatistics Statistics { get; init; }

    /// <summary>The method, by its name in the catalogue.</summary>
    public required string Method { get; init; }

    /// <summary>Its options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What the label-free checks said of it.</summary>
    public IReadOnlyDictionary<string, double> Validators { get; init; } = new Dictionary<string, double>();

    /// <summary>How many points of accuracy on the target it was above the source's own model; none where no label told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Gain { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }

    /// <summary>The program's version.</summary>
    public required string Acclimate { get; init; }

    /// <summary>What a run taught; none where it was not hedged, since nothing is known of its pair then.</summary>
    /// <param name="result">What came out of it.</param>
    /// <param name="at">When.</param>
    public static Experience? Of(RunResult result, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Guard is not { Statistics: { } statistics } guard)
            return null;
        return new Experience
        {
            At = at,
            Source = NameOf(result.Source),
            Target = NameOf(result.Target),
            Statistics = statistics,
            Method = result.Method,
            Options = result.Options,
            Validators = guard.Evidence
                .Where(static check => (check.Method ?? check.Adapted) is not null)
                .ToDictionary(static check => check.Validator, static check => (check.Method ?? check.Adapted)!.Value),
            Gain = guard is { Bare: { } bare, Source: { } source } ? 100 * (bare.Accuracy - source.Accuracy) : null,
            Seconds = result.Seconds,
            Acclimate = AcclimateVersion.Text,
        };
    }

    /// <summary>What a run that chose by itself taught, one of each thing that it tried and judged; none where nothing is known of its pair.</summary>
    /// <param name="result">What came out of it.</param>
    /// <param name="at">When.</param>
    /// <param name="since">Seconds of the run that were over when experiences of it were last kept; what was tried before is left out.</param>
    public static IReadOnlyList<Experience> OfTrials(RunResult result, DateTimeOffset at, double since = 0)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Guard?.Statistics is not { } statistics || result.Auto is not { } auto)
            return [];
        return
        [
            .. auto.Trials.Where(trial => trial.IsJudged && trial.At > since).Select(trial => new Experience
            {
                At = at,
                Source = NameOf(result.Source),
                Target = NameOf(result.Target),
                Statistics = statistics,
                Method = trial.Method,
                Options = trial.Options,
                Validators = trial.Evidence.Where(static check => check.Adapted is not null).ToDictionary(static check => check.Validator, static check => check.Adapted!.Value),
                Gain = trial.Gain,
                Seconds = trial.Seconds,
                Acclimate = AcclimateVersion.Text,
            }),
        ];
    }

    /// <summary>Whether another is about the same pair: the same names, and the same statistics as far as they are written.</summary>
    /// <param name="other">The other.</param>
    public bool IsOfSamePair(Experience other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Source == other.Source && Target == other.Target && Statistics == other.Statistics;
    }

    /// <summary>
    /// Whether labels of a pair's target may speak from this: the target is one of its domains, by its name, or its pair has the same
    /// statistics, whatever its domains are called. What is chosen for that target must not rest on it.
    /// </summary>
    /// <param name="target">The target, as it was named.</param>
    /// <param name="pair">What is known of the pair.</param>
    public bool KnowsLabelsOf(string target, PairStatistics pair)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(pair);
        string name = NameOf(target);
        return Target == name || Source.Split(Joint).Contains(name) || Statistics.Point().Zip(pair.Point()).All(static both => Math.Abs(both.First - both.Second) <= Rounding);
    }

    /// <summary>The names of a run's domains, or of the one that it has, without their folders and without options that choose samples.</summary>
    private static string NameOf(string domains) =>
        string.Join(Joint, domains.Split(Joint).Select(static domain => Path.GetFileName(Path.TrimEndingDirectorySeparator(domain.Split('?')[0]))));
}
