using Acclimate.Data;
using Acclimate.Relations.Syntax;

namespace Acclimate.Relations;

/// <summary>
/// A Markov logic network: a world x has probability P(x) = exp(Σ_i w_i n_i(x)) / Z, n_i being how many ground instances of clause i hold in it.
/// Richardson and Domingos, "Markov logic networks", Machine Learning 62, 2006.
/// </summary>
public sealed record MarkovNetwork
{
    /// <summary>The predicates, in the order of their declaration.</summary>
    public IReadOnlyList<Predicate> Predicates { get; init; } = [];

    /// <summary>What is known of each type before any facts are: the names of its things.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Constants { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The clauses with their weights.</summary>
    public IReadOnlyList<WeightedClause> Clauses { get; init; } = [];

    /// <summary>Reads a <c>.mln</c> file.</summary>
    /// <param name="path">The file: declarations and formulas, in Alchemy's syntax.</param>
    /// <exception cref="DataException">The file is missing, or says what can't be understood; the message has line and column.</exception>
    public static MarkovNetwork Read(string path) => NetworkParser.Parse(RelationsFile.Text(path), path);

    /// <summary>Reads a network from text.</summary>
    /// <param name="text">Declarations and formulas, in Alchemy's syntax.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="DataException">It says what can't be understood; the message has line and column.</exception>
    public static MarkovNetwork Parse(string text, string name = "network") => NetworkParser.Parse(text, name);

    /// <summary>Writes it as a <c>.mln</c> file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remarks">Lines above, as comments.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(string path, params IEnumerable<string> remarks) => RelationsFile.Write(path, NetworkText.Write(this, remarks));

    /// <summary>The predicate of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public Predicate Predicate(string name) => Predicates.FirstOrDefault(predicate => predicate.Name == name)
        ?? throw new ArgumentException($"the network has no predicate '{name}'{NearestName.HintOrStop(name, Predicates.Select(static predicate => predicate.Name))} It has {string.Join(", ", Predicates)}.");

    /// <summary>The text of the network, as a file has it.</summary>
    public override string ToString() => NetworkText.Write(this, []);
}
