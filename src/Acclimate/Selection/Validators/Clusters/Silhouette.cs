using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>Rousseeuw's silhouette, some rows of distances at a time.</summary>
internal static class Silhouette
{
    private const int Rows = 1024;

    /// <summary>The mean over all samples; NaN where there is one cluster only. Call it inside a <see cref="TensorScope"/>.</summary>
    /// <param name="samples">[n, k].</param>
    /// <param name="labels">The cluster of each.</param>
    public static double Of(Tensor samples, int[] labels)
    {
        ClusterMembers members = new(labels);
        if (members.Count < 2)
            return double.NaN;
        double sum = 0;
        for (int start = 0; start < labels.Length; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            int end = Math.Min(start + Rows, labels.Length);
            Tensor distances = PairwiseDistances.Squared(samples.Slice(0, start, end), samples).Sqrt();
            double[] totals = distances.MatMul(members.OneHot()).ToArray<double>();
            for (int i = start; i < end; i++)
                sum += OfOne(totals.AsSpan((i - start) * members.Count, members.Count), members, members.Places[i]);
        }

        return sum / labels.Length;
    }

    private static double OfOne(ReadOnlySpan<double> totals, ClusterMembers members, int own)
    {
        if (members.Sizes[own] == 1)
            return 0;
        double within = totals[own] / (members.Sizes[own] - 1), nearest = double.PositiveInfinity;
        for (int c = 0; c < totals.Length; c++)
        {
            if (c != own)
                nearest = Math.Min(nearest, totals[c] / members.Sizes[c]);
        }

        double greater = Math.Max(within, nearest);
        return greater > 0 ? (nearest - within) / greater : 0;
    }
}
