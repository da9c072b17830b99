using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.StructuralRisk;

/// <summary>
/// What ARTL and MEDA share: the function f = Σᵢ αᵢ k(xᵢ, ·) that classifies the source well, is small, has the same means
/// in both domains and differs little between neighbours:
/// min Σ_source ‖y − f(x)‖² + σ‖f‖² + λ tr(fᵀMf) + γ tr(fᵀLf), in rounds of pseudo-labels that M is made of.
/// </summary>
/// <remarks>
/// <para>With E the diagonal that is 1 for source samples, ((E + λM + γL)K + σI) α = EY. Only M changes from round to round,
/// and M = FFᵀ has as many columns as there are classes and one more: A = (E + γL)K + σI is factorised once, and each
/// round is Woodbury's identity, (A + λFFᵀK)⁻¹ = A⁻¹ − A⁻¹F(I/λ + FᵀKA⁻¹F)⁻¹FᵀKA⁻¹.</para>
/// <para>A linear kernel with fewer features than samples is solved in the primal, f = Xw:
/// (Xᵀ(E + λM + γL)X + σI) w = XᵀEY. Both are written here as f = Bθ with (P(E + λFFᵀ + γL)B + σI) θ = P E Y, where B = K and P = I,
/// or B = X and P = Xᵀ.</para>
/// </remarks>
internal sealed class AdaptationRegularisation
{
    private readonly FeatureData data;
    private readonly FitContext context;
    private readonly Kernel kernel;
    private readonly bool primal;
    private readonly Tensor z;
    private readonly Tensor b;
    private readonly Tensor y;
    private readonly GraphLaplacian laplacian;
    private readonly double sigma;
    private readonly double gamma;
    private readonly Tensor a;
    private readonly Tensor right;
    private readonly Tensor[] factorised;
    private readonly Tensor settled;

    /// <summary>Sets the problem up, all but M.</summary>
    /// <param name="data">The domains; their labels are looked at here.</param>
    /// <param name="z">The pooled samples' coordinates, [n, d], the source's first.</param>
    /// <param name="kernel">k.</param>
    /// <param name="neighbours">p of the neighbour graph.</param>
    /// <param name="sigma">σ, the weight of ‖f‖².</param>
    /// <param name="gamma">γ, the weight of the graph's term.</param>
    /// <param name="context">What labels the target first.</param>
    public AdaptationRegularisation(FeatureData data, Tensor z, Kernel kernel, int neighbours, double sigma, double gamma, FitContext context)
    {
        (this.data, this.z, this.kernel, this.sigma, this.gamma, this.context) = (data, z, kernel, sigma, gamma, context);
        primal = kernel.Kind == KernelKind.Linear && z.Size(1) < z.Size(0);
        b = primal ? z : kernel.Evaluate(z, z);
        laplacian = new GraphLaplacian(z, neighbours, EdgeWeight.Cosine, normalised: true, loops: true);

        long n = z.Size(0), source = data.SourceCount;
        y = Tensor.From<long>([.. data.SourceLabels.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor weighted = laplacian.MatMul(b) * gamma;
        weighted.Slice(0, 0, source).AddInPlace(b.Slice(0, 0, source));
        a = Left(weighted) + (Tensor.Eye(b.Size(1), ScalarType.Float64) * sigma);
        right = Left(Tensor.Concatenate([y, Tensor.Zeros([n - source, data.Classes], ScalarType.Float64)]));
        factorised = Operator.Get("aten::linalg_lu_factor").CallMany(a, true);
        settled = Inverse(right);
    }

    /// <summary>Runs the rounds.</summary>
    /// <param name="map">What makes coordinates of samples.</param>
    /// <param name="rounds">T.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="factors">F of the round's M = FFᵀ, [n, columns], given the pseudo-labels.</param>
    public FittedFeatures Run(FeatureMap map, int rounds, double lambda, Func<int[], Tensor> factors)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor offset = FittedScores.OffsetOf(data.SourceLabels, data.Classes);
        int[] pseudo = FirstLabels();
        Certificate certificate = new();
        Tensor theta = settled;
        for (int round = 1; round <= rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor f = factors(pseudo);
            theta = scope.Keep(Solve(f, lambda));
            Tensor scores = b.MatMul(theta);
            certificate = certificate.And(Certify(f, lambda, theta, scores));
            pseudo = Array.ConvertAll((scores + offset).Slice(0, data.SourceCount, z.Size(0)).ArgMax(1).ToArray<long>(), static c => (int)c);
            context.Report(round, rounds);
        }

        FeatureMap decisions = primal ? new AffineMap(all.Keep(theta)) : new KernelMap(kernel, z, all.Keep(theta));
        return new FittedFeatures(map, certificate, new FittedScores(decisions, all.Keep(offset)));
    }

    /// <summary>M = (C·M₀ + Σ_c M_c)/‖·‖ as factors, the two sides weighed 1 − μ and μ: as the released code has it.</summary>
    /// <param name="data">The domains.</param>
    /// <param name="pseudo">The target's pseudo-labels.</param>
    /// <param name="ofMarginal">What C·M₀ is multiplied by.</param>
    /// <param name="ofConditional">What Σ_c M_c is multiplied by.</param>
    public static Tensor Factors(FeatureData data, int[] pseudo, double ofMarginal, double ofConditional)
    {
        int classes = data.SourceLabels.Distinct().Count();
        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount) * Math.Sqrt(classes * ofMarginal);
        if (MmdFactors.Conditional(data.SourceLabels, pseudo, data.Classes) is { } conditional)
            e = Tensor.Concatenate([e, conditional * Math.Sqrt(ofConditional)], 1);
        double norm = MmdFactors.Norm(e);
        return norm > 0 ? e / Math.Sqrt(norm) : e;
    }

    private int[] FirstLabels()
    {
        using TensorScope scope = TensorScope.Begin();
        using FittedClassifier classifier = context.Classifier.Fit(z.Slice(0, 0, data.SourceCount), data.SourceLabels, data.Classes);
        return classifier.Predict(z.Slice(0, data.SourceCount, z.Size(0)));
    }

    private Tensor Solve(Tensor f, double lambda)
    {
        if (lambda == 0)
            return settled.Clone();
        Tensor columns = Inverse(Left(f)), rows = f.T.MatMul(b);
        Tensor inner = (Tensor.Eye(f.Size(1), ScalarType.Float64) / lambda) + rows.MatMul(columns);
        return settled - columns.MatMul(inner.Solve(rows.MatMul(settled)));
    }

    /// <summary>P x.</summary>
    private Tensor Left(Tensor x) => primal ? b.T.MatMul(x) : x;

    /// <summary>A⁻¹ x.</summary>
    private Tensor Inverse(Tensor x) => Operator.Get("aten::linalg_lu_solve").Call(factorised[0], factorised[1], x, true, false);

    /// <summary>How well the equations of the round's optimum are met, and the objective there.</summary>
    private Certificate Certify(Tensor f, double lambda, Tensor theta, Tensor scores)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor means = f.T.MatMul(scores);
        Tensor residual = a.MatMul(theta) + (Left(f.MatMul(means)) * lambda) - right;
        double loss = (y - scores.Slice(0, 0, data.SourceCount)).Square().Sum().ToDouble();
        double size = primal ? theta.Square().Sum().ToDouble() : (theta * scores).Sum().ToDouble();
        double rough = (scores * laplacian.MatMul(scores)).Sum().ToDouble();
        return new Certificate
        {
            KktResidual = residual.Norm().ToDouble() / right.Norm().ToDouble(),
            Objective = [loss + (sigma * size) + (lambda * means.Square().Sum().ToDouble()) + (gamma * rough)],
        };
    }
}
