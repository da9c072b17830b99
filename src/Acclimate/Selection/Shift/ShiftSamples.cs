using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>Two domains' samples as rows that can be compared, in the open scope; and the features that people have names for.</summary>
internal sealed record ShiftSamples(Tensor Source, Tensor Target)
{
    private const int PictureSide = 16;
    private const int LoadBatch = 256;

    public required Labels? SourceLabels { get; init; }

    /// <summary>The target's classes, where they are known and the source's.</summary>
    public required Labels? TargetLabels { get; init; }

    /// <summary>The features as they stand; of pictures, their appearance.</summary>
    public required Tensor SourceFeatures { get; init; }

    public required Tensor TargetFeatures { get; init; }

    public required IReadOnlyList<string>? Names { get; init; }

    public static ShiftSamples Read(Domain source, Domain target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        bool pictures = source.SampleShape.Count > 1;
        bool colour = pictures && (source.SampleShape[0] == 3 || target.SampleShape[0] == 3);
        using Domain from = DomainShift.Some(source), to = DomainShift.Some(target);
        Preprocessing same = pictures
            ? new([new Resize(PictureSide, PictureSide), .. colour ? [new Colour()] : Array.Empty<Transform>(), new ToFloat()])
            : source.Vocabulary is not null ? PreprocessingRecipe.Parse("tfidf").Fit(from, to).Source : new([Standardise.Fit(source)]);
        Tensor x = Load(from, same, cancellation), y = Load(to, same, cancellation);
        bool comparable = source.Labels is { } known && target.Labels is { } found && known.Classes.SequenceEqual(found.Classes);
        return new ShiftSamples(x.Flatten(1), y.Flatten(1))
        {
            SourceLabels = from.Labels,
            TargetLabels = comparable ? to.Labels : null,
            SourceFeatures = pictures ? Appearance(x) : x,
            TargetFeatures = pictures ? Appearance(y) : y,
            Names = !pictures ? source.FeatureNames : colour ? ["red", "green", "blue", "contrast", "detail"] : ["brightness", "contrast", "detail"],
        };
    }

    private static Tensor Load(Domain domain, Preprocessing preprocessing, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, LoadBatch, cancellation))
        {
            using (batch)
                parts.Add(batch.Inputs.To(ScalarType.Float64));
        }

        return scope.Keep(Tensor.Concatenate([.. parts]));
    }

    /// <summary>Each picture's mean of each channel, its contrast, and its detail: how far pixels are from those beside them.</summary>
    private static Tensor Appearance(Tensor pictures)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor beside = pictures.Slice(3, 1, PictureSide) - pictures.Slice(3, 0, PictureSide - 1);
        return scope.Keep(Tensor.Concatenate(
            [pictures.Mean([2, 3]), pictures.Flatten(1).StandardDeviation(1, keep: true), beside.Abs().Flatten(1).Mean(1, keep: true)], 1));
    }
}
