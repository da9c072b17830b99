using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Correspondence;

/// <summary>What pivot features are chosen by.</summary>
public enum PivotChoice
{
    /// <summary>How often they are above 0 in the domain where that is rarer.</summary>
    Frequency,

    /// <summary>Their mutual information with the source's labels, among features that are frequent enough in both domains.</summary>
    MutualInformation,
}

/// <summary>
/// SCL: features that occur in both domains (pivots) are predicted from all the others; what the predictors' weights have in
/// common joins the features that mean the same in the two domains. Blitzer, McDonald, Pereira, "Domain Adaptation with
/// Structural Correspondence Learning", EMNLP 2006; pivots by mutual information from Blitzer, Dredze, Pereira, ACL 2007.
/// </summary>
/// <remarks>
/// <para>A pivot p occurs in a sample where its feature is above 0, s_p = 1, else s_p = −1. Its predictor has the modified
/// Huber loss, on both domains' samples with all pivots masked and a constant 1 joined, so that rare pivots don't make every weight negative:
/// w_p = argmin (1/n) Σᵢ L(s_p(xᵢ) w·xᵢ) + λ‖w‖², L(m) = max(0, 1 − m)² for m ≥ −1 and −4m below.
/// All predictors are one smooth convex problem in W [d, pivots]. θ holds the h leading left singular vectors of W.</para>
/// <para>A sample becomes [x, a·xθ]; a makes the mean length of the added part <see cref="Scale"/> times that of x.</para>
/// </remarks>
[Method("scl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Structural Correspondence Learning",
    Summary = "Predicts features that both domains share from the others, and adds what the predictors have in common to the features.",
    Formula = "w_p = argmin Σᵢ L(s_p(xᵢ) w·xᵢ)/n + λ‖w‖²;  W = [w_1 … w_m] = UDVᵀ;  z = [x, a·xU_{1:h}]",
    Paper = "Blitzer, McDonald, Pereira: Domain Adaptation with Structural Correspondence Learning, EMNLP 2006")]
public sealed class StructuralCorrespondence : FeatureMethod
{
    /// <summary>m, how many pivots there are, 1 or more; at most half of the features.</summary>
    [Option("pivots", "how many pivot features there are, 1 or more; at most half of the features", Search = "20..500 log", Source = "ours: a quarter of the Amazon tables' 400 features; the papers have more pivots of far more features")]
    public int Pivots { get; init; } = 100;

    /// <summary>What pivots are chosen by.</summary>
    [Option("choice", "what pivots are chosen by: frequency in both domains, or mutual information with the source's labels", Source = "frequency in the 2006 paper, mutual information in the 2007 one")]
    public PivotChoice Choice { get; init; } = PivotChoice.Frequency;

    /// <summary>The least samples of each domain in which a pivot by mutual information is above 0, 1 or more.</summary>
    [Option("least-count", "the least samples of each domain that a pivot by mutual information occurs in, 1 or more", Search = "2..20 log", When = "choice=mutual-information", Source = "ours: what occurs in fewer samples says little")]
    public int LeastCount { get; init; } = 5;

    /// <summary>h, how many features are added, 1 or more; as many as there are pivots where these are fewer.</summary>
    [Option("dimensions", "how many features are added, 1 or more", Search = "10..200 log", Source = "ours: half of the pivots")]
    public int Dimensions { get; init; } = 50;

    /// <summary>λ, the penalty on the predictors' weights; above 0.</summary>
    [Option("lambda", "the penalty on the pivot predictors' weights, above 0", Search = "0.0001..0.01 log", Source = "ours: weak; the predictors have more samples than features in the Amazon tables")]
    public double Lambda { get; init; } = 1e-3;

    /// <summary>The mean length of the added features, relative to that of the samples; above 0.</summary>
    [Option("scale", "the mean length of the added features relative to the samples', above 0", Search = "0.1..10 log", Source = "ours: as long as the samples themselves")]
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Pivots >= 1, $"pivots is {Pivots}; expected 1 or more");
        Require(LeastCount >= 1, $"least-count is {LeastCount}; expected 1 or more");
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Scale > 0 && double.IsFinite(Scale), $"scale is {Scale}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor x = data.Pooled();
        int[] pivots = FindPivots(data);
        Tensor identity = Tensor.Eye(data.Features, ScalarType.Float64);
        if (pivots.Length == 0)
            return new FittedFeatures(new IdentityMap(), new Certificate { Notes = ["no feature is a pivot: none occurs in some samples of both domains and not in others; the features are left as they are"] });

        Tensor at = Tensor.From<long>([.. pivots.Select(static p => (long)p)]);
        Tensor signs = (x.IndexSelect(1, at).GreaterThan(0).To(ScalarType.Float64) * 2) - 1;
        double[] unmasked = [.. Enumerable.Range(0, data.Features).Select(f => pivots.Contains(f) ? 0.0 : 1.0), 1];
        Tensor mask = Tensor.From(unmasked, data.Features + 1, 1);
        Tensor withOne = Tensor.Concatenate([x, Tensor.Ones([x.Size(0), 1], ScalarType.Float64)], 1);
        QuasiNewton.Minimum predictors = QuasiNewton.Minimise(
            w => Loss(withOne, signs, w, mask), Tensor.Zeros([data.Features + 1, pivots.Length], ScalarType.Float64), precision: 1e-4, steps: 200);

        (Tensor u, Tensor strengths, _) = predictors.At.Slice(0, 0, data.Features).Svd();
        int h = Math.Min(Math.Min(Dimensions, pivots.Length), data.Features - pivots.Length);
        Tensor theta = u.Slice(1, 0, h);
        Tensor added = x.MatMul(theta);
        double length = added.Norm(1).Mean().ToDouble();
        double factor = length > 0 ? Scale * x.Norm(1).Mean().ToDouble() / length : 0;
        context.Report(1, 1);
        double[] d = strengths.ToArray<double>();
        double share = d.Take(h).Sum(static s => s * s) / Math.Max(d.Sum(static s => s * s), double.Epsilon);
        return new FittedFeatures(new AffineMap(Tensor.Concatenate([identity, theta * factor], 1)), new Certificate
        {
            KktResidual = predictors.Slope,
            ConstraintError = (theta.T.MatMul(theta) - Tensor.Eye(h, ScalarType.Float64)).Abs().Max().ToDouble(),
            Objective = [predictors.Value],
            Notes = [Invariant($"{pivots.Length} pivots; the {h} added features hold {share:P0} of the predictors' squared weights")],
        });
    }

    /// <summary>The mean modified Huber losses of all predictors together, with the penalty, and the gradient.</summary>
    internal (double Value, Tensor Gradient) Loss(Tensor x, Tensor signs, Tensor w, Tensor mask)
    {
        double n = x.Size(0);
        Tensor margins = x.MatMul(w * mask) * signs;

        // L(m) = max(0, 1 − m)² less max(0, −1 − m)², which is −4m below −1.
        Tensor miss = (1 - margins).Relu(), far = (-1 - margins).Relu();
        double value = ((miss.Square() - far.Square()).Sum().ToDouble() / n) + (Lambda * w.Square().Sum().ToDouble());
        Tensor gradient = (x.T.MatMul(signs * (far - miss)) * mask * (2 / n)) + (w * (2 * Lambda));
        return (value, gradient);
    }

    /// <summary>The pivots' features, the best first: each occurs in some samples of both domains, and not in all.</summary>
    private int[] FindPivots(FeatureData data)
    {
        double[] inSource = Occurrences(data.Source), inTarget = Occurrences(data.Target);
        int ns = data.SourceCount, nt = data.TargetCount;
        int least = Choice == PivotChoice.Frequency ? 1 : Math.Min(LeastCount, Math.Min(ns, nt));
        int[] shared = [.. Enumerable.Range(0, data.Features).Where(f =>
            inSource[f] >= least && inTarget[f] >= least && inSource[f] + inTarget[f] < ns + nt)];
        double[] worth = Choice == PivotChoice.Frequency
            ? [.. inSource.Zip(inTarget, (s, t) => Math.Min(s / ns, t / nt))]
            : MutualInformation(data);
        return [.. shared.OrderByDescending(f => worth[f]).ThenBy(static f => f).Take(Math.Min(Pivots, data.Features / 2))];
    }

    private static double[] Occurrences(Tensor samples) => samples.GreaterThan(0).To(ScalarType.Float64).Sum(0).ToArray<double>();

    /// <summary>I(occurrence; label) of each feature over the source's samples, in nats.</summary>
    private static double[] MutualInformation(FeatureData data)
    {
        double n = data.SourceCount;
        Tensor classes = Tensor.From<long>([.. data.SourceLabels.Select(static l => (long)l)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor joint = data.Source.GreaterThan(0).To(ScalarType.Float64).T.MatMul(classes) / n;
        Tensor occurs = joint.Sum(1, keep: true), prior = classes.Sum(0, keep: true) / n;
        Tensor information = Cell(joint, occurs * prior) + Cell(prior - joint, (1 - occurs) * prior);
        return information.Sum(1).ToArray<double>();

        // p log(p/q), which is 0 where p is.
        static Tensor Cell(Tensor p, Tensor q) => p.Clamp(low: 0) * (p.Clamp(low: 1e-300).Log() - q.Clamp(low: 1e-300).Log());
    }
}
