using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// JGSA: two coupled projections, A for the source and B for the target, that keep the target's variance and part the
/// source's classes while the projected means, and the projections themselves, come together. Zhang, Li, Ogunbona, "Joint
/// Geometrical and Statistical Alignment for Visual Domain Adaptation", CVPR 2017, equation 12.
/// </summary>
/// <remarks>
/// With W = [A; B]: the largest tr(Wᵀ diag(βS_b, μS_t) W) under Wᵀ(Λ + FFᵀ)W = I, where S_b and S_w are the source's
/// scatter between and within classes, S_t the target's scatter, F = [X_sᵀE_s; X_tᵀE_t] for M = EEᵀ of JDA, and
/// Λ = [αI + βS_w, −αI; −αI, (α + μ)I]. A kernel's form is the same on the features of the kernel, centred on both domains
/// (S_t then being about that centre), as in the released code.
/// </remarks>
[Method("jgsa", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Joint Geometrical and Statistical Alignment",
    Summary = "Projects each domain in its own way, the two held together, so that means and class means agree, the target keeps its variance and the source's classes part.",
    Formula = "max tr(βAᵀS_bA + μBᵀS_tB) / tr([A; B]ᵀΣ_c M_c[A; B] + βAᵀS_wA + α‖A − B‖² + μ‖B‖²)",
    Paper = "Zhang, Li, Ogunbona: Joint Geometrical and Statistical Alignment for Visual Domain Adaptation, CVPR 2017")]
public sealed class JointGeometricalStatisticalAlignment : FeatureMethod
{
    /// <summary>What the projections work on: the features (primal), or a kernel.</summary>
    [Option("kernel", "what the projections work on: the features themselves, or a kernel", Source = "the paper has all three; primal needs no kernel matrix")]
    public KernelChoice Kernel { get; init; } = KernelChoice.Primal;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.0001..10 log", When = "kernel=rbf", Source = "the released code has m²/8, m the mean squared distance")]
    public double? Gamma { get; init; }

    /// <summary>k, the dimensions of the projections, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projections, 1 or more", Search = "10..200 log", Source = "30 in the paper's SURF results")]
    public int Dimensions { get; init; } = 30;

    /// <summary>T, the rounds of pseudo-labels, 1 or more; the first has the classifier's on the features as they are.</summary>
    [Option("rounds", "the rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10 in the paper")]
    public int Rounds { get; init; } = 10;

    /// <summary>α, the weight of ‖A − B‖², above 0.</summary>
    [Option("alpha", "the weight of the projections' difference, above 0", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Alpha { get; init; } = 1;

    /// <summary>μ, the weight of the target's variance, and of ‖B‖²; above 0.</summary>
    [Option("mu", "the weight of the target's variance, above 0", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Mu { get; init; } = 1;

    /// <summary>β, the weight of the source's scatter between and within classes, 0 or more.</summary>
    [Option("beta", "the weight of the source's scatter between and within classes, 0 or more", Search = "0.01..1 log", Source = "0.1 in the paper's results on objects, 0.01 on digits")]
    public double Beta { get; init; } = 0.1;

    /// <summary>How long the columns of [A; B] are (a kernel's: their coefficients'); by the constraint WᵀSW = I, S what is made small.</summary>
    [Option("scale", "how long the projections' columns are", Source = "unit-length reproduces the paper's table")]
    public ColumnScale Scale { get; init; } = ColumnScale.UnitLength;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(Alpha > 0 && double.IsFinite(Alpha), $"alpha is {Alpha}; expected a number above 0");
        Require(Mu > 0 && double.IsFinite(Mu), $"mu is {Mu}; expected a number above 0");
        Require(Beta >= 0 && double.IsFinite(Beta), $"beta is {Beta}; expected 0 or more");
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor pooled = data.Pooled();
        (FeatureMap features, Certificate certificate) = KernelCoordinates.Features(Kernel, Gamma, pooled, context);
        bool primal = Kernel == KernelChoice.Primal;
        Tensor x = features.Apply(pooled);
        Tensor centre = primal ? x.Slice(0, 0, 1).ZerosLike() : x.Mean(0, keep: true);
        x -= centre;
        long ns = data.SourceCount, n = ns + data.TargetCount, d = x.Size(1);
        Tensor xs = x.Slice(0, 0, ns), xt = x.Slice(0, ns, n);

        // max: diag(βS_b, μS_t).
        ClassScatter scatter = ClassScatter.Of(xs, data.SourceLabels, data.Classes);
        Tensor ct = primal ? xt - xt.Mean(0, keep: true) : xt;
        LowRankEigenproblem largest = new(scatter.Between * Beta, ct.T.MatMul(ct) * Mu);

        // min: Λ, whose inverse needs that of one block: C = βS_w + αμ/(α + μ) I is what is left of the first without the second.
        Tensor eye = Tensor.Eye(d, ScalarType.Float64);
        double share = Alpha / (Alpha + Mu);
        Tensor penalty = Blocks((scatter.Within * Beta) + (eye * Alpha), eye * -Alpha, eye * (Alpha + Mu));
        Tensor c = LowRankEigenproblem.Inverse((scatter.Within * Beta) + (eye * (share * Mu)));
        LowRankEigenproblem problem = largest.Under(penalty, Blocks(c, c * share, (c * (share * share)) + (eye / (Alpha + Mu))));

        // x̃ᵀx̃ = VκVᵀ: a kernel's shortest coefficients of w are as long as (Vκ^−½)ᵀw.
        (Tensor kappa, Tensor v) = KernelCoordinates.Positive(primal ? eye : x.T.MatMul(x));
        Tensor root = v * kappa.Rsqrt();

        // The released code weighs all of M by the norm of its marginal part, ‖C·M₀‖.
        double norm = Math.Sqrt(MmdFactors.Norm(MmdFactors.Joint(data, null)));
        int[] pseudo = Classify(data.Source, data.Target);
        Tensor a = x, b = x;
        for (int round = 1; round <= Rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor e = MmdFactors.Joint(data, pseudo) / norm;
            Tensor f = Tensor.Concatenate([xs.T.MatMul(e.Slice(0, 0, ns)), xt.T.MatMul(e.Slice(0, ns, n))]);
            (Tensor w, Tensor theta, Certificate solved) = problem.Solve(f, 1, Dimensions);
            w = Scale == ColumnScale.UnitLength ? w / Length(w) : w * theta.Sqrt();
            (a, b) = (scope.Keep(w.Slice(0, 0, d).Clone()), scope.Keep(w.Slice(0, d, 2 * d).Clone()));
            pseudo = Classify(xs.MatMul(a), xt.MatMul(b));

            // The largest sum of ratios that k directions reach: what the round maximises.
            certificate = certificate.And(solved with { Objective = [theta.Sum().ToDouble()] });
            context.Report(round, Rounds);
        }

        return new FittedFeatures(features.Then(AffineMap.Centred(centre, a)), features.Then(AffineMap.Centred(centre, b)), certificate);

        // ‖w‖, and of a kernel the length of the samples' coefficients α for which w = x̃ᵀα.
        Tensor Length(Tensor w) =>
            primal ? w.Norm(0, keep: true) : (Whitened(w.Slice(0, 0, d)) + Whitened(w.Slice(0, d, 2 * d))).Sqrt();

        Tensor Whitened(Tensor half) => root.T.MatMul(half).Square().Sum(0, keep: true);

        int[] Classify(Tensor from, Tensor to)
        {
            using TensorScope scope = TensorScope.Begin();
            using FittedClassifier classifier = data.Train(context.Classifier, from, to);
            return data.Corrected(classifier.Predict(to));
        }
    }

    /// <summary>[p, q; q, r], q symmetric.</summary>
    private static Tensor Blocks(Tensor p, Tensor q, Tensor r) =>
        Tensor.Concatenate([Tensor.Concatenate([p, q], 1), Tensor.Concatenate([q, r], 1)]);
}
