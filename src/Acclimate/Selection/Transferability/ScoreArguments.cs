using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>The checks that every score makes at its door.</summary>
internal static class ScoreArguments
{
    /// <summary>How far a row of float32 (or of half precision) probabilities may sum from 1.</summary>
    private const double RoundingOfSum = 0.01;

    /// <summary>The features in float64, once they are finite and have a row a label. Call it inside a <see cref="TensorScope"/>.</summary>
    /// <exception cref="ArgumentException">They are no matrix of finite numbers, or have another number of rows.</exception>
    public static Tensor Features(Tensor features, Labels labels) => Matrix(features, labels, nameof(features), "feature");

    /// <summary>The probabilities row by row, once each row is one distribution.</summary>
    /// <exception cref="ArgumentException">They are no matrix with a row a label, or a row is no distribution.</exception>
    public static double[] Probabilities(Tensor probabilities, Labels labels, out int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor matrix = Matrix(probabilities, labels, nameof(probabilities), "source class");
        classes = (int)matrix.Size(1);
        double[] p = matrix.Contiguous().ToArray<double>();
        for (int i = 0; i < labels.Count; i++)
        {
            ReadOnlySpan<double> row = p.AsSpan(i * classes, classes);
            double sum = 0;
            foreach (double value in row)
                sum += value >= 0 ? value : double.NaN;
            if (!(Math.Abs(sum - 1) <= RoundingOfSum))
                throw new ArgumentException($"sample {i} has no distribution over the source's classes: its row must be 0 or more throughout and sum to 1 (the softmax of the logits)", nameof(probabilities));
        }

        return p;
    }

    private static Tensor Matrix(Tensor input, Labels labels, string name, string column)
    {
        ArgumentNullException.ThrowIfNull(input, name);
        ArgumentNullException.ThrowIfNull(labels);
        if (input.Rank != 2 || !input.Type.IsFloatingPoint() || input.Size(1) == 0)
            throw new ArgumentException($"a score takes a floating-point matrix with one row a sample, but {name} is {input}", name);
        if (input.Size(0) != labels.Count || labels.Count == 0)
            throw new ArgumentException($"{name} has {input.Size(0)} rows for {labels.Count} labels; each of at least one sample needs both", name);
        Tensor wide = input.Detach().To(ScalarType.Float64);
        if (!wide.IsFinite().All())
        {
            long columns = wide.Size(1);
            int at = Array.FindIndex(wide.Contiguous().ToArray<double>(), static value => !double.IsFinite(value));
            throw new ArgumentException($"{name} must be finite numbers, but sample {at / columns} has {wide[at / columns, at % columns].ToDouble()} at {column} {at % columns}", name);
        }

        return wide;
    }
}
