using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// Scoring where labels name classes that a source doesn't have: these count as one class, <see cref="Labels.Unknown"/>,
/// behind the others. A model that has no such class is always wrong on them.
/// </summary>
public static class OpenSet
{
    /// <summary>Whether a model tells unknown classes apart: its method adds the unknown class to the source's.</summary>
    /// <param name="model">The model.</param>
    public static bool IsTold(TransferModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Classes.Contains(Labels.Unknown)
            && MethodCatalog.All.Any(entry => entry.About.Name == model.Provenance.Method && entry.About.Classes == ClassSets.Open);
    }

    /// <summary>Labels as indices into a model's classes, with the unknown class behind them where the model has none.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="DataException">The model's source has a class of its own that is called unknown.</exception>
    public static Labels Code(Labels labels, TransferModel model)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(model);
        bool told = IsTold(model);
        if (!told && model.Classes.Contains(Labels.Unknown))
            throw Taken(model.Provenance.Source, "the class that stands for all others");
        return labels.AlignTo(told ? model.Classes : [.. model.Classes, Labels.Unknown], Labels.Unknown);
    }

    /// <summary>Labels for the scoring of a run as indices into <see cref="Classes"/>.</summary>
    /// <exception cref="DataException">No sample has a class of the source: the names differ, or the wrong labels were read.</exception>
    internal static Labels Code(Labels labels, IReadOnlyList<string> source, IReadOnlyList<string> scored)
    {
        if (!labels.Indices.Any(i => source.Contains(labels.Classes[i])))
        {
            throw new DataException(
                "none of the labels for scoring is one of the source's classes: with --open-set all would be unknown\n"
                + $"  The source has {Labels.Listed(source)}; the labels are {Labels.Listed(labels.Classes)}.");
        }

        return labels.AlignTo(scored, Labels.Unknown);
    }

    /// <summary>The classes that a run is scored on: the source's, those that the method adds, and the unknown one where an open set is asked for.</summary>
    /// <exception cref="DataException">The source has a class of a name that is taken.</exception>
    internal static IReadOnlyList<string> Classes(RunConfig config, IReadOnlyList<string> source)
    {
        IReadOnlyList<string> added = config.ExtraClasses();
        if (added.FirstOrDefault(source.Contains) is { } twice)
            throw Taken(config.Source, $"a class that {config.Method} adds", twice);
        if (!config.OpenSet || added.Contains(Labels.Unknown))
            return [.. source, .. added];
        return source.Contains(Labels.Unknown)
            ? throw Taken(config.Source, "the class that stands for all others with --open-set")
            : [.. source, .. added, Labels.Unknown];
    }

    private static DataException Taken(string source, string by, string name = Labels.Unknown) =>
        new($"{source} has a class '{name}', which is also the name of {by}\n  Give the source's class another name, or leave its samples out.");
}

/// <summary>What predictions are worth over known and unknown classes; classes without samples are left out of every mean.</summary>
/// <param name="Os">OS: the mean over the known classes and the unknown one of the share that is right.</param>
/// <param name="OsStar">OS*: the same over the known classes; none where no sample has one.</param>
/// <param name="UnknownRecall">The share of unknown samples that is said to be unknown; none where no sample is.</param>
/// <param name="Hos">HOS: the harmonic mean of the two; none where one of them is.</param>
public sealed record OpenSetScore(double Os, double? OsStar, double? UnknownRecall, double? Hos)
{
    /// <summary>Of counts.</summary>
    /// <param name="confusion">How often each true class (row) was taken for each class (column).</param>
    /// <param name="classes">The classes' names, <see cref="Labels.Unknown"/> among them.</param>
    /// <exception cref="ArgumentException">There is no unknown class.</exception>
    public static OpenSetScore Of(IReadOnlyList<IReadOnlyList<long>> confusion, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        ArgumentNullException.ThrowIfNull(classes);
        if (!classes.Contains(Labels.Unknown))
            throw new ArgumentException($"there is no class '{Labels.Unknown}' among those scored", nameof(classes));
        (string Class, double Right)[] recalls = [.. confusion
            .Select((row, truth) => (Class: classes[truth], Right: (double)row[truth] / row.Sum()))
            .Where(static pair => !double.IsNaN(pair.Right))];
        double[] known = [.. recalls.Where(static pair => pair.Class != Labels.Unknown).Select(static pair => pair.Right)];
        double[] unknown = [.. recalls.Where(static pair => pair.Class == Labels.Unknown).Select(static pair => pair.Right)];
        double? star = known.Length == 0 ? null : known.Average();
        double? recall = unknown.Length == 0 ? null : unknown[0];
        return new OpenSetScore(recalls.Average(static pair => pair.Right), star, recall, star + recall is not { } sum ? null : sum == 0 ? 0 : 2 * star * recall / sum);
    }
}
