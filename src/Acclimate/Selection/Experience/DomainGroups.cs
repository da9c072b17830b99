namespace Acclimate.Selection.Experience;

/// <summary>
/// Which pairs are of one kind of data: those that share a domain, directly or through other pairs. What is learnt on some groups and
/// holds on another can be hoped to hold on data that nobody has seen; what holds on another pair of the same domains can't.
/// </summary>
internal static class DomainGroups
{
    /// <summary>The connected components of the graph whose nodes are domains and whose edges are pairs; where all pairs are one, each is its own.</summary>
    /// <param name="pairs">The domains' names.</param>
    /// <returns>Each pair's group, counted from 0 in order of appearance.</returns>
    public static int[] Of(IReadOnlyList<(string Source, string Target)> pairs)
    {
        Dictionary<string, string> next = [];
        foreach ((string source, string target) in pairs)
            next[Root(source)] = Root(target);
        string[] roots = [.. pairs.Select(pair => Root(pair.Source))], groups = [.. roots.Distinct()];
        return groups.Length > 1 ? Array.ConvertAll(roots, root => Array.IndexOf(groups, root)) : [.. Enumerable.Range(0, pairs.Count)];

        string Root(string domain)
        {
            while (next.TryGetValue(domain, out string? other) && other != domain)
                domain = other;
            return domain;
        }
    }
}
