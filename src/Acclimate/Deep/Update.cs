namespace Acclimate.Deep;

/// <summary>
/// One descent within a training step: a loss and the parameters that it moves. Most methods have one, of everything;
/// one that plays networks against each other without a gradient reversal has a few, in turns over the same batches.
/// </summary>
/// <param name="Terms">The terms of the loss, computed anew each time.</param>
public sealed record Update(Func<TrainingStep, IReadOnlyList<LossTerm>> Terms)
{
    /// <summary>Which parameters descend, by name; all unless set. See <see cref="Parts"/>.</summary>
    public Func<string, bool> Moves { get; init; } = Parts.All;

    /// <summary>How often it is done, on the same batches; 1 unless set.</summary>
    public int Repeat { get; init; } = 1;
}

/// <summary>Parameters by the part of the whole that they belong to.</summary>
public static class Parts
{
    /// <summary>What the names of the parameters of an objective's own network begin with.</summary>
    public const string OwnPrefix = "objective.";

    /// <summary>Every parameter.</summary>
    public static Func<string, bool> All { get; } = static _ => true;

    /// <summary>The network's layers up to the features, a bottleneck among them.</summary>
    public static Func<string, bool> Backbone { get; } = static name =>
        name.StartsWith("backbone.", StringComparison.Ordinal) || name.StartsWith("bottleneck.", StringComparison.Ordinal);

    /// <summary>The network's classifier.</summary>
    public static Func<string, bool> Head { get; } = static name => name.StartsWith("head.", StringComparison.Ordinal);

    /// <summary>Backbone and classifier.</summary>
    public static Func<string, bool> Network { get; } = static name => !name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>The objective's own network.</summary>
    public static Func<string, bool> Own { get; } = static name => name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>A part of the objective's own network.</summary>
    /// <param name="name">The part's name in that network.</param>
    public static Func<string, bool> OwnPart(string name) => parameter => parameter.StartsWith($"{OwnPrefix}{name}.", StringComparison.Ordinal);

    /// <summary>What belongs to one of two parts.</summary>
    /// <param name="one">One part.</param>
    /// <param name="other">The other.</param>
    public static Func<string, bool> And(this Func<string, bool> one, Func<string, bool> other) => name => one(name) || other(name);
}
