using System.CommandLine;
using Acclimate.Relations;
using Acclimate.Relations.Learning;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>Options that several commands of relations take.</summary>
internal static class RelationsOptions
{
    public static Option<string[]> Data(string name, string description) => new(name) { Description = description, HelpName = "FILE", DefaultValueFactory = static _ => [] };

    public static Option<string?> Query(string description) => new("--query") { Description = description, HelpName = "NAMES" };

    public static Option<string?> Output() => new("--out", "-o") { Description = "The .mln file to write", HelpName = "FILE" };

    /// <summary>Where the network goes.</summary>
    /// <exception cref="UsageException">No file is named, or it is one that is read.</exception>
    public static string Destination(string? given, params IEnumerable<string> read)
    {
        if (given is null)
            throw new UsageException("say where the network goes with --out FILE");
        return read.Any(path => Path.GetFullPath(path) == Path.GetFullPath(given)) ? throw new UsageException($"--out {given} is a file that is read: name another") : given;
    }

    /// <summary>The fact bases of files.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static FactBase[] Facts(string[] files, MarkovNetwork network, string option) => files.Length == 0
        ? throw new UsageException($"name a file of facts, or several, with {option} FILE")
        : [.. files.Select(file => FactBase.Read(file, network))];

    /// <summary>The predicates that were named; none where nothing was.</summary>
    /// <exception cref="UsageException">The network has no such predicate.</exception>
    public static IReadOnlyList<Predicate>? Predicates(string? names, MarkovNetwork network)
    {
        if (names is null)
            return null;
        try
        {
            string[] wanted = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return wanted.Length == 0 ? throw new UsageException("--query names no predicate; expected names with commas between") : [.. wanted.Select(network.Predicate)];
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--query: {e.Message}");
        }
    }

    /// <summary>What a network is, for another program.</summary>
    public static object AsData(string path, LearntNetwork learnt) => new
    {
        Path = path,
        Clauses = learnt.Network.Clauses.Select(static clause => new { Clause = clause.Clause.ToString(), Weight = clause.IsHard ? (double?)null : clause.Weight, clause.IsHard }),
        learnt.LogLikelihood,
        MeanLogProbability = learnt.Weighted,
    };
}
