using Acclimate.Catalog;
using Acclimate.Classifiers.Native;
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

    /// <summary>The loss. Default squared, liblinear's.</summary>
    [Option("loss", "what a sample inside the margin costs", Source = "liblinear")]
    public SvmLoss Loss { get; init; } = SvmLoss.Squared;

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
