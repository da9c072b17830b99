using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.StructuralRisk;

/// <summary>
/// ARTL: a classifier learnt with structural risk, matching means and the graph of neighbours in one objective. Long, Wang, Ding,
/// Pan, Yu, "Adaptation Regularization: A General Framework for Transfer Learning", IEEE TKDE 2014, equation 10, with its
/// solutions for the squared loss (ARRLS) and the hinge loss (ARSVM).
/// </summary>
[Method("artl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Adaptation Regularization based Transfer Learning",
    Summary = "Learns a kernel classifier whose scores have the same means in both domains and vary little between neighbours.",
    Formula = "min Σ_source loss(y, f(x)) + σ‖f‖² + λ tr(αᵀKMKα) + γ tr(αᵀKLKα),  f = Σᵢ αᵢ k(xᵢ, ·)",
    Paper = "Long, Wang, Ding, Pan, Yu: Adaptation Regularization: A General Framework for Transfer Learning, IEEE TKDE 2014")]
public sealed class AdaptationRegularisationTransfer : FeatureMethod
{
    /// <summary>How errors on the source count: squared (ARRLS), or by the hinge (ARSVM).</summary>
    [Option("loss", "how errors on the source count: squared (ARRLS), or by the hinge (ARSVM)", Source = "ridge in MEDA's tables")]
    public RiskLoss Loss { get; init; } = RiskLoss.Ridge;

    /// <summary>k: linear or Gaussian.</summary>
    [Option("kernel", "the kernel of the classifier", Source = "rbf in the paper")]
    public KernelKind Kernel { get; init; } = KernelKind.Rbf;

    /// <summary>γ of the Gaussian kernel exp(−γ‖x − y‖²), above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.05..5 log", When = "kernel=rbf", Source = "0.5, for samples of unit length, in the released code")]
    public double? Gamma { get; init; } = 0.5;

    /// <summary>σ, the weight of ‖f‖²; above 0.</summary>
    [Option("sigma", "the weight of the function's norm, above 0", Search = "0.01..1 log", Source = "0.1 in the paper")]
    public double Sigma { get; init; } = 0.1;

    /// <summary>λ, the weight of the means' distance, 0 or more.</summary>
    [Option("lambda", "the weight of the means' distance, 0 or more", Search = "1..100 log", Source = "10 in the paper")]
    public double Lambda { get; init; } = 10;

    /// <summary>γ of the paper, the weight of the neighbour graph's term, 0 or more.</summary>
    [Option("manifold", "the weight of the neighbour graph's term, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Manifold { get; init; } = 1;

    /// <summary>p, the neighbours of each sample in the graph, 1 or more.</summary>
    [Option("neighbours", "the neighbours of each sample in the graph, 1 or more", Search = "3..30 log", Source = "10 in the paper")]
    public int Neighbours { get; init; } = 10;

    /// <summary>T, the rounds of pseudo-labels, 1 or more.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10 in MEDA's table")]
    public int Rounds { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Gamma is null || (Gamma > 0 && double.IsFinite(Gamma.Value)), $"gamma is {Gamma}; expected a number above 0");
        Require(Sigma > 0 && double.IsFinite(Sigma), $"sigma is {Sigma}; expected a number above 0");
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
        Require(Manifold >= 0 && double.IsFinite(Manifold), $"manifold is {Manifold}; expected 0 or more");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        FeatureMap map = new UnitRowsMap();
        Tensor z = map.Apply(data.Pooled());
        Kernel kernel = Kernel == KernelKind.Linear ? Maps.Kernel.Linear : Gamma is { } gamma ? Maps.Kernel.Rbf(gamma) : Maps.Kernel.RbfAtMedian(z);
        AdaptationRegularisation problem = new(data, z, kernel, Neighbours, context, Sigma, Manifold, Loss);
        return problem.Run(map, Rounds, Lambda, pseudo => AdaptationRegularisation.Factors(data, pseudo, 0.5), context);
    }
}
