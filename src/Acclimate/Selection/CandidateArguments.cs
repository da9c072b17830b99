using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>The checks that what is judged goes through at the door.</summary>
internal static class CandidateArguments
{
    /// <summary>How far a row of probabilities that were computed in float32 may sum from 1.</summary>
    private const double RoundingOfSum = 1e-3;

    /// <summary>A float64 matrix of finite numbers with a row and a column at least.</summary>
    public static Tensor Matrix(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.Rank != 2 || tensor.Type != ScalarType.Float64 || tensor.Count == 0)
            throw new ArgumentException($"{name} is {tensor}; expected a float64 matrix with one row a sample, and one at least", name);
        using TensorScope scope = TensorScope.Begin();
        if (!tensor.IsFinite().All())
        {
            long at = tensor.IsFinite().Not().Flatten().To(ScalarType.Int64).ArgMax(0).ToInt64(), columns = tensor.Size(1);
            throw new ArgumentException($"{name} must be finite numbers, but sample {at / columns} has {tensor[at / columns, at % columns].ToDouble()} at {at % columns}", name);
        }

        return tensor;
    }

    /// <summary>A float64 matrix whose rows are distributions.</summary>
    public static Tensor Probabilities(Tensor tensor, string name)
    {
        Matrix(tensor, name);
        using TensorScope scope = TensorScope.Begin();
        Tensor wrong = (tensor.Sum(1) - 1).Abs().Maximum(-tensor.Min(1));
        if (wrong.Max().ToDouble() > RoundingOfSum)
            throw new ArgumentException($"{name} has no distribution for sample {wrong.ArgMax(0).ToInt64()}: its row must be 0 or more throughout and sum to 1", name);
        return tensor;
    }

    public static Tensor Rows(Tensor tensor, long rows, string name) => tensor.Size(0) == rows
        ? tensor
        : throw new ArgumentException($"{name} has {tensor.Size(0)} rows; expected {rows}", name);

    public static string Text(string text, string name) => string.IsNullOrWhiteSpace(text)
        ? throw new ArgumentException($"a candidate has no {name.ToLowerInvariant()}; give it one", name)
        : text;

    public static int[] Places(int[] places, string name)
    {
        ArgumentNullException.ThrowIfNull(places, name);
        if (places.Length == 0 || places.Min() < 0 || places.Distinct().Count() < places.Length)
            throw new ArgumentException($"{name} has {places.Length} places of source samples; expected one or more, from 0, each once", name);
        return places;
    }

    /// <summary>Checks that a candidate speaks of this pair's samples and classes.</summary>
    public static void Fits(LabelFreePair pair, Candidate candidate)
    {
        string who = $"candidate '{candidate.Name}'";
        Shape(candidate.Target, pair.Target.Size(0), pair.Classes, "target samples");
        if (candidate.HeldOut is { } held)
        {
            Shape(held.Probabilities, held.Indices.Length, pair.Classes, "held-out samples");
            if (held.Indices.Max() >= pair.Source.Size(0))
                throw new ArgumentException($"{who} has a held-out sample {held.Indices.Max()}, but the source has {pair.Source.Size(0)} samples, from 0", nameof(candidate));
        }

        Features(candidate.SourceFeatures, pair.Source.Size(0), "source");
        Features(candidate.TargetFeatures, pair.Target.Size(0), "target");
        Features(candidate.HeldOut?.Features, candidate.HeldOut?.Indices.Length ?? 0, "held-out source");

        void Shape(Tensor tensor, long rows, int columns, string what)
        {
            if (tensor.Size(0) != rows || tensor.Size(1) != columns)
                throw new ArgumentException($"{who} has probabilities of {tensor.Size(0)} × {tensor.Size(1)} for {rows} {what} of {columns} classes", nameof(candidate));
        }

        void Features(Tensor? tensor, long rows, string what)
        {
            if (tensor is null)
                return;
            if (tensor.Size(0) != rows)
                throw new ArgumentException($"{who} has features of {tensor.Size(0)} {what} samples; there are {rows}", nameof(candidate));
            Tensor other = candidate.TargetFeatures ?? tensor;
            if (tensor.Size(1) != other.Size(1))
                throw new ArgumentException($"{who} has {tensor.Size(1)} features of the {what} and {other.Size(1)} of the target; both must have the same", nameof(candidate));
        }
    }
}
