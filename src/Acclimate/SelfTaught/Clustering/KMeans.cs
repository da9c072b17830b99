using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.SelfTaught.Clustering;

/// <summary>
/// Plain k-means: groups with the least sum of squared distances to their means, by Lloyd's rounds from k-means++ seeds (Arthur and Vassilvitskii,
/// SODA 2007); the best of several starts.
/// </summary>
public static class KMeans
{
    private const int MostRounds = 100;

    /// <summary>Groups samples.</summary>
    /// <param name="samples">[n, d], floating point.</param>
    /// <param name="clusters">k, from 1 to n.</param>
    /// <param name="generator">Draws the seeds.</param>
    /// <param name="starts">How many starts, 1 or more.</param>
    /// <returns>Each sample's group, from 0.</returns>
    /// <exception cref="ArgumentException">There are fewer samples than groups.</exception>
    public static int[] Fit(Tensor samples, int clusters, Generator generator, int starts = 10)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(generator);
        if (clusters < 1 || samples.Size(0) < clusters)
            throw new ArgumentException($"{clusters} groups of {samples.Size(0)} samples: expected 1 to as many as there are samples", nameof(clusters));
        int[] best = [];
        double least = double.PositiveInfinity;
        for (int start = 0; start < starts; start++)
        {
            using TensorScope scope = TensorScope.Begin();
            (int[] groups, double cost) = From(samples.To(ScalarType.Float64), clusters, generator);
            if (cost < least || best.Length == 0)
                (best, least) = (groups, cost);
        }

        return best;
    }

    private static (int[] Groups, double Cost) From(Tensor samples, int clusters, Generator generator)
    {
        Tensor means = Seeds(samples, clusters, generator);
        int[] groups = [];
        double cost = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor squared = PairwiseDistances.Squared(samples, means);
            int[] next = Array.ConvertAll(squared.ArgMin(1).ToArray<long>(), static group => (int)group);
            cost = squared.Min(1).Sum().ToDouble();
            if (next.SequenceEqual(groups))
                break;
            groups = next;
            Tensor members = Tensor.From(Array.ConvertAll(groups, static group => (long)group)).OneHot(clusters).To(ScalarType.Float64);
            Tensor counts = members.Sum(0).Unsqueeze(1);

            // A group that lost all its samples stays where it is.
            means = scope.Keep(counts.Equals(0).Where(means, members.T.MatMul(samples) / counts.Clamp(low: 1)));
        }

        return (groups, cost);
    }

    /// <summary>Samples far from those drawn before, by chance: with the squared distance as the weight.</summary>
    private static Tensor Seeds(Tensor samples, int clusters, Generator generator)
    {
        double[] draws = Tensor.Uniform([clusters], generator, type: ScalarType.Float64).ToArray<double>();
        long n = samples.Size(0), at = Math.Min(n - 1, (long)(draws[0] * n));
        List<Tensor> seeds = [samples.Slice(0, at, at + 1)];
        double[] squared = PairwiseDistances.Squared(samples, seeds[0]).ToArray<double>();
        for (int k = 1; k < clusters; k++)
        {
            double left = draws[k] * squared.Sum();
            for (at = 0; at < n - 1 && (left -= squared[at]) > 0;)
                at++;
            seeds.Add(samples.Slice(0, at, at + 1));
            double[] nearer = PairwiseDistances.Squared(samples, seeds[^1]).ToArray<double>();
            for (int i = 0; i < squared.Length; i++)
                squared[i] = Math.Min(squared[i], nearer[i]);
        }

        return Tensor.Concatenate([.. seeds]);
    }
}
