using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// What the scores on features need to know of F = U Σ Vᵀ (samples × features): the squares of its singular values, and where the
/// samples of each class lie on its left singular vectors, Uᵀ1_c. It comes from FᵀF or FFᵀ, whichever is smaller, so its
/// cost is n·d·min(n, d). Directions that are rounding (σ² below max(n, d)·ε of the greatest) are left out.
/// </summary>
/// <param name="Squares">σ², one a direction.</param>
/// <param name="Places">Uᵀ1_c: directions × classes.</param>
/// <param name="Counts">How many samples each class has; classes without any are left out.</param>
internal sealed record LabelledSpectrum(double[] Squares, double[,] Places, int[] Counts)
{
    private const double Epsilon = 2.2e-16;

    /// <summary>Decomposes features.</summary>
    /// <param name="features">Samples × features, float64, finite.</param>
    /// <param name="labels">One a sample.</param>
    /// <param name="centred">Whether each feature's mean is taken off before.</param>
    public static LabelledSpectrum Of(Tensor features, Labels labels, bool centred)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor f = centred ? features - features.Mean(0, keep: true) : features;
        long n = f.Size(0), d = f.Size(1);
        (Tensor classes, int[] counts) = Memberships(labels);
        bool wide = d > n;
        (Tensor values, Tensor vectors) = (wide ? f.MatMul(f.T) : f.T.MatMul(f)).SymmetricEigen();
        double[] squares = values.ToArray<double>();

        // The mean of equal numbers may be off by a rounding, and the differences are then no feature.
        double rounding = Math.Max(n, d) * Epsilon * Math.Max(squares[^1], Epsilon * features.Square().Sum().ToDouble());
        int first = Array.FindIndex(squares, square => square > rounding);
        if (first < 0)
            return new LabelledSpectrum([], new double[0, counts.Length], counts);
        squares = squares[first..];
        Tensor kept = vectors.Slice(1, first, vectors.Size(1));
        Tensor places = wide ? kept.T.MatMul(classes) : kept.T.MatMul(f.T.MatMul(classes)) / Tensor.From(squares, squares.Length, 1).Sqrt();
        double[] flat = places.Contiguous().ToArray<double>();
        double[,] table = new double[squares.Length, counts.Length];
        Buffer.BlockCopy(flat, 0, table, 0, flat.Length * sizeof(double));
        return new LabelledSpectrum(squares, table, counts);
    }

    /// <summary>1 where a sample is of a class, else 0: samples × classes that occur.</summary>
    private static (Tensor Ones, int[] Counts) Memberships(Labels labels)
    {
        int[] counts = labels.CountPerClass();
        int[] columns = new int[counts.Length];
        int present = 0;
        for (int c = 0; c < counts.Length; c++)
            columns[c] = counts[c] > 0 ? present++ : -1;
        double[] ones = new double[(long)labels.Count * present];
        for (int i = 0; i < labels.Count; i++)
            ones[(i * present) + columns[labels.Indices[i]]] = 1;
        return (Tensor.From(ones, labels.Count, present), [.. counts.Where(static count => count > 0)]);
    }
}
