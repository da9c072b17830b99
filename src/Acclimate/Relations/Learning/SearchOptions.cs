namespace Acclimate.Relations.Learning;

/// <summary>How clauses are searched.</summary>
public sealed record SearchOptions
{
    /// <summary>How many clauses of each length are extended further; 1 or more.</summary>
    public int Beam { get; init; } = 5;

    /// <summary>The longest clause; 2 or more.</summary>
    public int Literals { get; init; } = 4;

    /// <summary>The most variables of a clause; 1 or more.</summary>
    public int Variables { get; init; } = 3;

    /// <summary>The most clauses beside those of one literal; 0 or more.</summary>
    public int Clauses { get; init; } = 12;

    /// <summary>How much log-likelihood each literal of a clause must bring; 0 or more.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>σ of the weights' prior, above 0.</summary>
    public double Prior { get; init; } = WeightLearning.DefaultPrior;

    /// <summary>Refuses what can't be.</summary>
    /// <exception cref="ArgumentException">Numbers are out of range: every fault in one message.</exception>
    public void Validate()
    {
        string[] faults =
        [
            .. Beam < 1 ? (string[])[$"beam is {Beam}; expected 1 or more"] : [],
            .. Literals is < 2 or > 8 ? (string[])[$"literals is {Literals}; expected 2 to 8"] : [],
            .. Variables is < 1 or > 6 ? (string[])[$"variables is {Variables}; expected 1 to 6"] : [],
            .. Clauses < 0 ? (string[])[$"clauses is {Clauses}; expected 0 or more"] : [],
            .. !(Penalty >= 0) ? (string[])[FormattableString.Invariant($"penalty is {Penalty}; expected 0 or more")] : [],
            .. !(Prior > 0) ? (string[])[FormattableString.Invariant($"prior is {Prior}; expected a number above 0")] : [],
        ];
        if (faults.Length > 0)
            throw new ArgumentException(string.Join("; ", faults));
    }
}
