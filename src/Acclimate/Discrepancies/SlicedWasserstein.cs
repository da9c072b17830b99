using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>What <see cref="SlicedWasserstein"/> found.</summary>
/// <param name="Distance">The distance, 0 or more, in the features' unit.</param>
/// <param name="ByChance">Its mean over random divisions of the pooled sample: two samples of one distribution come as far apart.</param>
/// <param name="PValue">The part of all divisions, the given one among them, that are at least as far apart.</param>
/// <param name="Permutations">How many random divisions were compared with.</param>
public sealed record SlicedWassersteinResult(double Distance, double ByChance, double PValue, int Permutations);

/// <summary>
/// The sliced Wasserstein distance: the mean over directions θ, drawn evenly from the sphere, of the 1-Wasserstein distance
/// between θᵀx and θᵀy. Bonneel, Rabin, Peyré, Pfister, "Sliced and Radon Wasserstein Barycenters of Measures", JMIV 51, 2015.
/// </summary>
/// <remarks>Each direction is sorted once: a random division of the pooled sample changes the sizes of the steps alone.</remarks>
public sealed class SlicedWasserstein
{
    private const long DrawDirections = 3;

    /// <summary>How many directions, 1 or more; 50 unless set.</summary>
    public int Directions { get; init; } = 50;

    /// <summary>Random divisions to compare with, 1 or more; 200 unless set, which resolves p down to 1/201.</summary>
    public int Permutations { get; init; } = 200;

    /// <summary>What directions and divisions are drawn by; 0 unless set.</summary>
    public long Seed { get; init; }

    /// <summary>The distance, and what it would be by chance.</summary>
    /// <param name="source">[n, d], n ≥ 1, floating point, finite.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, one has no row, or an option is out of its range.</exception>
    public SlicedWassersteinResult Run(Tensor source, Tensor target)
    {
        if (Directions < 1 || Permutations < 1)
            throw new ArgumentException($"a sliced Wasserstein distance needs 1 direction and 1 permutation or more, but has {Directions} and {Permutations}");
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "a sliced Wasserstein distance");
        Tensor directions = Axes(x.Size(1)).To(x.Device);
        Tensor pooled = Tensor.Concatenate([x, y]).To(ScalarType.Float64).MatMul(directions);
        (Tensor values, Tensor places) = pooled.Sort(0);
        long n = x.Size(0), all = pooled.Size(0);
        Tensor gaps = values.Slice(0, 1, all) - values.Slice(0, 0, all - 1);
        double found = Distance(Steps(null));
        double[] random = [.. Enumerable.Range(1, Permutations).Select(b => Distance(Steps(b)))];

        // Divisions sum the same gaps in other orders, so ties differ by rounding.
        int asGreat = random.Count(value => value >= found * (1 - 1e-12));
        return new SlicedWassersteinResult(found, random.Average(), (1.0 + asGreat) / (1 + Permutations), Permutations);

        // 1/n for what counts as source, −1/m for what counts as target.
        Tensor Steps(int? division)
        {
            Tensor steps = Tensor.Full([all], -1.0 / (all - n), ScalarType.Float64);
            if (division is { } b)
            {
                using Generator generator = new(Generator.Derive(Seed, 2, b));
                using Tensor order = Tensor.Permutation(all, generator), chosen = order.Slice(0, 0, n);
                Operator.Get("aten::index_fill_.int_Scalar").Run(steps, 0, chosen, 1.0 / n);
            }
            else
            {
                using Tensor given = steps.Slice(0, 0, n);
                given.FillInPlace(1.0 / n);
            }

            return steps;
        }

        double Distance(Tensor steps)
        {
            using TensorScope inner = TensorScope.Begin();
            Tensor apart = steps.To(x.Device).IndexSelect(0, places.Flatten()).Reshape(places.Shape).CumulativeSum(0).Slice(0, 0, all - 1).Abs();
            return ((apart * gaps).Sum() / Directions).ToDouble();
        }
    }

    /// <summary>[d, directions], columns of length 1; the axis itself where there is one feature.</summary>
    internal Tensor Axes(long features)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(Generator.Derive(Seed, DrawDirections));
        Tensor drawn = Tensor.Normal([features, Directions], generator, ScalarType.Float64);
        return scope.Keep(drawn / drawn.Norm(0, keep: true));
    }
}
