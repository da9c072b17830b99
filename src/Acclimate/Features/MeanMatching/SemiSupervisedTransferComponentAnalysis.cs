using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// SSTCA: TCA that keeps what depends on the labels, where there are labels, and the neighbourhoods of all samples. Pan,
/// Tsang, Kwok, Yang, "Domain Adaptation via Transfer Component Analysis", IEEE Transactions on Neural Networks 2011,
/// equations 14 to 19.
/// </summary>
/// <remarks>
/// min tr(WᵀKLKW) + μ tr(WᵀW) + λ/n² tr(WᵀK𝓛KW) subject to WᵀKHK̃HKW = I, where K̃ = γK_yy + (1 − γ)I, K_yy is 1 between
/// samples known to be of one class, and 𝓛 is the Laplacian of the graph of nearest neighbours. γ is called dependence here.
/// </remarks>
[Method("sstca", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Semi-Supervised Transfer Component Analysis",
    Summary = "Projects both domains where their means agree, the projection depends on the labels, and neighbours stay neighbours.",
    Formula = "min tr(WᵀKLKW) + μ tr(WᵀW) + λ/n² tr(WᵀK𝓛KW)  subject to  WᵀKH(γK_yy + (1 − γ)I)HKW = I",
    Paper = "Pan, Tsang, Kwok, Yang: Domain Adaptation via Transfer Component Analysis, IEEE TNN 2011")]
public sealed class SemiSupervisedTransferComponentAnalysis : KernelProjection
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "as for TCA")]
    public int Dimensions { get; init; } = 30;

    /// <summary>μ, the penalty on the projection; above 0.</summary>
    [Option("mu", "the penalty on the projection, above 0", Search = "0.01..100 log", Source = "as for TCA")]
    public double Mu { get; init; } = 1;

    /// <summary>γ, how much the labels count against the samples' variance; 0 to 1, 0 none of it.</summary>
    [Option("dependence", "how much the labels count against the samples' variance, 0 to 1", Search = "0..1", Source = "0.5 in the paper")]
    public double Dependence { get; init; } = 0.5;

    /// <summary>λ, the weight of the neighbourhoods, 0 or more.</summary>
    [Option("lambda", "the weight of the neighbourhoods, 0 or more", Search = "30..30000 log", Source = "ours: large, since the formula divides it by n²")]
    public double Lambda { get; init; } = 1000;

    /// <summary>The nearest neighbours that a sample is joined to, 1 or more.</summary>
    [Option("neighbours", "the nearest neighbours that a sample is joined to, 1 or more", Search = "3..30 log", Source = "ours: the usual ten, as in label-propagation")]
    public int Neighbours { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireOneOrMore("neighbours", Neighbours);
        RequireAboveZero("mu", Mu);
        Require(Dependence is >= 0 and <= 1, $"dependence is {Dependence}; expected 0 to 1");
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor pooled = data.Pooled();
        (FeatureMap coordinates, Certificate notes) = KernelCoordinates.Of(Kernel, Gamma, pooled, context);
        Tensor z = coordinates.Apply(pooled), centred = z - z.Mean(0, keep: true);

        // KHK̃HK = γGGᵀ + (1 − γ)ZᵀHZ, G = ZᵀHY with a row of Y for each sample: its class's unit vector, 0 where it has none.
        (Tensor labelled, int[] classes) = data.Labelled(centred.Slice(0, 0, data.SourceCount), centred.Slice(0, data.SourceCount, centred.Size(0)));
        Tensor y = Tensor.From<long>([.. classes.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor g = labelled.T.MatMul(y);
        LowRankEigenproblem problem = new((g.MatMul(g.T) * Dependence) + (centred.T.MatMul(centred) * (1 - Dependence)));

        // μ‖W‖² + λ/n² tr(WᵀZᵀ𝓛ZW) = μ tr(WᵀΛW).
        if (Lambda > 0)
        {
            double n = pooled.Size(0);
            GraphLaplacian graph = new(pooled, Neighbours, EdgeWeight.Heat, normalised: false);
            problem = problem.Under(Tensor.Eye(z.Size(1), ScalarType.Float64) + (graph.Between(z) * (Lambda / Mu / (n * n))));
        }

        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount);
        Tensor f = z.T.MatMul(e / Math.Sqrt(MmdFactors.Norm(e)));
        (Tensor w, _, Certificate certificate) = problem.Solve(f, Mu, Dimensions);
        return new FittedFeatures(Projection(coordinates, Scale.Apply(w)), certificate.And(notes));
    }
}
