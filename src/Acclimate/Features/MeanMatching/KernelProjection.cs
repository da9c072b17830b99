using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// What TCA and its successors have in common: one linear projection of both domains' features, or of a kernel, whose
/// columns come from an eigenproblem.
/// </summary>
public abstract class KernelProjection : FeatureMethod
{
    /// <summary>What the projection works on: the features (primal), or a kernel.</summary>
    [Option("kernel", "what the projection works on: the features themselves, or a kernel", Source = "linear in the papers' SURF results, primal for digits")]
    public virtual KernelChoice Kernel { get; init; } = KernelChoice.Linear;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.0001..10 log", When = "kernel=rbf", Source = "ours: the median; the papers differ")]
    public double? Gamma { get; init; }

    /// <summary>Whether embedded samples are scaled to unit length.</summary>
    [Option("unit-rows", "whether embedded samples are scaled to unit length", Source = "so in the released code of JDA and its successors")]
    public bool UnitRows { get; init; } = true;

    /// <summary>How long the projection's columns are.</summary>
    [Option("scale", "how long the projection's columns are", Source = "unit-length in the released code, constraint in the papers' formulas")]
    public ColumnScale Scale { get; init; } = ColumnScale.UnitLength;

    /// <inheritdoc/>
    public override void Validate() => Require(Gamma is null or > 0, $"gamma is {Gamma}; expected a number above 0");

    /// <summary>The map that goes by the coordinates and a projection of them, its rows of unit length where that was asked for.</summary>
    /// <param name="coordinates">What W works on.</param>
    /// <param name="w">W, its columns as long as they are to be.</param>
    private protected FeatureMap Projection(FeatureMap coordinates, Tensor w)
    {
        FeatureMap map = coordinates.Then(new AffineMap(w));
        return UnitRows ? map.Then(new UnitRowsMap()) : map;
    }

    /// <summary>Refuses a number that is not above 0.</summary>
    private protected void RequireAboveZero(string option, double value) =>
        Require(value > 0 && double.IsFinite(value), $"{option} is {value}; expected a number above 0");

    /// <summary>Refuses a number that is not 1 or more.</summary>
    private protected void RequireOneOrMore(string option, int value) => Require(value >= 1, $"{option} is {value}; expected 1 or more");
}
