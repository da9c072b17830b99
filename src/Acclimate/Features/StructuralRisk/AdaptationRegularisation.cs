using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.StructuralRisk;

/// <summary>How a classifier's errors on the source count.</summary>
public enum RiskLoss
{
    /// <summary>(y − f(x))², a function for each class.</summary>
    Ridge,

    /// <summary>max(0, 1 − y f(x)), y = ±1, a function for each class.</summary>
    Svm,
}

/// <summary>
/// What ARTL and MEDA share: the function f = Σᵢ αᵢ k(xᵢ, ·) that classifies the source well, is small, has the same means
/// in both domains and differs little between neighbours:
/// min Σ_labelled loss(y, f(x)) + σ‖f‖² + λ tr(fᵀMf) + γ tr(fᵀLf), in rounds of pseudo-labels that M is made of.
/// </summary>
/// <remarks>
/// <para>Labelled are the source's samples, and the target's whose class is known. With E their rows, the squared loss has (EᵀE + λM + γL)Kα + σα = Eᵀy. The hinge loss has
/// (λM + γL)Kα + σα = ½Eᵀβ, β the solution of a support vector machine's dual (with an offset and C = 1) whose kernel is
/// S = EK(2σI + 2(λM + γL)K)⁻¹Eᵀ.</para>
/// <para>Only M changes from round to round, and M = FFᵀ has a column a class and one more. With A the left side without it,
/// factorised once, each round is Woodbury's identity: (A + λFFᵀK)⁻¹ = A⁻¹ − A⁻¹F(I/λ + FᵀKA⁻¹F)⁻¹FᵀKA⁻¹.</para>
/// <para>A linear kernel with fewer features than samples, and a Gaussian one of too many samples, by random features, are
/// solved in the primal, f = Φw. Both are written here as f = Bθ, (P(EᵀE + λFFᵀ + γL)B + σI) θ = PEᵀy, where B = K and P = I,
/// or B = Φ and P = Φᵀ.</para>
/// </remarks>
internal sealed class AdaptationRegularisation
{
    /// <summary>Small enough for the conditions to be met to a thousandth, which libsvm's own 1e-3 is not quite.</summary>
    private const double SvmTolerance = 1e-4;

    private readonly FeatureData data;
    private readonly int[] labels;
    private readonly Tensor rows;
    private readonly Tensor z;
    private readonly Kernel kernel;
    private readonly FeatureMap? features;
    private readonly Certificate notes;
    private readonly Tensor b;
    private readonly GraphLaplacian laplacian;
    private readonly Tensor a;
    private readonly Tensor[] factorised;
    private readonly Tensor right;
    private readonly Tensor settled;

    /// <summary>Sets the problem up, all but M.</summary>
    /// <param name="data">The domains; their labels are looked at here.</param>
    /// <param name="z">The pooled samples' coordinates, [n, d], the source's first.</param>
    /// <param name="kernel">k.</param>
    /// <param name="neighbours">p of the neighbour graph.</param>
    /// <param name="context">Where random features are drawn from.</param>
    /// <param name="sigma">σ, the weight of ‖f‖².</param>
    /// <param name="gamma">γ, the weight of the graph's term.</param>
    /// <param name="loss">How errors count.</param>
    public AdaptationRegularisation(FeatureData data, Tensor z, Kernel kernel, int neighbours, FitContext context, double sigma, double gamma, RiskLoss loss)
    {
        (this.data, this.z, this.kernel, Sigma, Gamma, Loss) = (data, z, kernel, sigma, gamma, loss);
        labels = [.. data.SourceLabels, .. data.Known.Select(i => data.TargetLabels![i])];
        rows = Tensor.From<long>([.. Enumerable.Range(0, data.SourceCount).Concat(data.Known.Select(i => data.SourceCount + i)).Select(static i => (long)i)]);
        (features, notes) = Primal(kernel, z, context);
        b = features?.Apply(z) ?? kernel.Evaluate(z, z);
        laplacian = new GraphLaplacian(z, neighbours, EdgeWeight.Cosine, normalised: true, loops: true);

        Tensor weighted = laplacian.MatMul(b) * gamma;
        if (loss == RiskLoss.Ridge)
            weighted = weighted.IndexAdd(0, rows, Labelled(b));
        a = Left(weighted) + (Tensor.Eye(b.Size(1), ScalarType.Float64) * sigma);
        right = FromLabelled(loss == RiskLoss.Ridge ? Classes() : Tensor.Eye(labels.Length, ScalarType.Float64) / 2);
        factorised = Operator.Get("aten::linalg_lu_factor").CallMany(a, true);
        settled = Inverse(right);
    }

    private double Sigma { get; }

    private double Gamma { get; }

    private RiskLoss Loss { get; }

    /// <summary>Runs the rounds.</summary>
    /// <param name="map">What makes coordinates of samples.</param>
    /// <param name="rounds">T.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="factors">F of the round's M = FFᵀ, [n, columns], given the pseudo-labels.</param>
    /// <param name="context">What labels the target first, and hears of the rounds.</param>
    public FittedFeatures Run(FeatureMap map, int rounds, double lambda, Func<int[], Tensor> factors, FitContext context)
    {
        using TensorScope all = TensorScope.Begin();
        int[] pseudo = FirstLabels(context.Classifier);
        Certificate certificate = notes;
        FittedClassifier? classifier = null;
        for (int round = 1; round <= rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor f = factors(pseudo), inverse = Woodbury(f, lambda);
            Solution solution = Loss == RiskLoss.Ridge ? Scores(inverse) : Machines(inverse);
            Tensor values = b.MatMul(solution.Theta);
            pseudo = data.Corrected(solution.Classify(new IdentityMap()).Predict(values.Slice(0, data.SourceCount, z.Size(0))));
            certificate = certificate.And(Certify(f, lambda, solution, values));
            classifier = solution.Classify(features?.Then(new AffineMap(solution.Theta)) ?? new KernelMap(kernel, z, solution.Theta));
            foreach (Tensor tensor in classifier.Tensors)
                scope.Keep(tensor);
            context.Report(round, rounds);
        }

        foreach (Tensor tensor in classifier!.Tensors)
            all.Keep(tensor);
        return new FittedFeatures(map, certificate, classifier);
    }

    /// <summary>F of M = ((1 − μ)·C·M₀ + μ Σ_c M_c) over its norm, as the released code weighs the terms.</summary>
    /// <param name="data">The domains.</param>
    /// <param name="pseudo">The target's pseudo-labels.</param>
    /// <param name="mu">μ, from 0 to 1.</param>
    public static Tensor Factors(FeatureData data, int[] pseudo, double mu)
    {
        int classes = data.SourceLabels.Distinct().Count();
        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount) * Math.Sqrt(classes * (1 - mu));
        if (MmdFactors.Conditional(data.SourceLabels, pseudo, data.Classes) is { } conditional)
            e = Tensor.Concatenate([e, conditional * Math.Sqrt(mu)], 1);
        double norm = MmdFactors.Norm(e);
        return norm > 0 ? e / Math.Sqrt(norm) : e;
    }

    /// <summary>Φ where the primal is solved; none where K is.</summary>
    private static (FeatureMap? Features, Certificate Notes) Primal(Kernel kernel, Tensor z, FitContext context)
    {
        if (kernel.Kind == KernelKind.Linear && (z.Size(1) < z.Size(0) || z.Size(0) > KernelCoordinates.Limit))
            return (new IdentityMap(), new Certificate());
        return z.Size(0) > KernelCoordinates.Limit ? KernelCoordinates.Approximate(kernel.Gamma, z, z.Size(0), context) : (null, new Certificate());
    }

    private int[] FirstLabels(Classifier first)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor target = z.Slice(0, data.SourceCount, z.Size(0));
        using FittedClassifier classifier = data.Train(first, z.Slice(0, 0, data.SourceCount), target);
        return data.Corrected(classifier.Predict(target));
    }

    /// <summary>Y: a row a labelled sample, [n_l, C], 1 where a sample is of a class.</summary>
    private Tensor Classes() =>
        Tensor.From<long>([.. labels.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);

    /// <summary>E x: the labelled samples' rows.</summary>
    private Tensor Labelled(Tensor x) => x.IndexSelect(0, rows);

    /// <summary>P x.</summary>
    private Tensor Left(Tensor x) => features is null ? x : b.T.MatMul(x);

    /// <summary>PEᵀx.</summary>
    private Tensor FromLabelled(Tensor x) => features is null
        ? Tensor.Zeros([z.Size(0), x.Size(1)], ScalarType.Float64).IndexAdd(0, rows, x)
        : Labelled(b).T.MatMul(x);

    /// <summary>A⁻¹ x.</summary>
    private Tensor Inverse(Tensor x) => Operator.Get("aten::linalg_lu_solve").Call(factorised[0], factorised[1], x, true, false);

    /// <summary>(A + λPFFᵀB)⁻¹ of the right side.</summary>
    private Tensor Woodbury(Tensor f, double lambda)
    {
        if (lambda == 0)
            return settled;
        Tensor columns = Inverse(Left(f)), rows = f.T.MatMul(b);
        Tensor inner = (Tensor.Eye(f.Size(1), ScalarType.Float64) / lambda) + rows.MatMul(columns);
        return settled - columns.MatMul(inner.Solve(rows.MatMul(settled)));
    }

    /// <summary>The squared loss: what was solved for is θ, a column a class.</summary>
    private Solution Scores(Tensor inverse)
    {
        Tensor offset = FittedScores.OffsetOf(labels, data.Classes);
        return new Solution(inverse, right, map => new FittedScores(map, offset), values =>
            ((Classes() - Labelled(values)).Square().Sum().ToDouble(), 0));
    }

    /// <summary>The hinge loss: θ is what was solved for times the duals' solutions, a column a class.</summary>
    private Solution Machines(Tensor inverse)
    {
        Tensor s = Labelled(b).MatMul(inverse);
        s = (s + s.T) / 2;
        KernelSvm svm = new() { Kernel = SvmKernel.Precomputed, Tolerance = SvmTolerance };
        double[] offset = new double[data.Classes];
        Tensor[] columns = new Tensor[data.Classes];
        for (int c = 0; c < data.Classes; c++)
        {
            // A class without samples is never chosen, and one that has all samples always.
            columns[c] = Tensor.Zeros([labels.Length, 1], ScalarType.Float64);
            int samples = labels.Count(label => label == c);
            offset[c] = samples == 0 ? double.NegativeInfinity : 1;
            if (samples == 0 || samples == labels.Length)
                continue;
            using FittedClassifier machine = svm.Fit(s, Array.ConvertAll(labels, label => label == c ? 0 : 1), 2);
            FittedVotes votes = (FittedVotes)machine;
            columns[c].CopyInPlace(((AffineMap)votes.Decisions).Weight);
            offset[c] = votes.Offset.ToDouble();
        }

        Tensor beta = Tensor.Concatenate(columns, 1), offsets = Tensor.From(offset, 1, data.Classes);
        return new Solution(inverse.MatMul(beta), right.MatMul(beta), map => new FittedScores(map, offsets), values =>
            Hinges((Labelled(values) + offsets).ToArray<double>(), beta.ToArray<double>()));
    }

    /// <summary>
    /// The hinge loss of every class, and how far the margins m are from what β says of them: m ≥ 1 where β is 0,
    /// m ≤ 1 where it is 1, m = 1 between.
    /// </summary>
    private (double Loss, double Violation) Hinges(double[] values, double[] beta)
    {
        double loss = 0, violation = 0;
        for (int i = 0; i < values.Length; i++)
        {
            (int k, int c) = Math.DivRem(i, data.Classes);
            double lacks = 1 - (labels[k] == c ? values[i] : -values[i]), multiplier = Math.Abs(beta[i]);
            if (!double.IsFinite(lacks))
                continue;
            loss += Math.Max(0, lacks);
            violation = Math.Max(violation, multiplier <= 0 ? lacks : multiplier >= 1 ? -lacks : Math.Abs(lacks));
        }

        return (loss, violation);
    }

    /// <summary>How well the conditions of the round's optimum are met, and the objective there.</summary>
    private Certificate Certify(Tensor f, double lambda, Solution solution, Tensor values)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor means = f.T.MatMul(values);
        Tensor left = a.MatMul(solution.Theta) + (Left(f.MatMul(means)) * lambda);
        double stationarity = (left - solution.Right).Norm().ToDouble() / Math.Max(solution.Right.Norm().ToDouble(), 1e-300);
        (double loss, double violation) = solution.Loss(values);
        double size = (solution.Theta * (features is null ? values : solution.Theta)).Sum().ToDouble();
        double rough = (values * laplacian.MatMul(values)).Sum().ToDouble();
        return new Certificate
        {
            KktResidual = Math.Max(stationarity, violation),
            Objective = [loss + (Sigma * size) + (lambda * means.Square().Sum().ToDouble()) + (Gamma * rough)],
        };
    }

    /// <summary>What a round came to.</summary>
    /// <param name="Theta">θ, a column a function.</param>
    /// <param name="Right">PEᵀy, which θ solves for.</param>
    /// <param name="Classify">The classifier, given what makes the functions' values of its samples.</param>
    /// <param name="Loss">The loss on the source and how far it is from optimal, given all samples' values.</param>
    private sealed record Solution(
        Tensor Theta, Tensor Right, Func<FeatureMap, FittedClassifier> Classify, Func<Tensor, (double Loss, double Violation)> Loss);
}
