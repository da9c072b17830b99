using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// TCA: the projection on which the domains' means agree and the pooled samples keep their variance. Pan, Tsang, Kwok, Yang,
/// "Domain Adaptation via Transfer Component Analysis", IEEE Transactions on Neural Networks 2011, equation 8.
/// </summary>
/// <remarks>
/// In the primal, with Z = XW: min tr(Wᵀ(XᵀLX + μI)W) subject to WᵀXᵀHXW = I. The kernel form is the same on the
/// kernel's coordinates. L = eeᵀ is never formed: XᵀLX = ffᵀ, f the difference of the domains' means.
/// </remarks>
[Method("tca", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Transfer Component Analysis",
    Summary = "Projects both domains where their means agree and the pooled variance is kept.",
    Formula = "min tr(WᵀKLKW) + μ tr(WᵀW)  subject to  WᵀKHKW = I",
    Paper = "Pan, Tsang, Kwok, Yang: Domain Adaptation via Transfer Component Analysis, IEEE TNN 2011")]
public sealed class TransferComponentAnalysis : KernelProjection
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "30 in MEDA's and JGSA's tables")]
    public int Dimensions { get; init; } = 30;

    /// <summary>μ, the penalty on the projection; above 0.</summary>
    [Option("mu", "the penalty on the projection, above 0", Search = "0.01..100 log", Source = "1 in JDA's and MEDA's tables")]
    public double Mu { get; init; } = 1;

    /// <summary>Whether L is divided by its Frobenius norm, so that μ means the same whatever the number of samples.</summary>
    [Option("normalise", "whether L is divided by its Frobenius norm", Source = "so in the released code of JDA and its successors; the TCA paper does not")]
    public bool Normalise { get; init; } = true;

    /// <inheritdoc/>
    public override bool NeedsOnlyMoments => Kernel != KernelChoice.Rbf;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireAboveZero("mu", Mu);
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (NeedsOnlyMoments)
            return Learn(Moments.Of(data.Source), Moments.Of(data.Target), context);
        (FeatureMap coordinates, Certificate notes) = KernelCoordinates.Of(Kernel, Gamma, data.Pooled(), context);
        return Project(coordinates, Moments.Of(data.Source, coordinates), Moments.Of(data.Target, coordinates), notes);
    }

    /// <inheritdoc/>
    private protected override (FeatureMap Map, Certificate Notes)? Lift(Func<Tensor> some, long count, FitContext context) =>
        Kernel == KernelChoice.Rbf && count > KernelCoordinates.Limit ? KernelCoordinates.Approximate(Gamma, some(), count, context) : null;

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        // Of the samples, or of what Lift made of them, on which the Gaussian kernel is a linear one.
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (Kernel == KernelChoice.Primal)
            return Project(new IdentityMap(), source, target, new Certificate());
        Moments pooled = Moments.Pooled(source, target);
        AffineMap coordinates = (AffineMap)KernelCoordinates.Linear(pooled.Gram());
        return Project(coordinates, source.Mapped(coordinates), target.Mapped(coordinates), new Certificate());
    }

    /// <summary>The primal, on the moments of the coordinates z.</summary>
    private FittedFeatures Project(FeatureMap coordinates, Moments source, Moments target, Certificate notes)
    {
        // ZᵀHZ is the pooled scatter, and ZᵀLZ = ffᵀ with f = Zᵀe, the difference of the means; ‖L‖ = eᵀe.
        Tensor f = (source.Mean - target.Mean).T;
        double norm = Normalise ? (1.0 / source.Count) + (1.0 / target.Count) : 1;
        LowRankEigenproblem problem = new(Moments.Pooled(source, target).Scatter);
        (Tensor w, _, Certificate certificate) = problem.Solve(f / Math.Sqrt(norm), Mu, Dimensions);
        return new FittedFeatures(Projection(coordinates, Scale.Apply(w)), certificate.And(notes));
    }
}
