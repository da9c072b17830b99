namespace Acclimate.Training;

/// <summary>Learning rates to try, one a step, each the same factor above the one before.</summary>
public sealed record RateRange
{
    /// <summary>The first rate; above 0. Default 10⁻⁶.</summary>
    public double From { get; init; } = 1e-6;

    /// <summary>The last; above the first. Default 10.</summary>
    public double To { get; init; } = 10;

    /// <summary>How many rates; at least 10. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>The rate of a step, from 0.</summary>
    internal double At(long step) => From * Math.Pow(To / From, (double)step / (Steps - 1));

    /// <exception cref="ArgumentException">A number is out of range: all of them, a line each.</exception>
    internal void Validate()
    {
        List<FormattableString> faults = [];
        if (!(From is > 0 and < double.PositiveInfinity))
            faults.Add($"the first rate is {From}; expected a number above 0");
        else if (!(To > From && To < double.PositiveInfinity))
            faults.Add($"the last rate is {To}; expected a number above the first, {From}");
        if (Steps is < 10 or > 1_000_000)
            faults.Add($"{Steps} rates to try; expected 10 to 1,000,000");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join('\n', faults.Select(FormattableString.Invariant)));
    }
}
