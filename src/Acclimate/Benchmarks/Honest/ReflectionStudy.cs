using Acclimate.Selection.Experience;

namespace Acclimate.Benchmarks.Honest;

/// <summary>What the best of the first few ways gains, in points above the source's own model: by the order that was learnt on other suites, and by one order for all.</summary>
/// <param name="Tried">How many ways are tried.</param>
/// <param name="Learnt">In the order that a reflection function gives for the pair.</param>
/// <param name="Fixed">In the order of mean gains on the other suites.</param>
public sealed record ReflectionFigures(int Tried, double Learnt, double Fixed);

/// <summary>
/// Whether experience of other pairs finds a better model with the same budget: for each suite, both orders are learnt on all other suites. The best of
/// what was tried is the best by the target's labels, so that the order alone is measured, not the choice.
/// </summary>
public static class ReflectionStudy
{
    private static readonly int[] Budgets = [1, 2, 3, 5, 10];

    /// <summary>Measures.</summary>
    /// <param name="cells">Measurements that know their pairs' statistics.</param>
    /// <returns>A line for each budget; none where there is but one suite.</returns>
    public static IReadOnlyList<ReflectionFigures> Of(IReadOnlyList<HonestCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        HonestCell[] known = [.. cells.Where(static cell => cell.Statistics is not null)];
        string[] suites = [.. known.Select(static cell => cell.Suite).Distinct()];
        if (suites.Length < 2)
            return [];
        List<(double[] Learnt, double[] Fixed)> gains = [];
        foreach (string suite in suites)
        {
            HonestCell[] others = [.. known.Where(cell => cell.Suite != suite)];
            Reflection reflection = Reflection.Learn(others.SelectMany(Experiences));
            Dictionary<string, double> means = others.SelectMany(static cell => cell.Candidates.Select(one => (one.Key, Gain: one.Value - cell.Source)))
                .GroupBy(static one => one.Key).ToDictionary(static group => group.Key, static group => group.Average(static one => one.Gain));
            foreach (HonestCell cell in known.Where(cell => cell.Suite == suite))
            {
                gains.Add((
                    BestOf(cell, reflection.Order(cell.Statistics!, cell.Candidates.Keys)),
                    BestOf(cell, [.. cell.Candidates.Keys.OrderByDescending(name => means.GetValueOrDefault(name, double.NegativeInfinity))])));
            }
        }

        return [.. Budgets.Select((tried, i) => new ReflectionFigures(tried, gains.Average(both => both.Learnt[i]), gains.Average(both => both.Fixed[i])))];
    }

    private static double[] BestOf(HonestCell cell, IReadOnlyList<string> order) => [.. Budgets.Select(tried => order.Take(tried).Max(name => cell.Candidates[name]) - cell.Source)];

    private static IEnumerable<Experience> Experiences(HonestCell cell)
    {
        (string source, string target) = Domains(cell.Suite, cell.Pair);
        return cell.Candidates.Select(candidate => new Experience
        {
            At = DateTimeOffset.UnixEpoch,
            Source = source,
            Target = target,
            Statistics = cell.Statistics!,
            Method = candidate.Key,
            Gain = candidate.Value - cell.Source,
            Acclimate = AcclimateVersion.Text,
        });
    }

    /// <summary>What a pair's domains are, by names of their own: surf's D is not Amazon's, and digits of MNIST and USPS are that in every suite.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="pair">The pair, as papers write it.</param>
    internal static (string Source, string Target) Domains(string suite, string pair)
    {
        string[] names = pair.Split('>');
        return (Domain(names[0]), Domain(names[^1]));

        string Domain(string name) => suite is "digits" or "mnist-m" ? name switch { "M" => "MNIST", "U" => "USPS", _ => name } : $"{suite} {name}";
    }
}
