using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// Multinomial logistic regression: min ½‖W‖² + C Σᵢ wᵢ (−log softmax(xᵢW + b)[yᵢ]), the offset without penalty; for two classes
/// one vector w serves both, as usual. Newton's method with conjugate gradients for the step.
/// </summary>
public sealed class LogisticRegression : PenalisedClassifier
{
    private const int MostSteps = 100;

    /// <summary>Where the slope has fallen to this part of its first value, it stops.</summary>
    internal double Precision { get; init; } = 1e-7;

    /// <inheritdoc/>
    public override bool TakesWeights => true;

    /// <summary>
    /// Learns from probabilities in place of classes: min ½‖W‖² + C Σᵢ Σ_c −p_ic log softmax(xᵢW + b)[c], with which one model takes on
    /// what another, or several, say of these samples.
    /// </summary>
    /// <param name="samples">[n, d], n ≥ 1, float64.</param>
    /// <param name="probabilities">p: [n, C], float64; rows sum to 1. A class that no sample has any probability of is never predicted.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of range, C is left to cross-validation, or the two don't fit.</exception>
    public FittedClassifier FitProbabilities(Tensor samples, Tensor probabilities)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(probabilities);
        Validate();
        if (samples.Rank != 2 || probabilities.Rank != 2 || samples.Size(0) != probabilities.Size(0) || samples.Size(0) == 0)
            throw new ArgumentException($"probabilities {probabilities} were given for {samples}; expected two matrices with a row a sample, and one at least", nameof(probabilities));
        if (C is not { } c)
            throw new ArgumentException("C can't be chosen by cross-validation where classes are not known; give it", nameof(probabilities));
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        int classes = (int)probabilities.Size(1);
        double[] share = probabilities.Sum(0).ToArray<double>();
        int[] present = [.. Enumerable.Range(0, classes).Where(label => share[label] > 0)];
        if (present.Length == 1)
            return new FittedConstant(present[0], classes);
        Tensor kept = probabilities.IndexSelect(1, Tensor.From(Array.ConvertAll(present, static label => (long)label)));
        FittedLinear fitted = Solve(samples.To(ScalarType.Float64), kept, Tensor.Ones([samples.Size(0), 1], ScalarType.Float64), present, classes, c);
        fitted.Weight.LeaveScopes();
        fitted.Offset.LeaveScopes();
        return fitted;
    }

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights)
    {
        CheckClassWeights(classes);
        return Train(samples, labels, classes, C ?? ChooseC(samples, labels, classes), weights);
    }

    /// <inheritdoc/>
    private protected override FittedClassifier Train(Tensor samples, int[] labels, int classes, double c) => Train(samples, labels, classes, c, null);

    private FittedLinear Train(Tensor samples, int[] labels, int classes, double c, double[]? weights)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] present = Present(labels);
        Tensor compact = Compact(labels, present);
        Tensor counts = Tensor.From(WeightsOf(labels, present)).IndexSelect(0, compact).Unsqueeze(1);
        if (weights is not null)
            counts *= Tensor.From(weights, weights.Length, 1);
        FittedLinear fitted = Solve(samples, compact.OneHot(present.Length).To(ScalarType.Float64), counts, present, classes, c);
        return new FittedLinear(scope.Keep(fitted.Weight), scope.Keep(fitted.Offset));
    }

    /// <summary>The minimum, for classes as rows of probabilities.</summary>
    private FittedLinear Solve(Tensor samples, Tensor targets, Tensor counts, int[] present, int classes, double c)
    {
        long n = samples.Size(0), d = samples.Size(1);
        Tensor penalty = Tensor.Concatenate([Tensor.Ones([d, 1], ScalarType.Float64), Tensor.Zeros([1, 1], ScalarType.Float64)]);

        // B turns the columns of W into the classes' scores: with two classes w·x stands against 0.
        Tensor basis = present.Length == 2 ? Tensor.From<double>([0, 1], 1, 2) : Tensor.Eye(present.Length, ScalarType.Float64);
        PenalisedSoftmax objective = new(
            Tensor.Concatenate([samples, Tensor.Ones([n, 1], ScalarType.Float64)], 1), targets, counts * c, penalty, basis);
        Tensor start = Tensor.Zeros([d + 1, basis.Size(0)], ScalarType.Float64);
        Tensor machines = TruncatedNewton.Minimise(objective, start, Precision, MostSteps).MatMul(basis);
        return FittedLinear.Of(machines.Slice(0, 0, d), machines.Slice(0, d, d + 1), present, classes);
    }
}
