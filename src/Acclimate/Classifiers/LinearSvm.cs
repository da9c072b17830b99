using Acclimate.Catalog;
using Acclimate.Classifiers.Native;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>What a linear support vector machine pays for a sample at margin m.</summary>
public enum SvmLoss
{
    /// <summary>max(0, 1 − m)².</summary>
    Squared,

    /// <summary>max(0, 1 − m).</summary>
    Hinge,
}

/// <summary>
/// Linear support vector machines by liblinear, each class against the rest: min ½‖(w, b)‖² + C Σᵢ loss(yᵢ(w·xᵢ + b)). The
/// offset is penalised, as liblinear does it.
/// </summary>
public sealed class LinearSvm : PenalisedClassifier
{
    // liblinear's own numbers. The first is a trust-region Newton method and draws no random numbers; the second descends
    // along the dual's coordinates in an order that it draws from a seeded rand().
    private const int SquaredPrimal = 2;
    private const int HingeDual = 3;

    private const double WeightedPrecision = 1e-6;
    private const int MostSteps = 200;

    /// <summary>The loss. Default squared, liblinear's.</summary>
    [Option("loss", "what a sample inside the margin costs", Source = "liblinear")]
    public SvmLoss Loss { get; init; } = SvmLoss.Squared;

    /// <summary>Samples can count differently by the squared loss, whose weighted problem is solved here and not by liblinear.</summary>
    public override bool TakesWeights => Loss == SvmLoss.Squared;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights)
    {
        CheckClassWeights(classes);
        double c = C ?? ChooseC(samples, labels, classes);
        int[] present = Present(labels);
        double[] ofClass = WeightsOf(labels, present);
        Tensor members = Compact(labels, present).OneHot(present.Length).To(ScalarType.Float64);

        // As liblinear has it, a class's weight counts for its own samples and not for the others.
        Tensor counts = ((members * (Tensor.From(ofClass, 1, present.Length) - 1)) + 1) * Tensor.From(weights, weights.Length, 1) * c;
        long d = samples.Size(1);
        Tensor x = Tensor.Concatenate([samples, Tensor.Ones([samples.Size(0), 1], ScalarType.Float64)], 1);
        Tensor machines = TruncatedNewton.Minimise(
            new SquaredHinge(x, (members * 2) - 1, counts), Tensor.Zeros([d + 1, present.Length], ScalarType.Float64), WeightedPrecision, MostSteps);
        return FittedLinear.Of(machines.Slice(0, 0, d), machines.Slice(0, d, d + 1), present, classes);
    }

    /// <inheritdoc/>
    private protected override FittedClassifier Train(Tensor samples, int[] labels, int classes, double c)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] present = Present(labels);
        int[] compact = Array.ConvertAll(labels, label => Array.IndexOf(present, label));
        bool squared = Loss == SvmLoss.Squared;
        Tensor machines = Svm.TrainLinear(
            samples, compact, squared ? SquaredPrimal : HingeDual, c, WeightsOf(labels, present), 1e-3);
        long d = samples.Size(1);
        FittedLinear fitted = FittedLinear.Of(machines.Slice(0, 0, d), machines.Slice(0, d, d + 1), present, classes);
        return new FittedLinear(scope.Keep(fitted.Weight), scope.Keep(fitted.Offset));
    }
}
