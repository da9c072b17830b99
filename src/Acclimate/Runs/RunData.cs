using Acclimate.Data;
using Acclimate.Data.Transforms;

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

    private RunData(Domain source, Domain target, Domain? scoring, Preprocessing preprocessing, long[] inputShape)
    {
        Source = source;
        Target = target;
        Scoring = scoring;
        Preprocessing = preprocessing;
        InputShape = inputShape;
    }

    public Domain Source { get; }

    public Domain Target { get; }

    /// <summary>Labelled samples of the target's domain, coded as the source's classes are.</summary>
    public Domain? Scoring { get; }

    public Preprocessing Preprocessing { get; }

    /// <summary>The shape of one sample when the network sees it.</summary>
    public long[] InputShape { get; }

    public IReadOnlyList<string> Classes => Source.Labels!.Classes;

    public static RunData Open(RunConfig config, CancellationToken cancellation)
    {
        List<Domain> open = [];
        try
        {
            Domain source = Hold(Domain.Open(config.Source, new DomainOptions { Strict = config.Strict }));
            if (!source.IsLabelled)
                throw new DataException($"{config.Source} has no labels; the source needs them (for pictures: one folder a class)");
            DomainOptions likeSource = new() { Strict = config.Strict, Encoder = source.Encoder, FeatureCount = source.SampleShape.Count == 1 ? (int)source.SampleShape[0] : null };
            Domain target = Hold(Domain.Open(config.Target, likeSource));
            Domain? scoring = config.Test is not null ? Hold(Domain.Open(config.Test, likeSource)) : target.IsLabelled ? target : null;
            if (scoring is { IsLabelled: false })
                throw new DataException($"{config.Test} has no labels; --test takes labelled samples, for scoring only");
            DomainPair.Check(source, target);

            (Preprocessing preprocessing, long[] shape) = Prepare(config, source, target);
            Domain unlabelled = Hold(target.Unlabelled());
            Domain? coded = scoring is null ? null : Hold(scoring.WithLabels(scoring.Labels!.AlignTo(source.Labels!.Classes)));
            RunData data = new(
                source.Prepare(preprocessing, cancellation: cancellation),
                unlabelled.Prepare(preprocessing, cancellation: cancellation),
                coded?.Prepare(preprocessing, cancellation: cancellation),
                preprocessing,
                shape);
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
        Scoring?.Dispose();
    }

    private static (Preprocessing Preprocessing, long[] Shape) Prepare(RunConfig config, Domain source, Domain target)
    {
        if (source.SampleShape.Count == 1 && config.Augment)
            throw new ArgumentException($"augmenting is for pictures; {config.Source} has rows of features");
        if (source.SampleShape.Count == 1)
            return (new Preprocessing([Standardise.Fit(source)]), [.. source.SampleShape]);

        bool oneSize = source.SampleShape[1] > 0 && source.SampleShape[2] > 0;
        int side = config.Size ?? (oneSize ? (int)Math.Max(source.SampleShape[1], source.SampleShape[2]) : DefaultSize);
        bool colour = source.SampleShape[0] == 3 || target.SampleShape[0] == 3;
        int channels = colour ? 3 : 1;
        double[] half = [.. Enumerable.Repeat(0.5, channels)];
        Transform[] recoloured = colour ? [new ColourJitter(Jitter, Jitter, Jitter)] : [];
        Transform[] augmented = config.Augment ? [new RandomCrop(side / ShiftedPart), new RandomHorizontalFlip(), .. recoloured] : [];
        Transform[] coloured = colour ? [new Colour()] : [];
        Transform[] steps = [new Resize(side, side), .. coloured, .. augmented, new ToFloat(), new Normalise(half, half)];
        return (new Preprocessing(steps), [channels, side, side]);
    }
}
