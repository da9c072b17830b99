namespace Acclimate.Selection.Validators;

/// <summary>What the other families say of each target sample: every family one voice, divided among its candidates.</summary>
internal static class Crowd
{
    /// <summary>The share of the voices that each class has of each sample: [n_t][C]; nothing where there is no other family.</summary>
    /// <param name="candidate">Whose own family is left out.</param>
    /// <param name="pool">All that are judged together.</param>
    public static double[][]? Votes(Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        IGrouping<string, Candidate>[] families = [.. pool.Where(other => other.Family != candidate.Family).GroupBy(static other => other.Family)];
        if (families.Length == 0)
            return null;
        double[][] votes = [.. Enumerable.Range(0, (int)candidate.Target.Size(0)).Select(_ => new double[candidate.Target.Size(1)])];
        foreach (IGrouping<string, Candidate> family in families)
        {
            double voice = 1.0 / (families.Length * family.Count());
            foreach (Candidate other in family)
            {
                int[] labels = ClassProbabilities.Of(other.Target).Labels();
                for (int i = 0; i < labels.Length; i++)
                    votes[i][labels[i]] += voice;
            }
        }

        return votes;
    }
}
