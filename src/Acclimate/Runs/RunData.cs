using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// The domains of a run and what is done to their samples. The target that training sees has no labels; those that it
/// came with live on in <see cref="Scoring"/> alone.
/// </summary>
internal sealed class RunData : IDisposable
{
    private const int DefaultSize = 64;

    /// <summary>Augmenting moves a picture by up to an eighth of its side, and its colours by up to three tenths.</summary>
    private const int ShiftedPart = 8;

    private const double Jitter = 0.3;

    private RunData(Domain source, Domain target, Domain? labelled, Domain? scoring, Preprocessing ofSource, Preprocessing ofTarget, long[] inputShape)
    {
        Source = source;
        Target = target;
        TargetLabelled = labelled;
        Scoring = scoring;
        SourcePreprocessing = ofSource;
        TargetPreprocessing = ofTarget;
        InputShape = inputShape;
    }

    public Domain Source { get; }

    public Domain Target { get; }

    /// <summary>The few target samples whose classes the method may know, coded as the source's are.</summary>
    public Domain? TargetLabelled { get; }

    /// <summary>Which of the target's own samples these are; none where they are others.</summary>
    public required IReadOnlyList<int>? KnownRows { get; init; }

    /// <summary>Which of the target's own samples are scored; none where all are, or others.</summary>
    public required IReadOnlyList<int>? ScoredRows { get; init; }

    /// <summary>Labelled samples of the target's domain, coded as the source's classes are.</summary>
    public Domain? Scoring { get; }

    public Preprocessing SourcePreprocessing { get; }

    /// <summary>For a network, the same as the source's.</summary>
    public Preprocessing TargetPreprocessing { get; }

    /// <summary>What a network learns beside the source's task.</summary>
    public required IReadOnlyList<RunTask> Tasks { get; init; }

    /// <summary>The shape of one target sample when the network sees it; for a shallow method, before it is made a row.</summary>
    public long[] InputShape { get; }

    public IReadOnlyList<string> Classes => Source.Labels!.Classes;

    /// <summary>The model's classes; scored as an open set, the unknown one is the last even where the model has none.</summary>
    public required IReadOnlyList<string> ScoredClasses { get; init; }

    public static RunData Open(RunConfig config, CancellationToken cancellation)
    {
        List<Domain> open = [];

        // Before samples are read, which may take long.
        NetworkModel.Description? saved = config.Weights is null ? null : NetworkModel.Describe(PretrainedWeights.Find(config.Weights));
        try
        {
            Domain source = Hold(OpenSource(config, saved));
            if (config.LooksAtTargetLabelsAlone)
                source = Hold(WithClassesOfFew(source, config));
            if (!source.IsLabelled)
                throw new DataException($"{config.Source} has no labels; the source needs them (for pictures: one folder a class)");
            RequireClasses(config, source);
            IReadOnlyList<string> scored = OpenSet.Classes(config, source.Labels!.Classes);
            DomainOptions likeSource = new() { Strict = config.Strict, Encoder = source.Encoder, FeatureCount = source.SampleShape.Count == 1 ? (int)source.SampleShape[0] : null, Vocabulary = saved?.Vocabulary };
            bool apart = config.TakesDifferentFeatures;
            Domain target = Hold(config.Target.Length == 0 ? source.Unlabelled() : Domain.Open(config.Target, apart ? new DomainOptions { Strict = config.Strict } : likeSource));
            DomainPair.ShareVocabulary(ref source, ref target);
            Hold(source);
            Hold(target);
            likeSource = likeSource with { Vocabulary = source.Vocabulary };
            DomainOptions likeTarget = !apart ? likeSource : new()
            {
                Strict = config.Strict,
                Encoder = target.Encoder,
                FeatureCount = target.SampleShape.Count == 1 ? (int)target.SampleShape[0] : null,
                Vocabulary = target.Vocabulary,
            };
            Domain? scoring = config.Test is not null ? Hold(Domain.Open(config.Test, likeTarget)) : target.IsLabelled ? target : null;
            if (scoring is { IsLabelled: false })
                throw new DataException($"{config.Test} has no labels; --test takes labelled samples, for scoring only");
            Domain? few = config.TargetLabelled is null ? null : Hold(Domain.Open(config.TargetLabelled, likeTarget));
            KnownTarget? own = config.TargetLabels is null ? null : KnownTarget.Of(config, target, source.Labels!.Classes);
            int[]? scoredRows = own is not null && scoring is not null && config.Test is null ? own.Others(target.Count) : null;
            if (scoredRows is not null)
                scoring = scoredRows.Length == 0 ? null : Hold(target.Take(scoredRows));
            if (few is { IsLabelled: false })
                throw new DataException($"{config.TargetLabelled} has no labels; --target-labelled takes a few labelled samples of the target's domain");
            if (!apart)
                DomainPair.Check(source, target);
            else if (source.SampleShape.Count != 1 || target.SampleShape.Count != 1)
                throw new DataException($"{config.Method} takes rows of features; {config.Source} holds {DomainPair.Kind(source.SampleShape)}, and {config.Target} {DomainPair.Kind(target.SampleShape)}");
            if (few is not null)
                DomainPair.Check(target, few);

            Domain unlabelled = Hold(target.Unlabelled());
            Domain? coded = scoring is null ? null : Hold(config.OpenSet
                ? scoring.WithLabels(OpenSet.Code(scoring.Labels!, source.Labels!.Classes, scored))
                : Coded(scoring, source, "--open-set scores samples of such classes as one class, unknown."));
            Domain? known = few is not null ? Hold(Coded(few, source, "--target-labelled takes samples of the source's classes.")) : own is not null ? Hold(own.Of(unlabelled)) : null;
            OpenTask[] others = [.. (config.Tasks ?? []).Select(task => OpenTask.Of(task, config, source, likeSource, Hold))];
            (Preprocessing fixedSteps, long[] shape) = Prepare(config, saved, apart ? target : source, [target, .. coded is null ? (Domain[])[] : [coded], .. others.Select(static other => other.Samples)]);
            Domain preparedSource = Hold(source.Prepare(fixedSteps, cancellation: cancellation));
            Domain preparedTarget = Hold(unlabelled.Prepare(fixedSteps, cancellation: cancellation));
            (Preprocessing ofSource, Preprocessing ofTarget) = config.IsShallow
                ? PreprocessingRecipe.Parse(RecipeOf(config, source)).Fit(preparedSource, preparedTarget, fixedSteps)
                : (fixedSteps, fixedSteps);
            RunData data = new(
                preparedSource.Prepare(ofSource, cancellation: cancellation),
                preparedTarget.Prepare(ofTarget, cancellation: cancellation),
                known?.Prepare(ofTarget, cancellation: cancellation),
                coded?.Prepare(ofTarget, cancellation: cancellation),
                ofSource,
                ofTarget,
                shape)
            {
                ScoredClasses = scored,
                KnownRows = own?.Rows,
                ScoredRows = scoredRows,
                Tasks = [.. others.Select(other => other.Prepare(fixedSteps, cancellation))],
            };
            return data;
        }
        finally
        {
            open.ForEach(static domain => domain.Dispose());
        }

        Domain Hold(Domain domain)
        {
            open.Add(domain);
            return domain;
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Target.Dispose();
        TargetLabelled?.Dispose();
        Scoring?.Dispose();
        foreach (RunTask task in Tasks)
            task.Dispose();
    }

    /// <summary>
    /// The steps for a shallow method: those that were asked for, or those that suit the samples. Domains that are each brought to mean 0 and deviation 1 have lost the shift that weights are
    /// to undo, so a method that weighs samples gets both measured on the source, and so does a run that tries such methods alone.
    /// </summary>
    internal static string RecipeOf(RunConfig config, Domain source) => config.Preprocess ?? (source.Vocabulary is not null ? "tfidf" : config.WeighsSamples || config.Auto is { OnlyWeighs: true } ? "zscore-source" : "zscore");

    /// <summary>The source, and what becomes one with it.</summary>
    private static Domain OpenSource(RunConfig config, NetworkModel.Description? saved)
    {
        DomainOptions options = new() { Strict = config.Strict, Encoder = saved?.Encoder, Vocabulary = saved?.Vocabulary };
        Domain first = Domain.Open(config.Source, options);
        if (config.Also is not { Count: > 0 })
            return first;
        List<Domain> all = [first];
        try
        {
            options = options with { Encoder = first.Encoder, FeatureCount = first.SampleShape.Count == 1 ? (int)first.SampleShape[0] : null };
            foreach (string other in config.Also)
                all.Add(Domain.Open(other, options));
            return Domain.Merge(all, config.Balance);
        }
        finally
        {
            all.ForEach(static domain => domain.Dispose());
        }
    }

    /// <summary>A source whose labels are not looked at: what classes there are the few labelled target samples say, and its samples stand under the first.</summary>
    private static Domain WithClassesOfFew(Domain source, RunConfig config)
    {
        using Domain few = Domain.Open(config.TargetLabelled!, new DomainOptions { Strict = config.Strict, Encoder = source.Encoder, Vocabulary = source.Vocabulary });
        return few.Labels is { } labels
            ? source.WithLabels(new Labels(labels.Classes, new int[source.Count]))
            : throw new DataException($"{config.TargetLabelled} has no labels; --target-labelled takes a few labelled samples of the target's domain");
    }

    /// <summary>Of one class nothing can be told apart: mostly it is a folder of pictures that lies one level deeper than its name says.</summary>
    private static void RequireClasses(RunConfig config, Domain source)
    {
        Labels labels = source.Labels!;
        string[] found = config.LooksAtTargetLabelsAlone ? [.. labels.Classes] : [.. labels.Indices.Distinct().Take(2).Select(index => labels.Classes[index])];
        if (found is not [var only])
            return;
        string named = config.LooksAtTargetLabelsAlone ? config.TargetLabelled! : config.Sources;
        throw new DataException($"{named} has samples of one class, '{only}'; expected two classes or more{(source.SampleShape.Count == 3 ? ", in a folder of pictures one folder a class" : string.Empty)}");
    }

    /// <summary>A domain's labels as indices into another's classes.</summary>
    internal static Domain Coded(Domain labelled, Domain source, string hint)
    {
        try
        {
            return labelled.WithLabels(labelled.Labels!.AlignTo(source.Labels!.Classes));
        }
        catch (DataException e)
        {
            throw new DataException($"{labelled.Provenance}: {e.Message}\n  {hint}", e);
        }
    }

    private static (Preprocessing Preprocessing, long[] Shape) Prepare(RunConfig config, NetworkModel.Description? saved, Domain source, IReadOnlyList<Domain> others)
    {
        if (saved is { Network.InputShape: { } taken } && (taken.Count != source.SampleShape.Count || (taken.Count == 1 && taken[0] != source.SampleShape[0])))
            throw new DataException($"{config.Source} holds {DomainPair.Kind(source.SampleShape)}; the model in {config.Weights} takes {DomainPair.Kind(taken)}");
        if (source.SampleShape.Count == 1 && config.Augment)
            throw new ArgumentException($"augmenting is for pictures; {config.Source} has rows of features");
        if (source.SampleShape.Count == 1)
            return (config.IsShallow ? Preprocessing.None : saved?.Preprocessing ?? new Preprocessing([Standardise.Fit(source)]), [.. source.SampleShape]);

        if (saved is not null)
            return Again(config, saved.Network, saved.Preprocessing);
        if (config.Weights is not null)
            return Pretrained(config);
        bool oneSize = source.SampleShape[1] > 0 && source.SampleShape[2] > 0;
        int side = config.Size ?? (oneSize ? (int)Math.Max(source.SampleShape[1], source.SampleShape[2]) : DefaultSize);
        bool colour = source.SampleShape[0] == 3 || others.Any(static other => other.SampleShape[0] == 3);
        int channels = colour ? 3 : 1;
        double[] half = [.. Enumerable.Repeat(0.5, channels)];
        Transform[] coloured = colour ? [new Colour()] : [];
        if (config.IsShallow)
            return (new Preprocessing([new Resize(side, side), .. coloured, new ToFloat(), new AsRows()]), [channels, side, side]);
        Transform[] steps = [new Resize(side, side), .. coloured, new ToFloat(), new Normalise(half, half)];
        return (Augmented(config, steps, side, colour), [channels, side, side]);
    }

    /// <summary>What the weights were trained on.</summary>
    private static (Preprocessing Preprocessing, long[] Shape) Pretrained(RunConfig config)
    {
        InputRecipe recipe = InputRecipe.Of(config.NetworkName!, PretrainedWeights.Find(config.Weights!));
        int side = config.Size ?? recipe.Side;
        return (Augmented(config, [.. recipe.Sized(config.Size), .. recipe.Scaled], side, colour: true), [3, side, side]);
    }

    /// <summary>What a saved model's pictures went through, with other random steps.</summary>
    private static (Preprocessing Preprocessing, long[] Shape) Again(RunConfig config, NetworkSpec network, Preprocessing preprocessing)
    {
        int side = (int)network.InputShape[^1];
        if (config.Size is { } size && size != side)
            throw new ArgumentException($"--size {size}: the model in {config.Weights} takes pictures of {side}: leave --size out");
        return (Augmented(config, [.. preprocessing.Steps], side, network.InputShape[0] == 3), [.. network.InputShape]);
    }

    /// <summary>The steps with random ones among them, where augmenting is wanted: pictures move as bytes, and are recoloured as numbers from 0 to 1.</summary>
    private static Preprocessing Augmented(RunConfig config, Transform[] steps, int side, bool colour)
    {
        if (!config.Augment)
            return new Preprocessing(steps);
        int floats = Array.FindIndex(steps, static step => step is ToFloat);
        Transform[] recoloured = colour ? [new ColourJitter(Jitter, Jitter, Jitter)] : [];
        return new Preprocessing([.. steps[..floats], new RandomCrop(side / ShiftedPart), new RandomHorizontalFlip(), steps[floats], .. recoloured, .. steps[(floats + 1)..]]);
    }
}
