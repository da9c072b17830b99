namespace Acclimate.Selection;

/// <summary>What is known of one kind of shift.</summary>
public enum Finding
{
    /// <summary>It can't be told from what is given.</summary>
    Unknown,

    /// <summary>It was looked for, and no sign was found: that is no proof of its absence.</summary>
    NoSign,

    /// <summary>There are signs that something else could have made as well.</summary>
    Suspected,

    /// <summary>It is there, beyond chance.</summary>
    Found,
}

/// <summary>Which kinds of shift there are, as far as can be told.</summary>
/// <param name="Inputs">Whether samples look different as a whole: p(x). A change of balance alone does that too.</param>
/// <param name="WithinClasses">Whether samples of one class do: p(x | y).</param>
/// <param name="Balance">Whether the class shares changed: p(y).</param>
/// <param name="Concept">Whether samples that look alike have other classes: p(y | x).</param>
public sealed record ShiftKinds(Finding Inputs, Finding WithinClasses, Finding Balance, Finding Concept)
{
    /// <summary>A change of balance that is of no account, however significant.</summary>
    internal const double LittleChange = 0.05;

    /// <summary>An A-distance at which samples of the two domains can hardly be told apart: a linear classifier errs on three of eight.</summary>
    private const double HardlyApart = 0.5;

    internal static ShiftKinds Of(DomainShift shift)
    {
        Finding inputs = shift.Mmd.PValue < DomainShift.Significance ? Finding.Found : Finding.NoSign;
        if (shift.Classes is not { } classes)
            return new(inputs, Finding.Unknown, Finding.Unknown, Finding.Unknown);
        bool changed = classes.BalancePValue < DomainShift.Significance && classes.BalanceChange >= LittleChange;
        Finding within = classes.Classes.Any(static c => c.IsSignificant) ? Finding.Found
            : classes.Classes.All(static c => c.Adjusted is null) ? Finding.Unknown : Finding.NoSign;

        // Predictions change with the inputs too: what they say of the balance is a suspicion at most, and nothing where samples of one class moved.
        Finding balance = classes.Known ? changed ? Finding.Found : Finding.NoSign
            : !classes.IsTelling || classes.Estimate is not { } estimate ? Finding.Unknown
            : !estimate.Suspected ? Finding.NoSign
            : within == Finding.NoSign ? Finding.Suspected : Finding.Unknown;
        Finding concept = classes.Concept?.Fails switch
        {
            false => Finding.NoSign,
            true when shift.ADistance.Value < HardlyApart => Finding.Suspected,
            _ => Finding.Unknown,
        };
        return new(inputs, within, balance, concept);
    }

    /// <summary>The kind in a sentence.</summary>
    public string InWords() => (Inputs, WithinClasses, Balance) switch
    {
        (Finding.NoSign, not Finding.Found, Finding.Found) => "The class balance changed (label shift); beside that no difference was found.",
        (Finding.NoSign, Finding.Found, _) => "As a whole they look the same, but samples of one class don't.",
        (Finding.NoSign, _, _) => "No kind of shift stands out.",
        (_, Finding.Found, Finding.Found) => "Inputs and class balance both changed (covariate and label shift).",
        (_, Finding.NoSign, Finding.Found) => "Mostly the class balance changed (label shift): within the classes no difference was found.",
        (_, _, Finding.Suspected) => "The class balance may have changed (label shift): within the classes no difference was found.",
        (_, _, Finding.NoSign) => "Mostly the inputs moved (covariate shift); the class balance shows no sign of a change.",
        _ => "The inputs moved (covariate shift); whether the class balance did too can't be told.",
    };
}
