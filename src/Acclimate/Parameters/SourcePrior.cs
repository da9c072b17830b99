using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Parameters;

/// <summary>
/// A linear classifier of the target from few labels, held near the source's: the source's parameters are the mean of a Gaussian
/// prior, so that each label moves only what it speaks of. Chelba, Acero, "Adaptation of Maximum Entropy Capitalizer: Little Data
/// Can Help a Lot", EMNLP 2004: equation 4; L2-SP is the same for networks.
/// </summary>
/// <remarks>
/// Both fits are convex and solved by Newton's method. Offsets are held as weights are. With a large λ it is the source's logistic
/// regression, with a small one that of the labelled target samples alone.
/// </remarks>
[Method("source-prior", Family.Parameters, LabelSetting.FewTargetLabels,
    Title = "The source's classifier as a prior",
    Summary = "Logistic regression on a few labelled target samples, held near the parameters that the source's samples give.",
    Formula = "W_s = argmin ½‖W‖² + C Σ_s −log p(y|x; W), then W = argmin λ/2 ‖W − W_s‖² + Σ_t −log p(y|x; W)",
    Paper = "Chelba, Acero: Adaptation of Maximum Entropy Capitalizer: Little Data Can Help a Lot, EMNLP 2004")]
public sealed class SourcePrior : FeatureMethod
{
    private const double Precision = 1e-8;
    private const int MostSteps = 200;

    /// <summary>λ, the inverse variance of the prior; above 0.</summary>
    [Option("lambda", "the weight of the distance from the source's parameters, above 0", Search = "0.01..100 log", Source = "1: the paper takes a prior of one variance, chosen on development data")]
    public double Lambda { get; init; } = 1;

    /// <summary>C, what a source sample's loss weighs; above 0.</summary>
    [Option("C", "what a source sample's loss weighs against ‖W‖²/2, above 0", Search = "0.01..100 log", Source = "1, as in the classifier logistic")]
    public double C { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(C > 0 && double.IsFinite(C), $"C is {C}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] known = [.. Enumerable.Range(0, data.TargetCount).Where(i => data.TargetLabels?[i] is >= 0)];
        Require(known.Length > 0, $"it needs the labels of a few target samples, and none was given");
        int[] labels = [.. known.Select(i => data.TargetLabels![i])];
        int[] present = [.. data.SourceLabels.Concat(labels).Distinct().Order()];
        long d = data.Features;
        Tensor free = Tensor.Concatenate([Tensor.Ones([d, 1], ScalarType.Float64), Tensor.Zeros([1, 1], ScalarType.Float64)]);
        Tensor nought = Tensor.Zeros([d + 1, present.Length], ScalarType.Float64);

        Tensor source = Minimise(Objective(data.Source, data.SourceLabels, present, C, free, nought), nought, out _);
        context.Report(1, 2);
        Tensor few = data.Target.IndexSelect(0, Tensor.From<long>([.. known.Select(static i => (long)i)]));
        Tensor held = Tensor.Full([d + 1, 1], Lambda, ScalarType.Float64);
        Tensor target = Minimise(Objective(few, labels, present, 1, held, source), source, out double residual);
        context.Report(2, 2);

        return new FittedFeatures(new IdentityMap(), new Certificate
        {
            KktResidual = residual,
            Notes = [Invariant($"{known.Length} labelled target samples moved the parameters by {(target - source).Norm().ToDouble() / Math.Max(source.Norm().ToDouble(), double.Epsilon):P1} of their length")],
        }, FittedLinear.Of(target.Slice(0, 0, d), target.Slice(0, d, d + 1), present, data.Classes));
    }

    private static PenalisedSoftmax Objective(Tensor samples, int[] labels, int[] present, double count, Tensor penalty, Tensor centre) => new(
        Tensor.Concatenate([samples, Tensor.Ones([samples.Size(0), 1], ScalarType.Float64)], 1),
        Tensor.From<long>([.. labels.Select(label => (long)Array.IndexOf(present, label))]).OneHot(present.Length).To(ScalarType.Float64),
        Tensor.Full([samples.Size(0), 1], count, ScalarType.Float64), penalty, Tensor.Eye(present.Length, ScalarType.Float64), centre);

    /// <summary>The minimum, and the slope there relative to the slope at the start.</summary>
    private static Tensor Minimise(PenalisedSoftmax objective, Tensor start, out double residual)
    {
        _ = objective.Value(start);
        double first = objective.Gradient().Norm().ToDouble();
        Tensor found = TruncatedNewton.Minimise(objective, start, Precision, MostSteps);
        _ = objective.Value(found);
        residual = first == 0 ? 0 : objective.Gradient().Norm().ToDouble() / first;
        return found;
    }
}
