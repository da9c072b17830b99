using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// The ratio r of the target's density to q = (1 − α) source + α target by least squares: θ = (H + λI)⁻¹h with
/// H = (1 − α)/n_s Σ φ(x^s)φ(x^s)ᵀ + α/n_t Σ φ(x^t)φ(x^t)ᵀ and h = (1/n_t) Σ φ(x^t), in closed form, negative parts of θ put to 0. Width and λ are
/// those of the least ½θᵀHθ − hᵀθ on samples that were left out.
/// </summary>
public abstract class LeastSquaresRatio : RatioModel
{
    private static readonly double[] Penalties = [1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>λ, above 0; none chooses it by cross-validation.</summary>
    [Option("lambda", "the penalty on the coefficients, above 0; none: by cross-validation", Search = "0.001..10 log", Source = "by cross-validation in the papers")]
    public double? Lambda { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Lambda is null or > 0, $"lambda is {Lambda}; expected above 0, or none");
    }

    /// <summary>α of the mixture that the target is compared with: 0 compares with the source alone.</summary>
    private protected abstract double Mixed { get; }

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor centres = DrawnCentres(data, context);
        double[] gammas = Gammas(data), lambdas = Lambda is { } given ? [given] : Penalties;
        bool folds = Math.Min(data.SourceCount, data.TargetCount) >= 2 && gammas.Length * lambdas.Length > 1;
        (double gamma, double lambda) = folds ? Choose(data, centres, gammas, lambdas, context) : (gammas[gammas.Length / 2], lambdas[lambdas.Length / 2]);
        Tensor ofSource = Design(data.Source, centres, gamma), ofTarget = Design(data.Target, centres, gamma);
        Moments moments = new(ofSource, ofTarget, Mixed);
        (Tensor theta, double residual) = moments.Solve(lambda);
        string note = string.Create(CultureInfo.InvariantCulture, $"γ = {gamma:0.####}, λ = {lambda:0.####}{(folds ? $" by {Folds}-fold cross-validation" : string.Empty)}");
        return new InstanceWeights(OfMeanOne(ofSource.MatMul(theta.Clamp(low: 0)).ToArray<double>()), new Certificate { KktResidual = residual, Notes = [note] });
    }

    private (double Gamma, double Lambda) Choose(FeatureData data, Tensor centres, double[] gammas, double[] lambdas, FitContext context)
    {
        int[] source = FoldsOf(data.SourceCount, context, 1), target = FoldsOf(data.TargetCount, context, 0);
        (double, double) best = default;
        double least = double.PositiveInfinity;
        foreach (double gamma in gammas)
        {
            using TensorScope scope = TensorScope.Begin();
            context.Cancellation.ThrowIfCancellationRequested();
            Tensor ofSource = Design(data.Source, centres, gamma), ofTarget = Design(data.Target, centres, gamma);
            double[] losses = new double[lambdas.Length];
            for (int f = 0; f < Folds; f++)
            {
                if (Part(ofSource, source, f, true) is not { } s || Part(ofTarget, target, f, true) is not { } t
                    || Part(ofSource, source, f, false) is not { } others || Part(ofTarget, target, f, false) is not { } rest)
                {
                    continue;
                }

                Moments left = new(s, t, Mixed), kept = new(others, rest, Mixed);
                for (int l = 0; l < lambdas.Length; l++)
                    losses[l] += left.Loss(kept.Solve(lambdas[l]).Theta.Clamp(low: 0));
            }

            for (int l = 0; l < lambdas.Length; l++)
            {
                if (losses[l] < least)
                    (least, best) = (losses[l], (gamma, lambdas[l]));
            }
        }

        return best;
    }

    /// <summary>H and h.</summary>
    private sealed class Moments
    {
        private readonly Tensor h;
        private readonly Tensor matrix;
        private readonly (Tensor Values, Tensor Vectors) eigen;

        public Moments(Tensor ofSource, Tensor ofTarget, double mixed)
        {
            h = ofTarget.Mean(0);
            matrix = ofSource.T.MatMul(ofSource) * ((1 - mixed) / ofSource.Size(0));
            if (mixed > 0)
                matrix.AddInPlace(ofTarget.T.MatMul(ofTarget), mixed / ofTarget.Size(0));
            eigen = KernelCoordinates.Positive(matrix);
        }

        /// <summary>θ, and ‖(H + λI)θ − h‖ over ‖h‖.</summary>
        public (Tensor Theta, double Residual) Solve(double lambda)
        {
            // Where H is flat, θ = h/λ.
            Tensor along = eigen.Vectors.T.MatMul(h);
            Tensor theta = eigen.Vectors.MatMul(along / (eigen.Values + lambda)) + ((h - eigen.Vectors.MatMul(along)) / lambda);
            double residual = (matrix.MatMul(theta) + (theta * lambda) - h).Norm().ToDouble() / Math.Max(h.Norm().ToDouble(), double.Epsilon);
            return (theta, residual);
        }

        public double Loss(Tensor theta) => ((theta * matrix.MatMul(theta)).Sum() / 2 - (h * theta).Sum()).ToDouble();
    }
}

/// <summary>
/// uLSIF: unconstrained least-squares importance fitting. Kanamori, Hido, Sugiyama, "A Least-squares Approach to Direct Importance Estimation", Journal of
/// Machine Learning Research 2009.
/// </summary>
[Method("ulsif", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Unconstrained Least-Squares Importance Fitting",
    Summary = "Fits the ratio of target to source density by least squares, in closed form; width and penalty by cross-validation.",
    Formula = "min ½ E_s[r(x)²] − E_t[r(x)] + (λ/2)‖θ‖²,  r(x) = Σ_l θ_l k(x, c_l),  w(x) = max(0, r(x))",
    Paper = "Kanamori, Hido, Sugiyama: A Least-squares Approach to Direct Importance Estimation, JMLR 2009")]
public sealed class UnconstrainedLeastSquaresRatio : LeastSquaresRatio
{
    private protected override double Mixed => 0;
}

/// <summary>
/// RuLSIF: the same for the ratio of the target to a mixture of both domains, which is never above 1/α. Yamada, Suzuki, Kanamori, Hachiya, Sugiyama, "Relative Density-Ratio
/// Estimation for Robust Distribution Comparison", NIPS 2011.
/// </summary>
[Method("rulsif", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Relative Least-Squares Importance Fitting",
    Summary = "As ulsif, but for the ratio of the target to a mixture of both domains: bounded, so that no few samples get all the weight.",
    Formula = "r_α(x) = p_t(x)/(αp_t(x) + (1 − α)p_s(x)) ≤ 1/α",
    Paper = "Yamada, Suzuki, Kanamori, Hachiya, Sugiyama: Relative Density-Ratio Estimation for Robust Distribution Comparison, NIPS 2011")]
public sealed class RelativeLeastSquaresRatio : LeastSquaresRatio
{
    /// <summary>α, the target's share of the mixture, from 0 to below 1.</summary>
    [Option("alpha", "the target's share of the mixture that it is compared with, from 0 to below 1", Search = "0.05..0.9", Source = "0.1 in the paper's programs")]
    public double Alpha { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Alpha is >= 0 and < 1, $"alpha is {Alpha}; expected from 0 to below 1");
    }

    private protected override double Mixed => Alpha;
}
