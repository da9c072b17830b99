namespace Acclimate.Benchmarks.Studies;

/// <summary>
/// A comparison whose protocol is its own: rows that are measured again and again on draws of the same data, each by one or more figures.
/// </summary>
public abstract class Study
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What the data are, in words.</summary>
    public abstract string Title { get; }

    /// <summary>What is done, in a few sentences.</summary>
    public abstract string Protocol { get; }

    /// <summary>The names of a row's figures.</summary>
    public abstract IReadOnlyList<string> Figures { get; }

    /// <summary>The rows.</summary>
    public abstract IReadOnlyList<StudyRow> Rows { get; }

    /// <summary>Where random choices start from: each row is measured once with each.</summary>
    public virtual IReadOnlyList<long> Seeds { get; } = [0, 1, 2, 3, 4];

    /// <summary>The files that are measured on, under the data folder.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Measures a row.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <param name="seed">Where random choices start from.</param>
    /// <param name="data">The files.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A value for each of <see cref="Figures"/>.</returns>
    public abstract double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation);
}

/// <summary>A row of a study.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="About">What it is, in words.</param>
public sealed record StudyRow(string Name, string About);

/// <summary>Every study that the program knows.</summary>
public static class StudyCatalog
{
    /// <summary>All studies.</summary>
    public static IReadOnlyList<Study> All { get; } = [new HeterogeneousStudy(), new ZeroShotStudy(), new CompositionStudy(), new SelfTaughtStudy(), new ClusteringStudy()];

    /// <summary>The study of that name; none where there is no such.</summary>
    /// <param name="name">Its name on the command line.</param>
    public static Study? Find(string name) => All.FirstOrDefault(study => study.Name == name);
}
