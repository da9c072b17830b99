using Acclimate.Catalog;

namespace Acclimate.Runs;

/// <summary>A task that a run learns beside its source's.</summary>
public sealed record TaskConfig
{
    /// <summary>What it is called: letters, digits, - and _. Its model lies in <c>tasks/NAME/model</c> of the run's folder.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Its labelled samples, as <see cref="Data.Domain.Open"/> reads them; classes of their own.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Labelled samples to score it on; none scores nothing.</summary>
    public string? Test { get; init; }

    /// <summary>Refuses tasks that can't be learnt together, or by the method.</summary>
    /// <exception cref="ArgumentException">The method learns none, or needs some; or a name can't be one.</exception>
    internal static void Validate(IList<TaskConfig>? tasks, string method)
    {
        bool taken = MethodCatalog.Find(method).LearnsTasks;
        if (tasks is not { Count: > 0 })
        {
            if (taken)
                throw new ArgumentException($"{method} learns other tasks beside the source's: name each, and its labelled samples, with --task NAME=PATH");
            return;
        }

        if (!taken)
            throw new ArgumentException($"{method} learns the source's task alone: leave --task out, or take --method multi-task");
        if (tasks.FirstOrDefault(static task => task.Name.Length == 0 || !task.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) is { } wrong)
            throw new ArgumentException($"a task can't be called '{wrong.Name}': expected letters, digits, - and _, as its model lies in a folder of that name");
        if (tasks.GroupBy(static task => task.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"two tasks are called '{twice.Key}': give each a name of its own");
    }
}
