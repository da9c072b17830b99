using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// What DIP, the statistical manifold and DME share: the projection z = xW, WᵀW = I, with the smallest distance D between
/// the domains' distributions, by conjugate gradients on the Grassmann manifold from the pooled principal directions.
/// </summary>
/// <remarks>
/// W is sought among the first <see cref="Components"/> principal directions of the pooled samples: any further ones
/// have so little variance that both domains coincide along them, which is no discovery. D's kernel has
/// γ = 1/σ, σ the median squared distance of the source's samples before any projection.
/// </remarks>
public abstract class DistributionMatching : FeatureMethod
{
    /// <summary>The Riemannian gradient, relative to its terms, at which the search ends.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "5..40 log", Source = "20, as in GFK and SA's tables")]
    public int Dimensions { get; init; } = 20;

    /// <summary>How many of the pooled principal directions the projection is sought among, 1 or more; none below dimensions.</summary>
    [Option("components", "the pooled principal directions that the projection is sought among; at least as many as dimensions", Search = "40..160 log", Source = "ours: twice as many as dimensions; along further ones both domains hardly vary")]
    public int Components { get; init; } = 40;

    /// <summary>γ of the distance's kernel, above 0; none takes one over the median squared distance of source samples.</summary>
    [Option("gamma", "γ of the distance's kernel, above 0; none takes one over the median squared distance of source samples", Search = "0.0001..10 log", Source = "the median in the papers")]
    public double? Gamma { get; init; }

    /// <summary>The most steps of the conjugate gradient method, 1 or more.</summary>
    [Option("rounds", "the most steps of the conjugate gradient method, 1 or more", Search = "fixed", Source = "ours: a bound; it stops at a gradient of nearly nought")]
    public int Rounds { get; init; } = 100;

    /// <summary>D.</summary>
    private protected abstract DistributionDistance Comparison { get; }

    /// <summary>λ: the weight of the classes' compactness.</summary>
    private protected virtual double Compactness => 0;

    /// <summary>What W works on.</summary>
    private protected virtual (KernelChoice Choice, double? Gamma) Space => (KernelChoice.Primal, null);

    /// <summary>How often the source samples' weights are learnt; they are equal where it is 0.</summary>
    private protected virtual int WeightRounds => 0;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Components >= Dimensions, $"components is {Components}; expected {Dimensions} (dimensions) or more");
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected a number above 0");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor samples = data.Pooled();
        (FeatureMap coordinates, Certificate certificate) = KernelCoordinates.Of(Space.Choice, Space.Gamma, samples, context);
        Tensor pooled = coordinates.Apply(samples);
        Moments moments = Moments.Of(pooled);
        Tensor directions = PrincipalSubspace.Of(moments, Components).Basis;
        AffineMap components = AffineMap.Centred(moments.Mean, directions);
        Tensor all = components.Apply(pooled);
        Tensor source = all.Slice(0, 0, data.SourceCount), target = all.Slice(0, data.SourceCount, all.Size(0));

        long k = Math.Min(Dimensions, directions.Size(1));
        Tensor w = Tensor.Eye(directions.Size(1), ScalarType.Float64).Slice(1, 0, k);
        double gamma = Gamma ?? Kernel.RbfAtMedian(pooled.Slice(0, 0, data.SourceCount)).Gamma;
        Tensor within = WithinClasses(source, data) * (Compactness * gamma);
        Tensor weights = Tensor.Full([data.SourceCount, 1], 1.0 / data.SourceCount, ScalarType.Float64);
        int steps = 0, most = Rounds * (WeightRounds + 1);

        for (int round = 0; round <= WeightRounds; round++)
        {
            if (round > 0)
                weights = SourceWeights.Learn(data, weights, a => Comparison.At(source.MatMul(w), a, target.MatMul(w), gamma));
            (w, Certificate found) = GrassmannMinimiser.Minimise(w, Objective, Rounds, Tolerance, _ => context.Report(++steps, most));
            certificate = certificate.And(found) with { KktResidual = found.KktResidual };
        }

        FeatureMap map = coordinates.Then(new AffineMap(components.Weight.MatMul(w), components.Offset!.MatMul(w)));
        return new FittedFeatures(map, certificate);

        // f(W) = D(ZₛW, ZₜW) + λγ tr(WᵀS_wW), S_w the mean scatter of the source's samples around their classes' means.
        Slope Objective(Tensor at)
        {
            DistanceSlope distance = Comparison.At(source.MatMul(at), weights, target.MatMul(at), gamma);
            Tensor spread = within.MatMul(at);
            Tensor gradient = source.T.MatMul(distance.Source) + target.T.MatMul(distance.Target) + (2 * spread);
            double size = (distance.Size * all.Norm().ToDouble() / Math.Sqrt(all.Size(0))) + (2 * spread.Norm().ToDouble());
            return new Slope(distance.Value + (at * spread).Sum().ToDouble(), gradient, size);
        }
    }

    /// <summary>The mean scatter of samples around their class's mean: [d, d].</summary>
    private static Tensor WithinClasses(Tensor source, FeatureData data)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor member = Tensor.From<long>([.. data.SourceLabels.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor means = member.T.MatMul(source) / member.Sum(0).Clamp(low: 1).Unsqueeze(1);
        Tensor apart = source - member.MatMul(means);
        return scope.Keep(apart.T.MatMul(apart) / data.SourceCount);
    }
}
