using System.Diagnostics;
using Acclimate.Relations;
using Acclimate.Relations.Generated;
using Acclimate.Relations.Inference;
using Acclimate.Relations.Learning;
using Acclimate.Relations.Transfer;

namespace Acclimate.Benchmarks.Relations;

/// <summary>One measurement of the benchmark of relations.</summary>
/// <param name="Row">Which way of learning.</param>
/// <param name="Seed">The seed that all worlds were drawn with.</param>
/// <param name="Areas">The area under the precision–recall curve of each predicate that was asked for, given all others.</param>
/// <param name="Seconds">Learning, the source's own part left out.</param>
public sealed record RelationsCell(string Row, long Seed, IReadOnlyDictionary<string, double> Areas, double Seconds)
{
    /// <summary>The mean over the predicates.</summary>
    public double Area => Areas.Values.Average();
}

/// <summary>
/// From a university to the movies, with generated worlds: what a network is worth that was learnt from all facts of four target worlds, from those of one, and from those
/// of one with the source's help. Scored on four other worlds.
/// </summary>
public static class RelationsBenchmark
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "relations";

    private const int SourceWorlds = 4;
    private const int TargetWorlds = 4;
    private const int TestWorlds = 4;

    /// <summary>The seeds where none is named.</summary>
    public static IReadOnlyList<long> Seeds { get; } = [0, 1, 2, 3, 4];

    /// <summary>The rows, and what each is.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } = new Dictionary<string, string>
    {
        ["generating"] = "the network that the worlds were drawn from: as good as can be",
        ["all"] = "clauses and weights learnt from all of the target's facts: four worlds",
        ["quarter"] = "the same from a quarter of them: one world",
        ["tamar"] = "that world, and the source's network by TAMAR: known clauses, weights learnt from the source's facts",
        ["tamar-found"] = "the same where the source's clauses are searched in its facts too",
        ["dtm"] = "that world, and the source's facts by DTM",
    };

    /// <summary>Measures.</summary>
    /// <param name="rows">Which rows; all where none is named.</param>
    /// <param name="seeds">Which seeds; <see cref="Seeds"/> where none is named.</param>
    /// <param name="progress">Hears of each measurement.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">A row is not known.</exception>
    public static IReadOnlyList<RelationsCell> Run(
        IReadOnlyList<string> rows, IReadOnlyList<long> seeds, Action<RelationsCell>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(seeds);
        if (rows.FirstOrDefault(row => !Rows.ContainsKey(row)) is { } unknown)
            throw new ArgumentException($"{Name} has no row '{unknown}'{NearestName.HintOrStop(unknown, Rows.Keys)} Its rows: {string.Join(", ", Rows.Keys)}.");
        List<RelationsCell> cells = [];
        foreach (long seed in seeds.Count > 0 ? seeds : Seeds)
        {
            foreach (RelationsCell cell in Of(seed, [.. rows.Count > 0 ? rows : Rows.Keys], cancellation))
            {
                cells.Add(cell);
                progress?.Invoke(cell);
            }
        }

        return cells;
    }

    private static IEnumerable<RelationsCell> Of(long seed, IReadOnlyList<string> rows, CancellationToken cancellation)
    {
        (GeneratedRelations university, GeneratedRelations movie) = (GeneratedRelations.University, GeneratedRelations.Movie);
        FactBase[] source = Worlds(university, 0, SourceWorlds), train = Worlds(movie, 0, TargetWorlds), test = Worlds(movie, TargetWorlds, TestWorlds);
        MarkovNetwork weighed = WeightLearning.Learn(university.Network, source, university.Asked, cancellation: cancellation).Network;
        MarkovNetwork found = rows.Contains("tamar-found") ? StructureLearning.Learn(university.Declarations, source, university.Asked, cancellation: cancellation).Network : weighed;
        foreach (string row in rows)
        {
            Stopwatch clock = Stopwatch.StartNew();
            MarkovNetwork network = row switch
            {
                "all" => StructureLearning.Learn(movie.Declarations, train, movie.Asked, cancellation: cancellation).Network,
                "quarter" => StructureLearning.Learn(movie.Declarations, [train[0]], movie.Asked, cancellation: cancellation).Network,
                "tamar" => Transferred(new Tamar(), weighed),
                "tamar-found" => Transferred(new Tamar(), found),
                "dtm" => Transferred(new DeepTransfer(), university.Declarations),
                _ => movie.Network,
            };
            double seconds = clock.Elapsed.TotalSeconds;
            InferenceOptions options = new() { Samples = 500, BurnIn = 50, Seed = seed };
            yield return new RelationsCell(row, seed, movie.Asked.ToDictionary(static asked => asked.Name, asked => HeldOut.Area(network, test, asked, options, cancellation)), seconds);
        }

        FactBase[] Worlds(GeneratedRelations domain, int first, int count) => [.. Enumerable.Range(first, count).Select(number => domain.World(seed, number))];
        MarkovNetwork Transferred(RelationalTransfer method, MarkovNetwork known) =>
            method.Transfer(new RelationalDomain(known, source), new RelationalDomain(movie.Declarations, [train[0]]), movie.Asked, cancellation: cancellation).Learnt.Network;
    }
}
