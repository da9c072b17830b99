using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// TJM: TCA whose kernel coefficients are sparse by rows over the source, so that source samples far from the target lose
/// their say. Long, Wang, Ding, Sun, Yu, "Transfer Joint Matching for Unsupervised Domain Adaptation", CVPR 2014,
/// equations 8 to 10: A by an eigenproblem with G fixed, then G_ii = 1/‖a_i‖ for source rows.
/// </summary>
/// <remarks>
/// With K = PκPᵀ, a solution is A = G⁻¹Pv for an r-dimensional v: KA = Zw with w = Nv and N = PᵀG⁻¹P, and tr(AᵀGA) =
/// tr(wᵀN⁻¹w). So each round is TCA's r × r problem with the penalty Λ = N⁻¹, and a new sample has coordinates like any other.
/// </remarks>
[Method("tjm", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Transfer Joint Matching",
    Summary = "Projects both domains where their means agree, while source samples unlike the target are left out by a row-sparse penalty.",
    Formula = "min tr(AᵀKMKA) + λ(2‖A_s‖₂,₁ + ‖A_t‖²)  subject to  AᵀKHKA = I",
    Paper = "Long, Wang, Ding, Sun, Yu: Transfer Joint Matching for Unsupervised Domain Adaptation, CVPR 2014")]
public sealed class TransferJointMatching : KernelProjection
{
    /// <summary>‖a_i‖ that is less counts as this much: G stays finite.</summary>
    private const double LeastRow = 1e-8;

    /// <summary>The kernel that the coefficients are of. Default linear; there are no coefficients in the primal.</summary>
    [Option("kernel", "the kernel that the projection works on; primal has no coefficients and is refused", Search = "linear|rbf", Source = "linear in the paper's SURF results")]
    public override KernelChoice Kernel { get; init; } = KernelChoice.Linear;

    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "20 in the paper")]
    public int Dimensions { get; init; } = 20;

    /// <summary>λ, the penalty on the coefficients; above 0.</summary>
    [Option("lambda", "the penalty on the coefficients, above 0", Search = "0.01..100 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>T, the rounds of reweighting, 1 or more; the first weighs all samples the same and is TCA.</summary>
    [Option("rounds", "the rounds of reweighting, 1 or more", Search = "fixed", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireOneOrMore("rounds", Rounds);
        RequireAboveZero("lambda", Lambda);
        Require(Kernel != KernelChoice.Primal, $"kernel is primal; expected linear or rbf, since the penalty is on the samples' coefficients");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor pooled = data.Pooled();
        (FeatureMap coordinates, Certificate certificate) = KernelCoordinates.Of(Kernel, Gamma, pooled, context);
        Tensor z = coordinates.Apply(pooled), centred = z - z.Mean(0, keep: true);
        Tensor p = z / z.Norm(0, keep: true);
        LowRankEigenproblem scatter = new(centred.T.MatMul(centred));

        // M = eeᵀ over its norm.
        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount);
        Tensor f = z.T.MatMul(e / Math.Sqrt(MmdFactors.Norm(e)));
        long ns = data.SourceCount, n = ns + data.TargetCount;
        Tensor weight = Tensor.Ones([n, 1], ScalarType.Float64), projection = p;
        for (int round = 1; round <= Rounds; round++)
        {
            // N = PᵀG⁻¹P and Λ = N⁻¹; I at first.
            using TensorScope scope = TensorScope.Begin();
            Tensor penalty = Tensor.Eye(z.Size(1), ScalarType.Float64);
            LowRankEigenproblem problem = scatter;
            if (round > 1)
            {
                Tensor inverse = p.T.MatMul(weight * p);
                inverse = (inverse + inverse.T) / 2;
                penalty = LowRankEigenproblem.Inverse(inverse);
                problem = scatter.Under(penalty, inverse);
            }

            (Tensor w, _, Certificate solved) = problem.Solve(f, Lambda, Dimensions);

            // A = G⁻¹Pv, v = Λw; the columns' length is that of A's.
            Tensor a = weight * p.MatMul(penalty.MatMul(w));
            Tensor length = Scale == ColumnScale.UnitLength ? a.Norm(0, keep: true) : Tensor.Ones([1, w.Size(1)], ScalarType.Float64);
            (a, projection) = (a / length, scope.Keep(w / length));
            Tensor rows = a.Norm(1, keep: true), ofSource = rows.Slice(0, 0, ns), ofTarget = rows.Slice(0, ns, n);
            weight = scope.Keep(Tensor.Concatenate([ofSource.Clamp(low: LeastRow), ofTarget.OnesLike()]));

            double left = f.T.MatMul(projection).Square().Sum().ToDouble()
                + (Lambda * ((2 * ofSource.Sum().ToDouble()) + ofTarget.Square().Sum().ToDouble()));
            certificate = certificate.And(solved with { Objective = [left] });
            context.Report(round, Rounds);
        }

        return new FittedFeatures(Projection(coordinates, projection), certificate);
    }
}
