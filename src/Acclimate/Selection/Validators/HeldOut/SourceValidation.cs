namespace Acclimate.Selection.Validators;

/// <summary>The share of held-out source samples that a candidate labels right.</summary>
/// <remarks>0 to 1.</remarks>
[Validator("source",
    Title = "validation on held-out source samples",
    Formula = "1/m Σ_i [ŷ(x_i) = y_i] over held-out source samples",
    Paper = "the plain hold-out; its risk under domain shift is what Sugiyama, Krauledat, Müller, JMLR 8, 2007, correct",
    Needs = ValidatorNeeds.HeldOut,
    Beware = "It looks at the source alone: a method that gives up nothing there need not gain anything on the target.")]
public sealed class SourceValidation : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool) =>
        candidate.HeldOut is { } heldOut ? 1 - HeldOutErrors.Of(pair, heldOut).Average() : double.NaN;
}
