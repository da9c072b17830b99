using Acclimate.Runs;

namespace Acclimate.Reports;

/// <summary>Runs that came to their end.</summary>
internal static class CompleteRun
{
    /// <summary>What a run is made of, and what it came to.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="InvalidDataException">There is no run, it is not complete, or a file of it is damaged.</exception>
    public static (RunConfig Config, RunResult Result) Load(RunFolder folder)
    {
        RunConfig config = folder.Open();
        return File.Exists(folder.Result)
            ? (config, RunResult.Load(folder.Result))
            : throw new InvalidDataException($"{folder.Path} holds a run that is not finished; go on with: acclimate train --resume {folder.Path}");
    }

    /// <summary>Whether two runs were made for one target and scored on the same samples, however their paths were written.</summary>
    public static bool SameTarget(RunConfig one, RunConfig other) => Named(one.Target) == Named(other.Target) && Named(one.Test) == Named(other.Test);

    private static string? Named(string? target)
    {
        if (target is null)
            return null;
        string path = target.Split('?')[0];
        return Path.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + target[path.Length..] : target;
    }
}
