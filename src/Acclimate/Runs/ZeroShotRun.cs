using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using Acclimate.Training;
using Acclimate.ZeroShot;

namespace Acclimate.Runs;

/// <summary>All that learning classes without samples is made of.</summary>
public sealed record ZeroShotConfig
{
    /// <summary>Labelled samples of some classes, as <see cref="Domain.Open"/> reads them.</summary>
    public required string Seen { get; init; }

    /// <summary>The samples that are to be classified; labels that they may have only score.</summary>
    public required string Target { get; init; }

    /// <summary>A table with a row of attributes for each class, of those with samples and of the others.</summary>
    public required string Attributes { get; init; }

    /// <summary>The method, by its name in the catalogue.</summary>
    public string Method { get; init; } = "eszsl";

    /// <summary>The method's options that are not left at their defaults.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the target may have samples of the classes with training samples too (generalised zero-shot learning). Default false.</summary>
    public bool Generalised { get; init; }
}

/// <summary>What learning classes without samples came to; dispose it.</summary>
/// <param name="Model">The model of the target's samples.</param>
/// <param name="Target">The target's samples.</param>
/// <param name="Said">What the model says of them.</param>
/// <param name="Seen">The classes that had training samples.</param>
/// <param name="Unseen">The table's other classes.</param>
/// <param name="Samples">How many training samples there were.</param>
/// <param name="Attributes">How many attributes the table has.</param>
/// <param name="Score">What the predictions are worth; none where the target has no labels.</param>
public sealed record ZeroShotResult(
    FeatureModel Model, Domain Target, Predictions Said, IReadOnlyList<string> Seen, IReadOnlyList<string> Unseen, int Samples, int Attributes, ZeroShotScore? Score) : IDisposable
{
    /// <summary>The classes that could be said, by chance alone right in one of so many cases.</summary>
    public int Choices => Said.Classes.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Target.Dispose();
    }
}

/// <summary>Learns from samples of some classes, and a table of what all classes are like, to know those without samples.</summary>
public static class ZeroShotRun
{
    /// <summary>Learns, and classifies the target.</summary>
    /// <param name="config">What it is made of.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ArgumentException">The method or an option is not known, or out of range.</exception>
    /// <exception cref="DataException">Something can't be read, or does not fit the rest.</exception>
    public static ZeroShotResult Run(ZeroShotConfig config, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ZeroShotMethod method = MethodCatalog.Find(config.Method).Create(config.Options) as ZeroShotMethod
            ?? throw new ArgumentException($"{config.Method} knows no classes without samples; methods that do: {string.Join(", ", MethodCatalog.All.Where(static entry => entry.Command == MethodEntry.ZeroShot).Select(static entry => entry.About.Name))}");
        method.Validate();
        using Domain described = Domain.Open(config.Attributes), source = Domain.Open(config.Seen);
        AttributeTable table = AttributeTable.Of(described);
        if (source.Labels is not { } labels)
            throw new DataException($"{config.Seen} has no labels: SEEN holds labelled samples of some of the classes");
        if (source.SampleShape.Count != 1)
            throw new DataException($"{config.Seen} holds {DomainPair.Kind(source.SampleShape)}; zero-shot learning takes rows of features, such as a network's");
        int[] places = table.Find(labels.Classes, source.Name), indices = [.. labels.Indices.Select(index => places[index])];
        int[] seen = [.. indices.Distinct().Order()], unseen = [.. Enumerable.Range(0, table.Classes.Count).Except(seen)];
        if (unseen.Length == 0)
            throw new DataException($"{config.Attributes} describes no class that {config.Seen} has no samples of: there is none to learn");
        int[] choices = config.Generalised ? [.. Enumerable.Range(0, table.Classes.Count)] : unseen;
        string[] names = [.. choices.Select(c => table.Classes[c])];
        Domain target = Domain.Open(config.Target, new DomainOptions { Encoder = source.Encoder, FeatureCount = (int)source.SampleShape[0], Vocabulary = source.Vocabulary });
        FeatureModel? model = null;
        try
        {
            DomainPair.Check(source, target);
            int[]? truth = target.Labels is { } given ? Truth(given, table, target.Name, choices) : null;
            Preprocessing preprocessing = new([Standardise.Fit(source)]);
            using TensorScope scope = TensorScope.Begin();
            using FittedLinear all = method.Fit(FeatureData.Rows(source, preprocessing), indices, table);
            DomainSide side = new(preprocessing, new IdentityMap());
            model = new FeatureModel(
                [.. source.SampleShape], side, side, ZeroShotMethod.Among(all, choices), names,
                new Provenance(config.Method, MethodCatalog.OptionsOf(method), config.Seen, config.Target, 0, 0, AcclimateVersion.Text, Engine.Version), source.Encoder, source.Vocabulary);
            Predictions said = model.Predict(target, cancellation);
            ZeroShotScore? score = truth is null ? null : ZeroShotScore.Of(truth, [.. said.Indices.Select(index => choices[index])], seen);
            return new ZeroShotResult(model, target, said, [.. seen.Select(c => table.Classes[c])], [.. unseen.Select(c => table.Classes[c])], source.Count, table.Attributes, score);
        }
        catch
        {
            model?.Dispose();
            target.Dispose();
            throw;
        }
    }

    /// <summary>The target's own labels as classes of the table; refused where they could not be said.</summary>
    private static int[] Truth(Labels labels, AttributeTable table, string name, int[] choices)
    {
        int[] places = table.Find(labels.Classes, name), truth = [.. labels.Indices.Select(index => places[index])];
        int other = Array.FindIndex(truth, label => !choices.Contains(label));
        if (other >= 0)
            throw new DataException($"{name} has samples of class '{table.Classes[truth[other]]}', of which there were training samples\n  --generalised tells these apart from the classes without; or leave such samples out (?classes=…).");
        return truth;
    }
}
