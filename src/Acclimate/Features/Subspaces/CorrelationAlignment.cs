using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// CORAL: the source is whitened and given the target's covariance. Sun, Feng, Saenko, "Return of Frustratingly Easy Domain
/// Adaptation", AAAI 2016, algorithm 1.
/// </summary>
[Method("coral", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Correlation Alignment",
    Summary = "Whitens the source and gives it the target's covariance; the target stays as it is. Meant for a linear classifier.",
    Formula = "min ‖AᵀCₛA − Cₜ‖²:  source x ↦ xA,  A = (Cₛ + λI)^−½ (Cₜ + λI)^½",
    Paper = "Sun, Feng, Saenko: Return of Frustratingly Easy Domain Adaptation, AAAI 2016")]
public sealed class CorrelationAlignment : FeatureMethod
{
    /// <summary>λ, what is added to both covariances' diagonals; above 0.</summary>
    [Option("lambda", "what is added to both covariances' diagonals, above 0", Search = "0.01..100 log", Source = "1 in the paper, and in its code")]
    public double Lambda { get; init; } = 1;

    /// <summary>
    /// Whether it is a classifier itself, as the released code: support vector machines by libsvm, with C by cross-validation,
    /// on the similarities XₛAXₛᵀ of the source's samples as they were with the mapped ones. Needs the samples.
    /// </summary>
    [Option("similarity", "whether it is a classifier itself: support vector machines on the similarities XₛAXₛᵀ, C by cross-validation", Source = "so in the released code; CORAL's row in MEDA's table rests on it")]
    public bool Similarity { get; init; }

    /// <inheritdoc/>
    public override bool NeedsOnlyMoments => !Similarity;

    /// <summary>The machines of <see cref="Similarity"/> know nothing but similarities among the source's samples.</summary>
    public override bool LearnsTargetLabels => !Similarity;

    /// <inheritdoc/>
    public override void Validate() => Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        FittedFeatures fitted = Learn(Moments.Of(data.Source), Moments.Of(data.Target), context);
        if (!Similarity)
            return fitted;

        // The similarity of xᵢ mapped with xⱼ as it was is not symmetric; libsvm reads the row of the first as its features.
        Tensor mapped = fitted.Source.Apply(data.Source);
        FittedClassifier machines = new KernelSvm { Kernel = SvmKernel.Precomputed, C = null }.Fit(mapped.MatMul(data.Source.T), data.SourceLabels, data.Classes);
        if (machines is FittedVotes { Decisions: AffineMap support } votes)
        {
            using Tensor coefficients = support.Weight;
            machines = votes with { Decisions = new AffineMap(mapped.T.MatMul(coefficients)) };
        }

        return fitted with { Classifier = machines };
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        (AffineMap map, Certificate certificate) = Between(source, target, Lambda);
        return new FittedFeatures(map, new IdentityMap(), certificate);
    }

    /// <summary>The source's map x ↦ xA.</summary>
    /// <param name="source">The source's moments.</param>
    /// <param name="target">The target's.</param>
    /// <param name="lambda">λ.</param>
    internal static (AffineMap Map, Certificate Certificate) Between(Moments source, Moments target, double lambda)
    {
        Tensor ridge = Tensor.Eye(source.Features, ScalarType.Float64) * lambda;
        Tensor cs = source.Covariance() + ridge, ct = target.Covariance() + ridge;
        Tensor a = Power(cs, -0.5).MatMul(Power(ct, 0.5));

        // What A is for: the mapped source's covariance, ridge and all, is the target's.
        double error = (a.T.MatMul(cs).MatMul(a) - ct).Norm().ToDouble() / ct.Norm().ToDouble();
        return (new AffineMap(a), new Certificate { ConstraintError = error });
    }

    /// <summary>Cᵖ of a symmetric positive definite C.</summary>
    private static Tensor Power(Tensor c, double exponent)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor vectors) = c.SymmetricEigen();
        return scope.Keep((vectors * values.Pow(exponent)).MatMul(vectors.T));
    }
}
