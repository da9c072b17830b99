using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Features;
using Acclimate.Generated;

namespace Acclimate.Benchmarks.Honest;

/// <summary>Two real domains with the same classes, between which honest choice is measured.</summary>
/// <param name="Suite">What it belongs to: nothing is calibrated on a pair's own suite.</param>
/// <param name="Name">As papers write it.</param>
/// <param name="Source">The source, as <see cref="Domain.Open"/> reads it; <c>{seed}</c> stands for the draw.</param>
/// <param name="Target">The target, with labels that only the scoring sees.</param>
/// <param name="Preprocess">What is done to the samples, as <see cref="PreprocessingRecipe"/> reads it; pictures are made rows before.</param>
public sealed record HonestPair(string Suite, string Name, string Source, string Target, string Preprocess)
{
    /// <summary>The side that pictures are brought to.</summary>
    internal const int PictureSide = 16;

    /// <summary>What is drawn of the source, and under label shift at most so many samples of either domain.</summary>
    private const double SourceShare = 0.8;

    private const int MostShifted = 700;

    /// <summary>What a class that becomes rare keeps of its target samples.</summary>
    private const double RareShare = 0.3;

    private const long OfSource = 1, OfTarget = 2, OfClasses = 3;

    /// <summary>Weights of a MobileNetV1 whose features stand for the pictures; none where samples stand for themselves.</summary>
    public string? Weights { get; init; }

    /// <summary>The name as a file can have it.</summary>
    internal string FileName => $"{Suite}-{Name.Replace('>', '-')}";

    /// <summary>
    /// The samples of one measurement. Naturally: a random four fifths of the source, and the whole target. Under label shift: at most 700
    /// of each, after a random half of the target's classes has lost all but 30 % of its samples.
    /// </summary>
    /// <param name="data">The files.</param>
    /// <param name="seed">Where the draws start from.</param>
    /// <param name="shifted">Whether under label shift.</param>
    /// <param name="folder">Where tables of features go, and are looked for.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>What is learnt from, in tensors of the open scope, and the target's classes, for scoring.</returns>
    /// <exception cref="DataException">A file is missing, or can't be read.</exception>
    internal (FeatureData Data, int[] Truth) Read(BenchmarkData data, long seed, bool shifted, string folder, CancellationToken cancellation)
    {
        Domain allSource = Open(Source), allTarget = Open(Target);
        int[] classes = allTarget.Labels!.AlignTo(allSource.Labels!.Classes).Indices;
        int[] ofSource = Drawn([.. Enumerable.Range(0, allSource.Count)], seed, OfSource, (int)(SourceShare * allSource.Count));
        int[] ofTarget = [.. Enumerable.Range(0, allTarget.Count)];
        if (shifted)
        {
            ofSource = Drawn(ofSource, seed, OfSource, MostShifted);
            ofTarget = Drawn(Thinned(classes, allSource.Labels.Classes.Count, seed), seed, OfTarget, MostShifted);
        }

        using Domain source = allSource.Take(ofSource), target = allTarget.Take(ofTarget);
        (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(Preprocess).Fit(source, target, AsRows(source, target));
        return (FeatureData.Read(source, target, s, t), [.. ofTarget.Select(i => classes[i])]);

        Domain Open(string name)
        {
            name = Drawn(name, seed);
            return Weights is null ? data.Open(name) : data.OpenFeatures(name, Weights, folder, cancellation);
        }
    }

    /// <summary>The whole source and the whole target as source strings.</summary>
    internal (string Source, string Target) Locate(BenchmarkData data, long seed, string folder, CancellationToken cancellation)
    {
        return (Located(Source), Located(Target));

        string Located(string name)
        {
            name = Drawn(name, seed);
            return Weights is null ? data.Locate(name) : data.LocateFeatures(name, null, Weights, folder, cancellation);
        }
    }

    /// <summary>The samples that are left where a random half of the classes, the larger half of an odd number, keeps 30 % of its own.</summary>
    internal static int[] Thinned(int[] classes, int count, long seed)
    {
        HashSet<int> rare = [.. Drawn([.. Enumerable.Range(0, count)], seed, OfClasses, (count + 1) / 2)];
        return [.. from sample in Enumerable.Range(0, classes.Length)
                   group sample by classes[sample] into ofClass
                   from sample in rare.Contains(ofClass.Key) ? Drawn([.. ofClass], seed, OfClasses + 1 + ofClass.Key, (int)Math.Ceiling(RareShare * ofClass.Count())) : [.. ofClass]
                   orderby sample
                   select sample];
    }

    private static string Drawn(string name, long seed) => name.Replace(BenchmarkTask.Seed, $"{seed}", StringComparison.Ordinal);

    /// <summary>At most so many of the items, at random, in order.</summary>
    private static int[] Drawn(int[] items, long seed, long purpose, int most)
    {
        int[] order = [.. items];
        new RandomStream(seed, purpose).Shuffle(order);
        return [.. order.Take(most).Order()];
    }

    /// <summary>Pictures of any size and colour as rows of one length.</summary>
    private static Preprocessing AsRows(Domain source, Domain target)
    {
        if (source.SampleShape.Count == 1)
            return Preprocessing.None;
        Transform[] coloured = source.SampleShape[0] == 3 || target.SampleShape[0] == 3 ? [new Colour()] : [];
        return new Preprocessing([new Resize(PictureSide, PictureSide), .. coloured, new ToFloat(), new AsRows()]);
    }
}
