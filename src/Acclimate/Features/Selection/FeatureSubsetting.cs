using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Selection;

/// <summary>
/// Feature subsetting: a log-linear classifier whose weights are penalised by how far their features' expectations are apart
/// in the two domains, so that it rests on features that mean the same in both. Satpal and Sarawagi, "Domain Adaptation of
/// Conditional Probability Models via Feature Subsetting", PKDD 2007; for sequences see <see cref="FeatureSubsettingCrf"/>.
/// </summary>
/// <remarks>
/// <para>Pr(c | x; W) = softmax(xW + b)_c. The features are x_k together with the class c. E_S^kc = mean over the source of
/// x_k [y = c], as observed; E_T^kc(W) = mean over the target of x_k Pr(c | x; W), by the model itself:
/// min (1/n_s) Σᵢ −log Pr(yᵢ | xᵢ; W) + (η/2)‖W‖² + λ Σ_kc W_kc² (E_S^kc − E_T^kc(W))².</para>
/// <para>A weight times its feature's shift has no unit, so features of any scale are penalised alike. The paper alternates
/// between weights and expectations because the gradient through E_T would take quadratic time; contracted with W before it
/// is expanded it takes no more than the likelihood's, and the whole objective is minimised at once (it isn't convex: the
/// minimum of the plain log-linear model is where it starts).</para>
/// </remarks>
[Method("feature-subsetting", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Feature Subsetting",
    Summary = "A log-linear classifier that trusts a feature the less, the further its expectations in the two domains are apart.",
    Formula = "max Σᵢ log Pr(yᵢ|xᵢ; w)/n_s − (η/2)‖w‖² − λ Σ_k w_k² (E_S^k − E_T^k(w))²",
    Paper = "Satpal, Sarawagi: Domain Adaptation of Conditional Probability Models via Feature Subsetting, PKDD 2007")]
public sealed class FeatureSubsetting : FeatureMethod
{
    /// <summary>λ, the penalty on weights of features whose expectations differ; 0 or more, 0 being the plain log-linear model.</summary>
    [Option("lambda", "the penalty on weights of features whose expectations differ, 0 or more", Search = "1..100 log", Source = "ours; the paper chooses it by validation")]
    public double Lambda { get; init; } = 10;

    /// <summary>η, the penalty on all weights alike; above 0.</summary>
    [Option("ridge", "the penalty on all weights alike, above 0", Search = "1e-5..0.01 log", Source = "ours: hardly any, beside the penalty that matters")]
    public double Ridge { get; init; } = 1e-4;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected 0 or more");
        Require(Ridge > 0 && double.IsFinite(Ridge), $"ridge is {Ridge}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        (Tensor labelled, int[] labels) = data.Labelled(data.Source, data.Target);
        int[] present = [.. labels.Distinct().Order()];
        Model model = new(
            labelled, data.Target,
            Tensor.From<long>([.. labels.Select(l => (long)Array.IndexOf(present, l))]).OneHot(present.Length).To(ScalarType.Float64),
            Ridge);
        Tensor start = Tensor.Zeros([data.Features + 1, present.Length], ScalarType.Float64);
        QuasiNewton.Minimum plain = QuasiNewton.Minimise(w => model.Objective(w, 0), start, 1e-5);
        context.Report(1, 2);
        double before = model.Objective(plain.At, Lambda).Value;
        QuasiNewton.Minimum found = Lambda > 0 ? QuasiNewton.Minimise(w => model.Objective(w, Lambda), plain.At, 1e-5) : plain;
        context.Report(2, 2);
        FittedLinear classifier = FittedLinear.Of(
            found.At.Slice(0, 0, data.Features), found.At.Slice(0, data.Features, data.Features + 1), present, data.Classes);
        return new FittedFeatures(new IdentityMap(), new Certificate
        {
            KktResidual = found.Slope,
            Objective = [before, found.Value],
            Notes = [Invariant($"the weights' shift between the domains, (Σ w²(E_S − E_T)²)^½, is {model.Shift(found.At):0.####}, and {model.Shift(plain.At):0.####} without the penalty")],
        }, classifier);
    }

    /// <summary>The objective over W [d + 1, C], its last row b.</summary>
    internal sealed class Model(Tensor source, Tensor target, Tensor y, double ridge)
    {
        private readonly Tensor expected = source.T.MatMul(y) / source.Size(0);

        public (double Value, Tensor Gradient) Objective(Tensor at, double lambda)
        {
            long d = source.Size(1);
            Tensor w = at.Slice(0, 0, d), logs = Functional.LogSoftmax(Scores(source, at), 1);
            double n = source.Size(0), m = target.Size(0);
            double value = (-(logs * y).Sum().ToDouble() / n) + (ridge / 2 * w.Square().Sum().ToDouble());
            Tensor miss = (logs.Exp() - y) / n;
            Tensor gradient = source.T.MatMul(miss) + (w * ridge), offset = miss.Sum(0, keep: true);
            if (lambda > 0)
            {
                Tensor chances = Functional.Softmax(Scores(target, at), 1);
                Tensor shift = expected - (target.T.MatMul(chances) / m);
                value += lambda * (w * shift).Square().Sum().ToDouble();

                // ∂/∂E_T = V = −2λ W² (E_S − E_T); ∂E_T/∂scores is x_k p_c (δ − p), so that V enters as the scores X_tV.
                Tensor along = target.MatMul(w.Square() * shift * (-2 * lambda));
                Tensor bent = chances * (along - (chances * along).Sum(1, keep: true)) / m;
                gradient += (w * shift.Square() * (2 * lambda)) + target.T.MatMul(bent);
                offset += bent.Sum(0, keep: true);
            }

            return (value, Tensor.Concatenate([gradient, offset]));
        }

        public double Shift(Tensor at)
        {
            Tensor chances = Functional.Softmax(Scores(target, at), 1);
            Tensor shift = expected - (target.T.MatMul(chances) / target.Size(0));
            return (at.Slice(0, 0, source.Size(1)) * shift).Norm().ToDouble();
        }

        private static Tensor Scores(Tensor x, Tensor at) => x.MatMul(at.Slice(0, 0, x.Size(1))) + at.Slice(0, x.Size(1), x.Size(1) + 1);
    }
}
