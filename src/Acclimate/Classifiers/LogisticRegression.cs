using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// Multinomial logistic regression: min ½‖W‖² + C Σᵢ −log softmax(xᵢW + b)[yᵢ], the offset without penalty; for two classes
/// one vector w serves both, as usual. Newton's method with conjugate gradients for the step.
/// </summary>
public sealed class LogisticRegression : PenalisedClassifier
{
    private const int MostSteps = 100;

    /// <summary>Where the slope has fallen to this part of its first value.</summary>
    private const double Precision = 1e-7;

    /// <inheritdoc/>
    private protected override FittedClassifier Train(Tensor samples, int[] labels, int classes, double c)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] present = Present(labels);
        long n = samples.Size(0), d = samples.Size(1);
        Tensor compact = Compact(labels, present);
        Tensor counts = Tensor.From(WeightsOf(labels, present)).IndexSelect(0, compact).Unsqueeze(1) * c;
        Tensor penalty = Tensor.Concatenate([Tensor.Ones([d, 1], ScalarType.Float64), Tensor.Zeros([1, 1], ScalarType.Float64)]);

        // B turns the columns of W into the classes' scores: with two classes w·x stands against 0.
        Tensor basis = present.Length == 2 ? Tensor.From<double>([0, 1], 1, 2) : Tensor.Eye(present.Length, ScalarType.Float64);
        PenalisedSoftmax objective = new(
            Tensor.Concatenate([samples, Tensor.Ones([n, 1], ScalarType.Float64)], 1),
            compact.OneHot(present.Length).To(ScalarType.Float64), counts, penalty, basis);
        Tensor start = Tensor.Zeros([d + 1, basis.Size(0)], ScalarType.Float64);
        Tensor machines = TruncatedNewton.Minimise(objective, start, Precision, MostSteps).MatMul(basis);
        FittedLinear fitted = FittedLinear.Of(machines.Slice(0, 0, d), machines.Slice(0, d, d + 1), present, classes);
        return new FittedLinear(scope.Keep(fitted.Weight), scope.Keep(fitted.Offset));
    }
}
