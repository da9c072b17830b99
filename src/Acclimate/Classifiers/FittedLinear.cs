using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>Scores x W + b, a column a class.</summary>
/// <param name="Weight">W, [d, C]; 0 for a class without samples.</param>
/// <param name="Offset">b, [1, C]; −∞ for a class without samples.</param>
public sealed record FittedLinear(Tensor Weight, Tensor Offset) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Weight, Offset];

    /// <summary>Puts the columns of the classes that have samples where they belong.</summary>
    /// <param name="weight">[d, P].</param>
    /// <param name="offset">[1, P].</param>
    /// <param name="present">The P classes, ascending.</param>
    /// <param name="classes">C.</param>
    internal static FittedLinear Of(Tensor weight, Tensor offset, int[] present, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        if (present.Length < classes)
        {
            // One column more, for the classes without samples.
            weight = Tensor.Concatenate([weight, Tensor.Zeros([weight.Size(0), 1], ScalarType.Float64)], 1);
            offset = Tensor.Concatenate([offset, Tensor.Full([1, 1], double.NegativeInfinity, ScalarType.Float64)], 1);
        }

        long[] from = [.. Enumerable.Range(0, classes).Select(c => Array.IndexOf(present, c) is var at and >= 0 ? (long)at : present.Length)];
        using Tensor picks = Tensor.From(from);
        return new FittedLinear(scope.Keep(weight.IndexSelect(1, picks)), scope.Keep(offset.IndexSelect(1, picks)));
    }

    /// <inheritdoc/>
    public override Tensor Scores(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(samples.MatMul(Weight) + Offset);
    }
}

/// <summary>The one class that the training samples had.</summary>
/// <param name="Label">The class.</param>
/// <param name="Classes">C.</param>
public sealed record FittedConstant(int Label, int Classes) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [];

    /// <summary>1 for the class, 0 for the others.</summary>
    /// <param name="samples">[n, d].</param>
    public override Tensor Scores(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor scores = Tensor.Zeros([samples.Size(0), Classes], ScalarType.Float64);
        scores.Slice(1, Label, Label + 1).FillInPlace(1);
        return scope.Keep(scores);
    }

    /// <inheritdoc/>
    public override Tensor Probabilities(Tensor samples) => Scores(samples);
}
