using Acclimate.Data.Readers;

namespace Acclimate.Data;

/// <summary>Makes one domain of several.</summary>
internal static class DomainMerge
{
    /// <summary>The merged domain; the others stay their owners'.</summary>
    public static Domain Of(IReadOnlyList<Domain> domains, bool balanced)
    {
        ArgumentNullException.ThrowIfNull(domains);
        if (domains.Count < 2)
            throw new ArgumentException($"{domains.Count} domain to merge; expected two or more", nameof(domains));
        foreach (Domain other in domains.Skip(1))
            Check(domains[0], other);

        string name = string.Join(" + ", domains.Select(static domain => domain.Name));
        string provenance = string.Join(" + ", domains.Select(static domain => domain.Provenance));
        Labels origins = Origins(domains);
        Labels? labels = domains[0].IsLabelled ? Unite([.. domains.Select(static domain => domain.Labels!)]) : null;
        (ISamples samples, Vocabulary? vocabulary) = Join(domains);
        Domain all = new(name, samples, labels, provenance)
        {
            Origins = origins,
            FeatureNames = vocabulary?.Words ?? domains[0].FeatureNames,
            Encoder = domains[0].Encoder,
            Vocabulary = vocabulary ?? domains[0].Vocabulary,
            Skipped = domains.Sum(static domain => domain.Skipped),
            UnseenCategories = domains.Sum(static domain => domain.UnseenCategories),
            Applied = domains[0].Applied,
        };
        if (!balanced)
            return all;
        using (all)
            return all.Take(Balanced([.. domains.Select(static domain => domain.Count)]));
    }

    private static (ISamples Samples, Vocabulary? Vocabulary) Join(IReadOnlyList<Domain> domains)
    {
        if (domains.Any(static domain => domain.Texts is null))
            return (new MergedSamples([.. domains.Select(static domain => domain.Unlabelled())]), null);
        string[] texts = [.. domains.SelectMany(static domain => domain.Texts!)];
        string[] places = [.. domains.SelectMany(static domain => Enumerable.Range(0, domain.Count).Select(domain.Describe))];
        bool shared = domains.All(domain => ReferenceEquals(domain.Vocabulary, domains[0].Vocabulary));
        Vocabulary vocabulary = shared ? domains[0].Vocabulary! : DocumentReader.Fit(SourceString.Parse(First(domains[0])), texts);
        return (new TextSamples(texts, places, vocabulary), vocabulary);
    }

    /// <summary>The source string of a domain, or of the first that it was made of.</summary>
    public static string First(Domain domain) => domain.Origins?.Classes[0] ?? domain.Provenance;

    private static void Check(Domain first, Domain other)
    {
        if (first.IsLabelled != other.IsLabelled)
        {
            (Domain with, Domain without) = first.IsLabelled ? (first, other) : (other, first);
            throw new DataException($"{without.Provenance} has no labels, {with.Provenance} has.\n  Data sets that become one need labels all, or none.");
        }

        bool texts = first.Texts is not null && other.Texts is not null;
        IReadOnlyList<long> one = first.SampleShape, two = other.SampleShape;
        if (!texts && (one.Count != two.Count || (one.Count == 1 && one[0] != two[0])))
        {
            throw new DataException(
                $"{other.Provenance} holds {DomainPair.Kind(two)}, {first.Provenance} holds {DomainPair.Kind(one)}.\n  Data sets that become one need the same kind of samples.");
        }

        if (one.Count == 3 && one[0] != two[0] && (one[0] is not (1 or 3) || two[0] is not (1 or 3)))
        {
            throw new DataException(
                $"{other.Provenance} has pictures of {two[0]} channels, {first.Provenance} of {one[0]}.\n  Grey pictures and those of three colours can become one data set; others can't.");
        }

        if (!texts && first.FeatureNames is { } named && other.FeatureNames is { } names && !named.SequenceEqual(names, StringComparer.Ordinal))
        {
            int at = named.Zip(names).TakeWhile(static pair => pair.First == pair.Second).Count();
            throw new DataException(
                $"feature {at + 1} of {other.Provenance} is '{names[at]}', that of {first.Provenance} is '{named[at]}'.\n"
                + "  Data sets that become one need the same features in one order: open a table by the first one's encoder, texts by its vocabulary.");
        }

        if (first.Applied.ToJson() != other.Applied.ToJson())
            throw new ArgumentException($"{other.Provenance} was prepared by {other.Applied}, {first.Provenance} by {first.Applied}: merge them first, and prepare them afterwards");
    }

    /// <summary>The classes of all by name, sorted as they are in one domain; as they stand where all have the same.</summary>
    private static Labels Unite(Labels[] parts)
    {
        IReadOnlyList<string> classes = parts[0].Classes;
        if (!parts.All(part => part.Classes.SequenceEqual(classes, StringComparer.Ordinal)))
            classes = Labels.FromNames([.. parts.SelectMany(static part => part.Classes)]).Classes;
        return new Labels(classes, [.. parts.SelectMany(part => part.AlignTo(classes).Indices)]);
    }

    private static Labels Origins(IReadOnlyList<Domain> domains)
    {
        Labels[] parts = [.. domains.Select(static domain => domain.Origins ?? new Labels([domain.Provenance], new int[domain.Count]))];
        string[] names = [.. parts.SelectMany(static part => part.Classes)];
        return names.GroupBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice
            ? throw new DataException($"{twice.Key} is to become one with itself; name each data set once")
            : new Labels(names, [.. parts.SelectMany(part => part.AlignTo(names).Indices)]);
    }

    /// <summary>Each part's samples in turn, as often as it takes to be as many as the largest part's.</summary>
    private static int[] Balanced(int[] counts)
    {
        int largest = counts.Max(), start = 0;
        List<int> rows = [];
        foreach (int count in counts)
        {
            for (int i = 0; i < largest; i++)
                rows.Add(start + (i % count));
            start += count;
        }

        return [.. rows];
    }
}
