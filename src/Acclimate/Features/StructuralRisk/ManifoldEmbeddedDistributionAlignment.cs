using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Features.StructuralRisk;

/// <summary>
/// MEDA: ARTL's classifier on the features of the geodesic flow kernel, the domains' means and the classes' means weighed against
/// each other by how far apart they are. Wang, Feng, Chen, Yu, Huang, Yu, "Visual Domain Adaptation with Manifold Embedded
/// Distribution Alignment", ACM MM 2018, equations 3, 10 and 14.
/// </summary>
[Method("meda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Manifold Embedded Distribution Alignment",
    Summary = "Learns a kernel classifier on the geodesic flow's features, with means of domains and classes matched in balance.",
    Formula = "min Σ_source ‖y − f(z)‖² + η‖f‖² + λ tr(fᵀ((1−μ)M₀ + μΣM_c)f) + ρ tr(fᵀLf),  z = xG^½",
    Paper = "Wang, Feng, Chen, Yu, Huang, Yu: Visual Domain Adaptation with Manifold Embedded Distribution Alignment, ACM MM 2018")]
public sealed class ManifoldEmbeddedDistributionAlignment : FeatureMethod
{
    /// <summary>d, the dimensions of the flow's subspaces, 1 or more; none takes them by the subspace disagreement measure.</summary>
    [Option("dimensions", "the dimensions of the flow's subspaces, 1 or more; none takes them by the subspace disagreement measure", Search = "5..100 log", Source = "20 in the paper")]
    public int? Dimensions { get; init; } = 20;

    /// <summary>γ of the Gaussian kernel exp(−γ‖z − z′‖²), above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.05..5 log", Source = "0.5, for samples of unit length, in the released code")]
    public double? Gamma { get; init; } = 0.5;

    /// <summary>η, the weight of ‖f‖²; above 0.</summary>
    [Option("eta", "the weight of the function's norm, above 0", Search = "0.01..1 log", Source = "0.1 in the paper")]
    public double Eta { get; init; } = 0.1;

    /// <summary>λ, the weight of the means' distance, 0 or more.</summary>
    [Option("lambda", "the weight of the means' distance, 0 or more", Search = "1..100 log", Source = "10 in the paper")]
    public double Lambda { get; init; } = 10;

    /// <summary>ρ, the weight of the neighbour graph's term, 0 or more.</summary>
    [Option("rho", "the weight of the neighbour graph's term, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Rho { get; init; } = 1;

    /// <summary>μ, what the classes' means count against the domains' own, 0 to 1; none estimates it each round by A-distances.</summary>
    [Option("mu", "what the classes' means count against the domains' own, 0 to 1; none estimates it each round", Search = "0..1", Source = "estimated in the paper")]
    public double? Mu { get; init; }

    /// <summary>p, the neighbours of each sample in the graph, 1 or more.</summary>
    [Option("neighbours", "the neighbours of each sample in the graph, 1 or more", Search = "3..30 log", Source = "10 in the paper")]
    public int Neighbours { get; init; } = 10;

    /// <summary>T, the rounds of pseudo-labels, 1 or more.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions is null or >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Gamma is null || (Gamma > 0 && double.IsFinite(Gamma.Value)), $"gamma is {Gamma}; expected a number above 0");
        Require(Eta > 0 && double.IsFinite(Eta), $"eta is {Eta}; expected a number above 0");
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
        Require(Rho >= 0 && double.IsFinite(Rho), $"rho is {Rho}; expected 0 or more");
        Require(Mu is null or (>= 0 and <= 1), $"mu is {Mu}; expected 0 to 1");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        (AffineMap flow, Certificate ofFlow) = new GeodesicFlowKernel { Dimensions = Dimensions }.Between(Moments.Of(data.Source), Moments.Of(data.Target));
        FeatureMap map = flow.Then(new UnitRowsMap());
        Tensor z = map.Apply(data.Pooled());
        Kernel kernel = Gamma is { } gamma ? Kernel.Rbf(gamma) : Kernel.RbfAtMedian(z);
        AdaptationRegularisation problem = new(data, z, kernel, Neighbours, context, Eta, Rho, RiskLoss.Ridge);

        // As in the released code the distances are those of the flow's features before they have unit length.
        BalanceFactor? balance = Mu is null ? new BalanceFactor(flow.Apply(data.Source), data.SourceLabels, flow.Apply(data.Target), context) : null;
        List<double> factors = [];
        FittedFeatures fitted = problem.Run(map, Rounds, Lambda, pseudo =>
        {
            double mu = Mu ?? balance!.Estimate(pseudo);
            factors.Add(mu);
            return AdaptationRegularisation.Factors(data, pseudo, mu);
        }, context);
        string note = $"μ by round: {string.Join(", ", factors.Select(static mu => mu.ToString("0.00", CultureInfo.InvariantCulture)))}";
        return fitted with { Certificate = fitted.Certificate.And(ofFlow with { Notes = [note] }) };
    }
}
