using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Features;

namespace Acclimate.Benchmarks;

/// <summary>One transfer of a suite.</summary>
/// <param name="Name">As papers write it: <c>C>A</c>.</param>
/// <param name="Source">The source's file under the data folder, as <see cref="Data.Domain.Open"/> reads it.</param>
/// <param name="Target">The target's, with its labels, which only the scoring sees.</param>
/// <param name="ThinnedTo">
/// The share of the target's samples that every second class (the second, the fourth …) keeps, evenly over its samples; 1 keeps all.
/// Less makes the target's classes imbalanced where the source's are not.
/// </param>
public sealed record BenchmarkTask(string Name, string Source, string Target, double ThinnedTo = 1)
{
    /// <summary>The target's samples that stay.</summary>
    internal Domain Thin(Domain target)
    {
        int[] labels = target.Labels!.Indices, seen = new int[target.Labels.Classes.Count];
        return target.Take([.. Enumerable.Range(0, labels.Length).Where(i =>
        {
            int at = seen[labels[i]]++;
            return labels[i] % 2 == 0 || Math.Floor(ThinnedTo * (at + 1)) > Math.Floor(ThinnedTo * at);
        })]);
    }
}

/// <summary>One row of a suite's table: a method with everything that its figures depend on, and what others printed for it.</summary>
/// <param name="Name">What to call the row.</param>
/// <param name="Method">The method, by its name in the catalogue.</param>
/// <param name="Options">
/// Its options where they are not the defaults, as <c>name=value name=value</c>; a value with | in it has one for each task.
/// </param>
/// <param name="Preprocess">What is done to the samples, as <see cref="Data.PreprocessingRecipe"/> reads it.</param>
/// <param name="References">The rows to compare with, the one that it should meet first.</param>
public sealed record BenchmarkRow(string Name, string Method, string Options, string Preprocess, params IReadOnlyList<ReferenceRow> References)
{
    /// <summary>What classifies where the method does not do so itself, by its name; 1-NN as in most tables.</summary>
    public string Classifier { get; init; } = "1nn";

    /// <summary>The method with the options of one task.</summary>
    /// <param name="task">Which, from 0.</param>
    /// <exception cref="ArgumentException">An option is not the method's, or can't be read.</exception>
    public FeatureMethod MethodFor(int task)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (string option in Options.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = option.Split('=', 2);
            string[] values = sides[1].Split('|');
            options.Add(sides[0], values.Length == 1 ? values[0] : values[task]);
        }

        return (FeatureMethod)MethodCatalog.Find(Method).Create(options);
    }
}

/// <summary>A published protocol: its tasks, and the rows of its table.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What the data are, in words.</param>
/// <param name="Tasks">The transfers, in the papers' order.</param>
/// <param name="Rows">The rows.</param>
public sealed record BenchmarkSuite(string Name, string Title, IReadOnlyList<BenchmarkTask> Tasks, IReadOnlyList<BenchmarkRow> Rows)
{
    /// <summary>The task of that name.</summary>
    /// <param name="name">As papers write it.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public BenchmarkTask Task(string name) => Tasks.FirstOrDefault(task => task.Name == name)
        ?? throw new ArgumentException($"{Name} has no task '{name}'; it has: {string.Join(", ", Tasks.Select(static task => task.Name))}");

    /// <summary>The rows with these names, or of these methods; all of them where none is named.</summary>
    /// <param name="names">Rows' or methods' names.</param>
    /// <exception cref="ArgumentException">A name is neither.</exception>
    public IReadOnlyList<BenchmarkRow> Choose(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string[] known = [.. Rows.Select(static row => row.Name).Union(Rows.Select(static row => row.Method))];
        if (names.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new ArgumentException($"{Name} has no row or method '{unknown}'{NearestName.Hint(unknown, known)} It has: {string.Join(", ", known)}.");
        return names.Count == 0 ? Rows : [.. Rows.Where(row => names.Contains(row.Name, StringComparer.Ordinal) || names.Contains(row.Method, StringComparer.Ordinal))];
    }
}

/// <summary>Every suite that the program knows.</summary>
public static class BenchmarkSuites
{
    /// <summary>All suites.</summary>
    public static IReadOnlyList<BenchmarkSuite> All { get; } = [OfficeCaltechSurf.Suite, OfficeCaltechSurf.Imbalanced, JdaDigits.Suite, Amazon400.Suite];

    /// <summary>The suite of that name.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static BenchmarkSuite Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] known = [.. All.Select(static suite => suite.Name)];
        return All.FirstOrDefault(suite => suite.Name == name)
            ?? throw new ArgumentException($"there is no suite '{name}'{NearestName.Hint(name, known)} Known: {string.Join(", ", known)}.");
    }

    /// <summary>The tasks of domains that are known by letters, from "C>A C>W …".</summary>
    internal static IReadOnlyList<BenchmarkTask> Tasks(string names, Func<string, string> fileOf) =>
        [.. names.Split(' ').Select(name => name.Split('>') is [string source, string target]
            ? new BenchmarkTask(name, fileOf(source), fileOf(target))
            : throw new ArgumentException($"'{name}' is no task", nameof(names)))];
}
