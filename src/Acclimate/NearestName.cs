namespace Acclimate;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate that takes the fewest changed letters, if these are few enough to be a slip; none otherwise.</summary>
    public static string? Of(string given, IEnumerable<string> candidates)
    {
        int slips = given.Length < 5 ? 1 : Math.Max(2, given.Length / 3);
        (string? nearest, int fewest) = (null, slips + 1);
        foreach (string candidate in candidates)
        {
            int changes = Distance(given, candidate);
            if (changes < fewest)
                (nearest, fewest) = (candidate, changes);
        }

        return nearest;
    }

    /// <summary>", did you mean 'x'?" or nothing.</summary>
    public static string Hint(string given, IEnumerable<string> candidates) =>
        Of(given, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : string.Empty;

    /// <summary>The same, or a full stop: what ends a sentence in either case.</summary>
    public static string HintOrStop(string given, IEnumerable<string> candidates) => Hint(given, candidates) is { Length: > 0 } hint ? hint : ".";

    /// <summary>Letters to insert, delete or replace (Levenshtein); case is no difference.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
