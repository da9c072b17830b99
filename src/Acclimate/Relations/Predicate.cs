namespace Acclimate.Relations;

/// <summary>A relation and the types of what stands in it, such as <c>AdvisedBy(person, person)</c>. Two are equal where name and types are.</summary>
public sealed class Predicate : IEquatable<Predicate>
{
    /// <summary>Creates it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="types">The type of each argument; none for a proposition.</param>
    public Predicate(string name, params IReadOnlyList<string> types)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(types);
        (Name, Types) = (name, [.. types]);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type of each argument.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>How many arguments it takes.</summary>
    public int Arity => Types.Count;

    /// <inheritdoc/>
    public bool Equals(Predicate? other) => other is not null && Name == other.Name && Types.SequenceEqual(other.Types);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Predicate);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Types.Count);

    /// <summary>As it is declared: <c>AdvisedBy(person, person)</c>.</summary>
    public override string ToString() => Types.Count == 0 ? Name : $"{Name}({string.Join(", ", Types)})";
}
