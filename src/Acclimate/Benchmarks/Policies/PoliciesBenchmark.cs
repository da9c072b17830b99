using Acclimate.Catalog;
using Acclimate.Policies;

namespace Acclimate.Benchmarks.Policies;

/// <summary>One measurement of the benchmark of policies.</summary>
/// <param name="Row">Which way of learning.</param>
/// <param name="Task">From which task to which.</param>
/// <param name="Seed">The seed of the source's learning and of the target's.</param>
/// <param name="Usable">The target's steps until a return was kept that takes a swing; none where it was not within the episodes.</param>
/// <param name="Good">The same of a return near what long learning comes to.</param>
public sealed record PoliciesCell(string Row, string Task, long Seed, long? Usable, long? Good);

/// <summary>How many steps it takes to learn a control task, from nothing and from what was learnt on another.</summary>
public static class PoliciesBenchmark
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "policies";

    /// <summary>The row without transfer.</summary>
    public const string Scratch = "from-scratch";

    /// <summary>Episodes at most.</summary>
    public const int Episodes = 1000;

    private const int SourceEpisodes = 500;

    private static readonly (ValleyTask From, ValleyTask To)[] Pairs = [(ValleyTask.Light, ValleyTask.Heavy), (ValleyTask.Heavy, ValleyTask.Light)];

    /// <summary>The seeds where none is named.</summary>
    public static IReadOnlyList<long> Seeds { get; } = [.. Enumerable.Range(0, 10)];

    /// <summary>The rows.</summary>
    public static IReadOnlyList<string> Rows { get; } = [Scratch, .. MethodCatalog.All.Where(static entry => entry.About.Family == Family.Policies).Select(static entry => entry.About.Name)];

    /// <summary>The returns that are to be reached: one that takes a swing as it should be, and one near what long learning comes to.</summary>
    /// <param name="task">The task.</param>
    public static (double Usable, double Good) Wanted(ValleyTask task) => task == ValleyTask.Light ? (-130, -110) : (-200, -150);

    /// <summary>Measures.</summary>
    /// <param name="rows">Which rows; all where none is named.</param>
    /// <param name="seeds">Which seeds; <see cref="Seeds"/> where none is named.</param>
    /// <param name="progress">Hears of each measurement.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">A row is not known.</exception>
    public static IReadOnlyList<PoliciesCell> Run(
        IReadOnlyList<string> rows, IReadOnlyList<long> seeds, Action<PoliciesCell>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(seeds);
        if (rows.FirstOrDefault(row => !Rows.Contains(row)) is { } unknown)
            throw new ArgumentException($"{Name} has no row '{unknown}'{NearestName.HintOrStop(unknown, Rows)} Its rows: {string.Join(", ", Rows)}.");
        List<PoliciesCell> cells = [];
        foreach ((ValleyTask from, ValleyTask to) in Pairs)
        {
            foreach (long seed in seeds.Count > 0 ? seeds : Seeds)
            {
                ActionValues source = new QLearning(from, seed).Learn(null, SourceEpisodes, cancellation: cancellation).Values;
                foreach (string row in rows.Count > 0 ? rows : Rows)
                {
                    PolicyLearning? learner = row == Scratch ? null : ((PolicyTransfer)MethodCatalog.Find(row).Create()).Learner(source);

                    // The target's draws are others than the source's were.
                    (double usable, double good) = Wanted(to);
                    LearningCurve curve = new QLearning(to, Torch.Generator.Derive(seed, 1)).Learn(learner, Episodes, good, cancellation: cancellation);
                    cells.Add(new PoliciesCell(row, $"{from.Name} to {to.Name}", seed, curve.StepsTo(usable), curve.StepsTo(good)));
                    progress?.Invoke(cells[^1]);
                }
            }
        }

        return cells;
    }
}
