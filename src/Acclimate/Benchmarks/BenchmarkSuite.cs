using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>One transfer of a suite.</summary>
/// <param name="Name">As papers write it: <c>C>A</c>.</param>
/// <param name="Source">The source's file or folder under the data folder, as <see cref="Data.Domain.Open"/> reads it.</param>
/// <param name="Target">The target's, with its labels, which only the scoring sees.</param>
/// <param name="ThinnedTo">
/// The share of the target's samples that every second class (the second, the fourth …) keeps, evenly over its samples; 1 keeps all.
/// Less makes the target's classes imbalanced where the source's are not. For shallow methods.
/// </param>
public sealed record BenchmarkTask(string Name, string Source, string Target, double ThinnedTo = 1)
{
    /// <summary>What stands in a domain's string for the cell's seed.</summary>
    internal const string Seed = "{seed}";

    /// <summary>The samples of the target's domain that a network is scored on; none scores on the target itself.</summary>
    public string? Test { get; init; }

    /// <summary>The name as a file can have it.</summary>
    internal string FileName => Name.Replace('>', '-');

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
/// <param name="Preprocess">What is done to the samples of a shallow method, as <see cref="Data.PreprocessingRecipe"/> reads it.</param>
/// <param name="References">The rows to compare with, the one that it should meet first.</param>
public sealed record BenchmarkRow(string Name, string Method, string Options, string Preprocess, params IReadOnlyList<ReferenceRow> References)
{
    /// <summary>The method that does not adapt.</summary>
    internal const string SourceOnly = "source-only";

    /// <summary>What the row does otherwise than the suite's runs, beside its method.</summary>
    public Func<RunConfig, RunConfig> Run { get; init; } = static run => run;

    /// <summary>The row whose network, trained on the same task with the same seed, teaches this one's, by a method that takes a teacher; none where nobody teaches.</summary>
    public BenchmarkRow? Teacher { get; init; }

    /// <summary>What classifies where a shallow method does not do so itself, by its name; 1-NN as in most tables.</summary>
    public string Classifier { get; init; } = "1nn";

    /// <summary>The method's options on one task.</summary>
    /// <param name="task">Which, from 0.</param>
    public IReadOnlyDictionary<string, string> OptionsFor(int task) => Each(values => values.Length == 1 ? values[0] : values[task]);

    /// <summary>A shallow method with the options of one task.</summary>
    /// <param name="task">Which, from 0.</param>
    /// <exception cref="ArgumentException">An option is not the method's, or can't be read.</exception>
    public FeatureMethod MethodFor(int task) => (FeatureMethod)MethodCatalog.Find(Method).Create(OptionsFor(task));

    /// <summary>The row for some of the tasks.</summary>
    internal BenchmarkRow Only(int[] tasks) => this with
    {
        Options = string.Join(' ', Each(values => values.Length == 1 ? values[0] : string.Join('|', tasks.Select(task => values[task]))).Select(static option => $"{option.Key}={option.Value}")),
        References = [.. References.Select(reference => reference with { Cells = [.. tasks.Select(task => reference.Cells.ElementAtOrDefault(task))], GivenAverage = null })],
        Teacher = Teacher?.Only(tasks),
    };

    private Dictionary<string, string> Each(Func<string[], string> choose) =>
        Options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static option => option.Split('=', 2))
            .ToDictionary(static sides => sides[0], sides => choose(sides[1].Split('|')), StringComparer.Ordinal);
}

/// <summary>A protocol: its tasks, and the rows of its table.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What the data are, in words.</param>
/// <param name="Tasks">The transfers, in the papers' order.</param>
/// <param name="Rows">The rows.</param>
public sealed record BenchmarkSuite(string Name, string Title, IReadOnlyList<BenchmarkTask> Tasks, IReadOnlyList<BenchmarkRow> Rows)
{
    /// <summary>Labelled target samples of each class, where a method learns from a few.</summary>
    internal const int Few = 5;

    /// <summary>How the rows' networks are trained; none where the rows are shallow methods.</summary>
    public RunConfig? Training { get; init; }

    /// <summary>Weights of a MobileNetV1 under the data folder, where networks learn from its features and not from the pictures themselves.</summary>
    public string? Features { get; init; }

    /// <summary>Where random choices start from: each task is measured once with each.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [0];

    /// <summary>Figures of other protocols, as context: they are printed beside the table, and nothing is compared with them.</summary>
    public IReadOnlyList<ReferenceRow> Context { get; init; } = [];

    /// <summary>The task of that name.</summary>
    /// <param name="name">As papers write it; a hyphen may stand for the arrow.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public BenchmarkTask Task(string name) => Tasks.FirstOrDefault(task => task.Name == name || task.FileName == name)
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

    /// <summary>A part of the suite; each list that is empty leaves that side whole.</summary>
    /// <param name="rows">Rows' or methods' names.</param>
    /// <param name="tasks">Tasks' names.</param>
    /// <param name="seeds">Seeds; a suite of shallow methods has but one.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public BenchmarkSuite Only(IReadOnlyList<string> rows, IReadOnlyList<string> tasks, IReadOnlyList<long> seeds)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(seeds);
        if (Training is null && seeds.Any(static seed => seed != 0))
            throw new ArgumentException($"the rows of {Name} are shallow methods, which are measured with seed 0");
        BenchmarkSuite chosen = this with { Rows = Choose(rows), Seeds = seeds.Count == 0 ? Seeds : [.. seeds.Distinct()] };
        if (tasks.Count == 0)
            return chosen;
        BenchmarkTask[] wanted = [.. tasks.Select(Task)];
        int[] kept = [.. Enumerable.Range(0, Tasks.Count).Where(at => wanted.Contains(Tasks[at]))];
        return chosen with
        {
            Tasks = [.. kept.Select(at => Tasks[at])],
            Rows = [.. chosen.Rows.Select(row => row.Only(kept))],
            Context = [.. Context.Select(reference => reference with { Cells = [.. kept.Select(at => reference.Cells.ElementAtOrDefault(at))] })],
        };
    }

    /// <summary>The run that measures a row on a task; its domains are named as the suite names them.</summary>
    /// <exception cref="ArgumentException">The method is not known.</exception>
    internal RunConfig RunOf(BenchmarkRow row, int task, long seed)
    {
        BenchmarkTask transfer = Tasks[task];
        RunConfig config = row.Run(Training!) with
        {
            Source = Drawn(transfer.Source),
            Target = Drawn(transfer.Target),
            Test = transfer.Test is null ? null : Drawn(transfer.Test),
            Method = row.Method,
            Options = new Dictionary<string, string>(row.OptionsFor(task)),
            Seed = seed,
        };
        if (MethodCatalog.Find(row.Method).About.Setting != LabelSetting.FewTargetLabels)
            return config;

        // Other samples for each seed; where the target itself is scored, the few are left out of that.
        string some = transfer.Target + (transfer.Target.Contains('?', StringComparison.Ordinal) ? "&" : "?");
        return config with { TargetLabelled = $"{some}take={Few}&draw={seed}", Test = transfer.Test ?? $"{some}leave={Few}&draw={seed}" };

        string Drawn(string source) => source.Replace(BenchmarkTask.Seed, $"{seed}", StringComparison.Ordinal);
    }
}

/// <summary>Every suite that the program knows.</summary>
public static class BenchmarkSuites
{
    /// <summary>All suites.</summary>
    public static IReadOnlyList<BenchmarkSuite> All { get; } =
        [OfficeCaltechSurf.Suite, OfficeCaltechSurf.Imbalanced, JdaDigits.Suite, Amazon400.Suite, DeepDigits.Suite, DeepDigits.Partial, DeepDigits.Open, DeepPacs.FromScratch, DeepPacs.OnFeatures, PretrainedTransfer.FewLabels, PretrainedTransfer.Corrupted];

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

    /// <summary>The rows of those methods that are in the catalogue, for classes that are the same.</summary>
    internal static IEnumerable<BenchmarkRow> Among(params IEnumerable<string> methods) => Deep(ClassSets.Same).Where(row => methods.Contains(row.Method));

    /// <summary>A row for each method of the catalogue that trains a network for two domains with such classes, at its defaults; what does not adapt comes first.</summary>
    internal static IEnumerable<BenchmarkRow> Deep(ClassSets classes) =>
        from entry in MethodCatalog.All
        where entry.IsNetwork && entry.About.Family != Family.Parameters && entry.About.Classes == classes
        orderby entry.About.Name != BenchmarkRow.SourceOnly, entry.About.Family, entry.About.Name
        select new BenchmarkRow(entry.About.Name, entry.About.Name, "", "");
}
