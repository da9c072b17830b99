namespace Acclimate.Metrics;

/// <summary>How well codes find samples of the same class.</summary>
/// <param name="MeanAveragePrecision">The mean over the queries of the average precision of their ranking, from 0 to 1.</param>
/// <param name="Queries">How many queries were scored: those whose class the database has.</param>
/// <param name="Database">How many samples were ranked for each.</param>
/// <param name="Bits">How many bits a code has.</param>
public sealed record Retrieval(double MeanAveragePrecision, int Queries, int Database, int Bits)
{
    /// <summary>
    /// Ranks a database by Hamming distance to each query. A sample is relevant to a query of its class; the average
    /// precision of a ranking is the mean, over the relevant samples, of the share of relevant ones from the top down to it.
    /// </summary>
    /// <remarks>
    /// Distances of few bits tie a great deal, and their order would decide the figure. Here ties are broken by no order:
    /// the average precision is its exact expectation over all orders of the samples that tie (McSherry and Najork,
    /// "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores", ECIR 2008).
    /// </remarks>
    /// <param name="queries">The queries' codes.</param>
    /// <param name="queryClasses">Their classes.</param>
    /// <param name="database">The database's codes, of as many bits.</param>
    /// <param name="databaseClasses">Their classes.</param>
    /// <returns>The figure; none where no query's class is in the database.</returns>
    /// <exception cref="ArgumentException">Codes have different sizes, or there are more or fewer classes than codes.</exception>
    public static Retrieval? Score(BinaryCodes queries, IReadOnlyList<int> queryClasses, BinaryCodes database, IReadOnlyList<int> databaseClasses)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(queryClasses);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(databaseClasses);
        if (queries.Bits != database.Bits)
            throw new ArgumentException($"the queries have {queries.Bits} bits and the database has {database.Bits}");
        if (queries.Count != queryClasses.Count || database.Count != databaseClasses.Count)
            throw new ArgumentException("every code needs one class");

        double[] harmonic = Harmonic(database.Count);
        double[] precisions = new double[queries.Count];
        Parallel.For(0, queries.Count, query => precisions[query] = AveragePrecision(query));
        double[] scored = [.. precisions.Where(static precision => !double.IsNaN(precision))];
        return scored.Length == 0 ? null : new Retrieval(scored.Average(), scored.Length, database.Count, queries.Bits);

        double AveragePrecision(int query)
        {
            int[] all = new int[queries.Bits + 1], relevant = new int[queries.Bits + 1];
            for (int i = 0; i < database.Count; i++)
            {
                int distance = queries.Distance(query, database, i);
                all[distance]++;
                relevant[distance] += databaseClasses[i] == queryClasses[query] ? 1 : 0;
            }

            return ExpectedAveragePrecision(all, relevant, harmonic);
        }
    }

    /// <summary>
    /// The expected average precision of samples in tied groups. With t samples and R relevant ones before a group of n
    /// with r relevant, the sample at its place j is relevant with probability r/n, and then (j − 1)(r − 1)/(n − 1) of those
    /// before it in the group are too: the group gives Σ_j (r/n) (R + 1 + (j − 1)(r − 1)/(n − 1)) / (t + j).
    /// </summary>
    /// <param name="all">Samples in each group, from the top.</param>
    /// <param name="relevant">The relevant ones among them.</param>
    /// <param name="harmonic">1 + 1/2 + … + 1/i for each i from 0 to the number of samples.</param>
    /// <returns>The expectation; NaN where nothing is relevant.</returns>
    internal static double ExpectedAveragePrecision(int[] all, int[] relevant, double[] harmonic)
    {
        double sum = 0;
        int before = 0, found = 0;
        for (int group = 0; group < all.Length; group++)
        {
            int n = all[group], r = relevant[group];
            if (r > 0)
            {
                double reciprocals = harmonic[before + n] - harmonic[before];
                double placed = n - ((before + 1) * reciprocals);
                double also = n == 1 ? 0 : (double)(r - 1) / (n - 1);
                sum += (double)r / n * (((found + 1) * reciprocals) + (also * placed));
            }

            before += n;
            found += r;
        }

        return found == 0 ? double.NaN : sum / found;
    }

    /// <summary>The harmonic numbers up to a count.</summary>
    internal static double[] Harmonic(int count)
    {
        double[] sums = new double[count + 1];
        for (int i = 1; i <= count; i++)
            sums[i] = sums[i - 1] + (1.0 / i);
        return sums;
    }
}
