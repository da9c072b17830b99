using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>How long the columns of a projection are made: an eigenproblem settles their directions, and a distance needs lengths too.</summary>
public enum ColumnScale
{
    /// <summary>Each column has length 1, as the eigensolvers of the released programs return them; the printed results rest on it.</summary>
    UnitLength,

    /// <summary>WᵀKHKW = I, as the papers state it: every direction has the same variance.</summary>
    Constraint,
}

internal static class ColumnScales
{
    /// <summary>The columns of W at the scale.</summary>
    /// <param name="scale">The scale.</param>
    /// <param name="w">W with WᵀBW = I.</param>
    public static Tensor Apply(this ColumnScale scale, Tensor w) => scale == ColumnScale.Constraint ? w : w / w.Norm(0, keep: true);
}
