using Acclimate.Runs;

namespace Acclimate.Reports;

/// <summary>A run among others.</summary>
/// <param name="Letter">What it is called in the comparison.</param>
/// <param name="Folder">Its folder, as it was named.</param>
/// <param name="Method">Its method.</param>
/// <param name="Honest">Its score; none without labels.</param>
/// <param name="Oracle">The best checkpoint by the target's labels: it can't be known in earnest.</param>
/// <param name="SourceOnly">What its source model gets without adaptation, where the run knows it.</param>
/// <param name="Seconds">How long it learnt.</param>
/// <param name="Protocol">What its figures rest on.</param>
/// <param name="Target">Its target.</param>
public sealed record ComparedRun(
    string Letter, string Folder, string Method, Score? Honest, Oracle? Oracle, Score? SourceOnly, double Seconds, string Protocol, string Target);

/// <summary>Something in which the runs differ.</summary>
/// <param name="Name">What.</param>
/// <param name="Values">Each run's value, in their order; none where it has no such thing.</param>
public sealed record Difference(string Name, IReadOnlyList<string?> Values);

/// <summary>A class's share that is right, in each run.</summary>
/// <param name="Class">The class.</param>
/// <param name="Right">Each run's share, in their order; none where it has no sample of the class.</param>
public sealed record ClassShares(string Class, IReadOnlyList<double?> Right);

/// <summary>Runs side by side.</summary>
/// <param name="Runs">The runs, in the order given.</param>
/// <param name="Differences">Wherein their configurations differ.</param>
/// <param name="Classes">Their classes.</param>
/// <param name="SameTarget">Whether all were scored on one target.</param>
public sealed record Comparison(
    IReadOnlyList<ComparedRun> Runs, IReadOnlyList<Difference> Differences, IReadOnlyList<ClassShares> Classes, bool SameTarget)
{
    /// <summary>Loads runs and puts them side by side.</summary>
    /// <param name="folders">Two runs or more, all complete.</param>
    /// <param name="differentTargets">Whether runs on different targets are compared all the same.</param>
    /// <exception cref="ArgumentException">There are fewer than two, one is named twice, or their targets differ.</exception>
    /// <exception cref="InvalidDataException">A folder holds no run, one that is not complete, or a damaged one.</exception>
    public static Comparison Of(IReadOnlyList<RunFolder> folders, bool differentTargets = false)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (folders.Count < 2)
            throw new ArgumentException("a comparison needs two runs or more");
        if (folders.GroupBy(static folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path))).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"{twice.First().Path} is named twice: name each run once");
        (RunConfig Config, RunResult Result)[] runs = [.. folders.Select(CompleteRun.Load)];
        int other = Array.FindIndex(runs, run => !CompleteRun.SameTarget(runs[0].Config, run.Config));
        if (other > 0 && !differentTargets)
        {
            throw new ArgumentException(
                $"{folders[0].Path} is scored on {Scored(runs[0].Config)}, {folders[other].Path} on {Scored(runs[other].Config)}\n"
                + "  Figures on different targets say nothing of each other. --different-targets puts them side by side all the same.");
        }

        return new Comparison(
            [.. runs.Select((run, i) => new ComparedRun(
                Letter(i), folders[i].Path, run.Result.Method, run.Result.Honest, run.Result.Oracle, run.Result.Guard?.Source, run.Result.Seconds, run.Result.Protocol, run.Result.Target))],
            DifferencesOf(runs),
            [.. runs.SelectMany(static run => run.Result.Classes).Distinct().Select(name => new ClassShares(name, [.. runs.Select(run => Share(run.Result, name))]))],
            other < 0);
    }

    /// <summary>A, B, … Z, AA, AB, …</summary>
    internal static string Letter(int run) => (run < 26 ? string.Empty : Letter((run / 26) - 1)) + (char)('A' + (run % 26));

    private static string Scored(RunConfig config) => config.Test ?? (config.Target.Length > 0 ? config.Target : "nothing");

    private static double? Share(RunResult result, string name)
    {
        int c = result.Classes.ToList().IndexOf(name);
        return c < 0 || result.Confusion is not { } confusion || confusion[c].Sum() == 0 ? null : (double)confusion[c][c] / confusion[c].Sum();
    }

    private static Difference[] DifferencesOf((RunConfig Config, RunResult Result)[] runs)
    {
        Dictionary<string, string>[] settings = [.. runs.Select(static run => Settings(run.Config, run.Result))];
        return [.. settings.SelectMany(static one => one.Keys).Distinct()
            .Select(name => new Difference(name, [.. settings.Select(one => one.GetValueOrDefault(name))]))
            .Where(static difference => difference.Values.Distinct().Count() > 1)];
    }

    /// <summary>All that a run is made of, by name: the configuration's lines, and the method's options, defaults too.</summary>
    private static Dictionary<string, string> Settings(RunConfig config, RunResult result)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (string line in (config with { Options = [] }).Summary())
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && !line.StartsWith('-'))
                settings[line[..colon]] = line[(colon + 2)..];
        }

        foreach ((string name, string value) in result.Options)
            settings[$"{result.Method} {name}"] = value;
        foreach ((string part, string version) in result.Versions)
            settings[$"version of {part}"] = version;
        if (result.Classifier is { } classifier)
            settings["classifier"] = classifier;
        if (result.Preprocess is { } preprocess)
            settings["preprocess"] = preprocess;
        return settings;
    }
}
