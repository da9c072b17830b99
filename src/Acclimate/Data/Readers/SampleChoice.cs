using System.Globalization;
using Acclimate.Data.Corruptions;
using Acclimate.Generated;

namespace Acclimate.Data.Readers;

/// <summary>
/// Which samples of a domain a source string asks for, whatever the format: <c>classes=a,b</c> keeps these classes, and no
/// other is known; <c>take=5</c> keeps five samples of each class, drawn at random, and <c>leave=5</c> all but these five;
/// <c>draw=0</c> is where the draw starts from. <c>corrupt=fog:3</c> makes pictures worse (<see cref="Corruption"/>), by the same draw.
/// </summary>
internal static class SampleChoice
{
    private const string Classes = "classes", Take = "take", Leave = "leave", Draw = "draw", Corrupt = "corrupt";

    /// <summary>The keys.</summary>
    public static readonly string[] Options = [Classes, Take, Leave, Draw, Corrupt];

    private static readonly string[] ByLabels = [Classes, Take, Leave], Drawn = [Take, Leave, Corrupt];

    /// <summary>The samples that are asked for; the domain that they come from is disposed, unless it is the same or shown by them.</summary>
    /// <exception cref="DataException">There is no such class or corruption, not enough samples, or the domain has no labels.</exception>
    public static Domain From(Domain all, SourceString source)
    {
        Domain chosen = all;
        try
        {
            if (source.Get(Draw) is not null && !source.Keys.Any(Drawn.Contains))
                throw new DataException($"'{source.Text}': {Draw} is for {string.Join(", ", Drawn[..^1])} or {Drawn[^1]}");
            Corruption? corruption = source.Get(Corrupt) is { } how ? Corruption.Parse(how) : null;
            if (source.Keys.Any(ByLabels.Contains))
                chosen = ByLabel(all, source);
            if (corruption is null)
                return chosen;
            return chosen.SampleShape.Count == 3
                ? chosen.With(new CorruptedSamples(chosen, corruption, DrawOf(source)))
                : throw new DataException($"'{source.Text}': {Corrupt} is for pictures, and these are rows of features");
        }
        catch
        {
            chosen.Dispose();
            throw;
        }
    }

    private static Domain ByLabel(Domain all, SourceString source)
    {
        using (all)
        {
            Labels labels = all.Labels ?? throw new DataException($"'{source.Text}': {string.Join(", ", source.Keys.Where(ByLabels.Contains))}: the domain has no labels to choose by");
            string[] classes = ClassesOf(source, labels);
            bool[] wanted = [.. labels.Classes.Select(name => classes.Contains(name, StringComparer.Ordinal))];
            int[] samples = Some(source, labels, [.. Enumerable.Range(0, labels.Count).Where(i => wanted[labels.Indices[i]])]);
            if (samples.Length == 0)
                throw new DataException($"'{source.Text}': no sample is left");
            using Domain chosen = all.Take(samples);
            return chosen.WithLabels(chosen.Labels!.AlignTo(classes));
        }
    }

    private static string[] ClassesOf(SourceString source, Labels labels)
    {
        if (source.Get(Classes) is not { } value)
            return [.. labels.Classes];
        string[] names = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] unknown = [.. names.Except(labels.Classes, StringComparer.Ordinal)];
        if (names.Length == 0 || unknown.Length > 0)
        {
            throw new DataException(
                $"'{source.Text}': there is no class {(unknown.Length > 0 ? $"'{string.Join("', '", unknown)}'" : "in that list")}; known are {string.Join(", ", labels.Classes)}");
        }

        return [.. labels.Classes.Intersect(names, StringComparer.Ordinal)];
    }

    /// <summary>The samples less those that take or leave keeps out, in order.</summary>
    private static int[] Some(SourceString source, Labels labels, int[] samples)
    {
        int? take = source.GetCount(Take), leave = source.GetCount(Leave);
        if (take is not null && leave is not null)
            throw new DataException($"'{source.Text}': {Take} and {Leave} exclude each other");
        if ((take ?? leave) is not { } count)
            return samples;
        HashSet<int> drawn = Draws(labels, samples, count, DrawOf(source), source.Text);
        return [.. samples.Where(i => drawn.Contains(i) == take is not null)];
    }

    /// <summary>As many samples of each class, drawn at random.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="samples">The samples to draw from.</param>
    /// <param name="count">How many of each class.</param>
    /// <param name="draw">Where the draw starts from.</param>
    /// <param name="name">What to call the domain in a message.</param>
    /// <exception cref="DataException">A class has fewer.</exception>
    internal static HashSet<int> Draws(Labels labels, IEnumerable<int> samples, int count, long draw, string name)
    {
        RandomStream random = new(draw);
        HashSet<int> drawn = [];
        foreach (IGrouping<int, int> ofClass in samples.GroupBy(i => labels.Indices[i]).OrderBy(static group => group.Key))
        {
            int[] order = [.. ofClass];
            if (order.Length < count)
                throw new DataException($"'{name}': class '{labels.Classes[ofClass.Key]}' has {order.Length} samples, fewer than {count}");
            random.Shuffle(order);
            drawn.UnionWith(order.Take(count));
        }

        return drawn;
    }

    private static long DrawOf(SourceString source)
    {
        if (source.Get(Draw) is not { } value)
            return 0;
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long draw)
            ? draw
            : throw new DataException($"'{source.Text}': {Draw}={value} is no whole number from 0");
    }
}
