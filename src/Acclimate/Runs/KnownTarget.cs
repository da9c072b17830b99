using System.Globalization;
using Acclimate.Data;
using Acclimate.Data.Readers;

namespace Acclimate.Runs;

/// <summary>The samples of a run's own target whose labels may be learnt from. No figure is taken from them.</summary>
/// <param name="Rows">Which of the target's samples, ascending.</param>
/// <param name="Labels">Their labels, coded as the source's classes are.</param>
internal sealed record KnownTarget(int[] Rows, Labels Labels)
{
    /// <summary>How many labels of each class <see cref="RunConfig.TargetLabels"/> asks for; none where it names a file.</summary>
    /// <param name="asked">The option's value.</param>
    public static int? CountOf(string asked) => int.TryParse(asked, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count) ? count : null;

    /// <summary>The samples that a run asks for.</summary>
    /// <param name="config">The run, whose <see cref="RunConfig.TargetLabels"/> says which.</param>
    /// <param name="target">The target, with its labels where it has any.</param>
    /// <param name="classes">The source's classes.</param>
    /// <exception cref="DataException">
    /// The target has no labels to draw from, or a class too few; or the file is not there or names a sample that the target lacks, one twice, or a class that
    /// the source lacks: with the line.
    /// </exception>
    public static KnownTarget Of(RunConfig config, Domain target, IReadOnlyList<string> classes)
    {
        string asked = config.TargetLabels!;
        return CountOf(asked) is { } count ? Drawn(target, classes, count, config) : Read(asked, target, classes);
    }

    /// <summary>The samples as a domain of their own, to be disposed.</summary>
    /// <param name="target">The target.</param>
    public Domain Of(Domain target)
    {
        using Domain taken = target.Take(Rows);
        return taken.WithLabels(Labels);
    }

    /// <summary>The target's other samples.</summary>
    /// <param name="count">How many it has in all.</param>
    public int[] Others(int count) => [.. Enumerable.Range(0, count).Except(Rows)];

    private static KnownTarget Drawn(Domain target, IReadOnlyList<string> classes, int count, RunConfig config)
    {
        Labels all = target.Labels ?? throw new DataException(
            $"--target-labels {count} draws labels from those that the target comes with, and {config.Target} has none.\n  Name a file instead: CSV with the columns sample and label.");

        // Classes that the source lacks are none to learn.
        int[] shared = [.. Enumerable.Range(0, all.Count).Where(i => classes.Contains(all.Classes[all.Indices[i]], StringComparer.Ordinal))];
        int[] rows = [.. SampleChoice.Draws(all, shared, count, config.Seed, config.Target).Order()];
        return rows.Length == 0
            ? throw new DataException($"--target-labels {count}: {config.Target} has no sample of the source's classes {Labels.Listed(classes)}")
            : new KnownTarget(rows, all.Take(rows).AlignTo(classes));
    }

    private static KnownTarget Read(string file, Domain target, IReadOnlyList<string> classes)
    {
        if (!File.Exists(file))
            throw new DataException($"--target-labels {file}: no such file; expected CSV with the columns sample and label, or how many labels of each class to draw");
        ILookup<string, int> rows = Enumerable.Range(0, target.Count).ToLookup(target.Describe, StringComparer.Ordinal);
        SortedDictionary<int, (int Class, int Line)> found = [];
        foreach (LabelLine given in LabelTable.Read(file))
        {
            int[] named = [.. rows[given.Sample]];
            if (named.Length != 1)
            {
                throw new DataException(named.Length == 0
                    ? $"{file}, line {given.Line}: the target has no sample '{given.Sample}'{NearestName.Hint(given.Sample, [.. rows.Take(1000).Select(static row => row.Key)])}\n  Its first is called '{target.Describe(0)}'."
                    : $"{file}, line {given.Line}: the target has {named.Length} samples called '{given.Sample}'");
            }

            if (LabelTable.ClassOf(given, classes, file) is not { } known)
                continue;
            if (!found.TryAdd(named[0], (known, given.Line)))
                throw new DataException($"{file}, line {given.Line}: '{given.Sample}' has a label already, on line {found[named[0]].Line}");
        }

        return found.Count == 0
            ? throw new DataException($"{file} has no label to learn from; fill in the column label")
            : new KnownTarget([.. found.Keys], new Labels(classes, [.. found.Values.Select(static label => label.Class)]));
    }
}
