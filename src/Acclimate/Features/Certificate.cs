namespace Acclimate.Features;

/// <summary>
/// What a fit can show for itself. Residuals are relative to the size of what they are residuals of, so that 1e-8 or less
/// is as good as float64 gives for a well-conditioned problem; what a method does not solve has none.
/// </summary>
public sealed record Certificate
{
    /// <summary>Of the eigenproblem A v = λ B v: the largest ‖Av − λBv‖ / ((‖A‖ + |λ|‖B‖)‖v‖) over the pairs that were taken.</summary>
    public double? EigenResidual { get; init; }

    /// <summary>Of the constraint (such as WᵀBW = I): the largest absolute entry of its violation.</summary>
    public double? ConstraintError { get; init; }

    /// <summary>Of an optimisation's first-order conditions: how far they are from being met, relative to the gradient's terms.</summary>
    public double? KktResidual { get; init; }

    /// <summary>The objective after each round, of a method with rounds.</summary>
    public IReadOnlyList<double> Objective { get; init; } = [];

    /// <summary>What else is worth knowing: what was approximated and by how much, what was left out and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The worse of two fits' certificates, with the objectives and notes of both.</summary>
    /// <param name="other">The other.</param>
    public Certificate And(Certificate other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Certificate
        {
            EigenResidual = Worse(EigenResidual, other.EigenResidual),
            ConstraintError = Worse(ConstraintError, other.ConstraintError),
            KktResidual = Worse(KktResidual, other.KktResidual),
            Objective = [.. Objective, .. other.Objective],
            Notes = [.. Notes.Union(other.Notes)],
        };
    }

    private static double? Worse(double? one, double? two) => one is null ? two : two is null ? one : Math.Max(one.Value, two.Value);
}
