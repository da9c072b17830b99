namespace Acclimate.Relations;

/// <summary>What stands in a predicate: a variable, or the name of one thing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsVariable">Whether it stands for anything of its type.</param>
public readonly record struct Term(string Name, bool IsVariable)
{
    /// <summary>A variable.</summary>
    /// <param name="name">Its name, which starts with a small letter.</param>
    public static Term Variable(string name) => new(name, true);

    /// <summary>One thing.</summary>
    /// <param name="name">Its name, any text.</param>
    public static Term Constant(string name) => new(name, false);
}

/// <summary>A predicate with its terms, or its opposite.</summary>
public sealed class Literal : IEquatable<Literal>
{
    /// <summary>Creates it.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="terms">As many terms as it has types.</param>
    /// <param name="isPositive">Whether it is the predicate itself, and not its opposite.</param>
    /// <exception cref="ArgumentException">There are more or fewer terms than types.</exception>
    public Literal(Predicate predicate, IReadOnlyList<Term> terms, bool isPositive = true)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count != predicate.Arity)
            throw new ArgumentException($"{predicate} takes {predicate.Arity} terms, and there are {terms.Count}", nameof(terms));
        (Predicate, Terms, IsPositive) = (predicate, [.. terms], isPositive);
    }

    /// <summary>The predicate.</summary>
    public Predicate Predicate { get; }

    /// <summary>Its terms.</summary>
    public IReadOnlyList<Term> Terms { get; }

    /// <summary>Whether it is the predicate itself, and not its opposite.</summary>
    public bool IsPositive { get; }

    /// <summary>Its opposite.</summary>
    public Literal Negated() => new(Predicate, Terms, !IsPositive);

    /// <summary>The same with other terms.</summary>
    /// <param name="change">What becomes of a term.</param>
    public Literal With(Func<Term, Term> change) => new(Predicate, [.. Terms.Select(change)], IsPositive);

    /// <inheritdoc/>
    public bool Equals(Literal? other) =>
        other is not null && IsPositive == other.IsPositive && Predicate.Equals(other.Predicate) && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Literal);

    /// <inheritdoc/>
    public override int GetHashCode() => Terms.Aggregate(HashCode.Combine(Predicate, IsPositive), HashCode.Combine);

    /// <summary>As it is written in a network: <c>!Smokes(x)</c>.</summary>
    public override string ToString() => Syntax.NetworkText.Write(this);
}
