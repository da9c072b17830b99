using Acclimate.Data;
using Acclimate.Relations.Syntax;

namespace Acclimate.Relations;

/// <summary>A predicate of things, and whether it holds.</summary>
/// <param name="Predicate">The predicate.</param>
/// <param name="Things">As many names as it has types.</param>
/// <param name="Holds">Whether it holds.</param>
public sealed record Fact(Predicate Predicate, IReadOnlyList<string> Things, bool Holds = true)
{
    /// <inheritdoc/>
    public bool Equals(Fact? other) => other is not null && Holds == other.Holds && Predicate.Equals(other.Predicate) && Things.SequenceEqual(other.Things);

    /// <inheritdoc/>
    public override int GetHashCode() => Things.Aggregate(HashCode.Combine(Predicate, Holds), HashCode.Combine);

    /// <summary>As it is written in a file of facts: <c>!Smokes(Anna)</c>.</summary>
    public override string ToString() => NetworkText.Write(this);
}

/// <summary>What is known of one small world: a mega-example. Its things are its own, and those that the network names.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Facts">What holds, and what is said not to. What is not said does not hold, or is asked for, as the use of it says.</param>
public sealed record FactBase(string Name, IReadOnlyList<Fact> Facts)
{
    /// <summary>Reads a <c>.db</c> file.</summary>
    /// <param name="path">The file: a fact a line, <c>!</c> before what does not hold.</param>
    /// <param name="network">The network that declares the predicates.</param>
    /// <exception cref="DataException">The file is missing, or says what can't be understood; the message has line and column.</exception>
    public static FactBase Read(string path, MarkovNetwork network) => FactParser.Parse(RelationsFile.Text(path), path, network);

    /// <summary>Reads facts from text.</summary>
    /// <param name="text">A fact a line.</param>
    /// <param name="network">The network that declares the predicates.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="DataException">It says what can't be understood; the message has line and column.</exception>
    public static FactBase Parse(string text, MarkovNetwork network, string name = "facts") => FactParser.Parse(text, name, network);

    /// <summary>Writes it as a <c>.db</c> file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(string path) => RelationsFile.Write(path, string.Concat(Facts.Select(static fact => $"{fact}\n")));
}
