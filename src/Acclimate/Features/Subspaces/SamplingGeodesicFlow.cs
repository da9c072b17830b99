using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>What is done to the concatenated projections of SGF.</summary>
public enum FlowReduction
{
    /// <summary>Nothing: distances are those of the geodesic flow kernel, summed over the sampled subspaces.</summary>
    None,

    /// <summary>Partial least squares with the source's classes.</summary>
    Pls,

    /// <summary>Fisher's linear discriminants of the source's classes.</summary>
    Lda,
}

/// <summary>
/// SGF: samples are projected on subspaces sampled along the way from the source's to the target's, all projections
/// together, which are then reduced by the source's classes. Gopalan, Li, Chellappa, "Domain Adaptation for Object
/// Recognition: An Unsupervised Approach", ICCV 2011, section 3.
/// </summary>
[Method("sgf", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Sampling Geodesic Flow",
    Summary = "Projects samples on subspaces along the geodesic from the source's to the target's, and keeps what tells the source's classes apart.",
    Formula = "x ↦ (xΨ(t₀), …, xΨ(t_m)) R,  Ψ the geodesic from Pₛ to Pₜ,  R of partial least squares",
    Paper = "Gopalan, Li, Chellappa: Domain Adaptation for Object Recognition: An Unsupervised Approach, ICCV 2011")]
public sealed class SamplingGeodesicFlow : FeatureMethod
{
    /// <summary>k, the dimensions of the subspaces, 1 or more; as many as both domains vary in where these are fewer.</summary>
    [Option("dimensions", "the dimensions of the subspaces, 1 or more", Search = "5..100 log", Source = "20, as in GFK's tables")]
    public int Dimensions { get; init; } = 20;

    /// <summary>How many subspaces are sampled at equal distances, both ends among them; 2 or more.</summary>
    [Option("subspaces", "the subspaces sampled at equal distances on the geodesic, both ends among them; 2 or more", Search = "3..20 log", Source = "8 between the ends in the paper")]
    public int Subspaces { get; init; } = 10;

    /// <summary>What is done to the concatenated projections.</summary>
    [Option("reduction", "what the concatenated projections are reduced by", Source = "pls in the paper")]
    public FlowReduction Reduction { get; init; } = FlowReduction.Pls;

    /// <summary>How many directions partial least squares takes, 1 or more; as many as there are where these are fewer.</summary>
    [Option("components", "the directions that partial least squares takes, 1 or more", Search = "10..100 log", When = "reduction=pls", Source = "ours: as many as TCA and its successors take")]
    public int Components { get; init; } = 30;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Subspaces >= 2, $"subspaces is {Subspaces}; expected 2 or more");
        Require(Components >= 1, $"components is {Components}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        (PrincipalSubspace s, PrincipalSubspace t) = PrincipalSubspace.OfBoth(Moments.Of(data.Source), Moments.Of(data.Target), Dimensions);
        GrassmannGeodesic geodesic = new(s.Basis, t.Basis);
        Tensor flow = Tensor.Concatenate([.. Enumerable.Range(0, Subspaces).Select(i => geodesic.At((double)i / (Subspaces - 1)))], 1);
        if (Reduction != FlowReduction.None)
        {
            Tensor z = data.Source.MatMul(flow);
            Tensor classes = Tensor.From<long>([.. data.SourceLabels.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);
            flow = flow.MatMul(Reduction == FlowReduction.Pls ? LabelledProjections.PartialLeastSquares(z, classes, Components) : LabelledProjections.Discriminants(z, classes));
        }

        return new FittedFeatures(new AffineMap(flow), s.Certificate.And(t.Certificate));
    }
}
