using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// Where the candidates of a run of networks are judged: a space that none of them made by adapting, for one in which classes were brought
/// together to fit a candidate's labels says of every candidate that it is right.
/// </summary>
internal sealed class EvidenceSpace : IDisposable
{
    /// <summary>The most samples of a domain that are looked at.</summary>
    private const int MostRows = 2000;

    /// <summary>Of more features than these, so many principal components of both domains stand for them.</summary>
    private const int MostFeatures = 256;

    /// <summary>Up to here (32×32 in colour), pixels say what a picture shows: digits and signs. Of photographs they do not.</summary>
    private const long SmallPicture = 3 * 32 * 32;

    private const long Purpose = 7100;

    private EvidenceSpace(Tensor source, Tensor target, int[] targetRows, int[] sourceLabels, int classes, string words)
    {
        Pair = new LabelFreePair(source, sourceLabels, classes, target);
        TargetRows = targetRows;
        Words = words;
    }

    /// <summary>The samples in it.</summary>
    public LabelFreePair Pair { get; }

    /// <summary>Which of the target's samples these are.</summary>
    public int[] TargetRows { get; }

    /// <summary>What it is, and why.</summary>
    public string Words { get; }

    /// <summary>The space of a run's samples.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="sourceOnly">The network that was trained on the source alone.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static EvidenceSpace Of(RunConfig config, RunData data, NetworkModel sourceOnly, CancellationToken cancellation)
    {
        int[] sourceRows = Some(data.Source.Count, config.Seed, 0), targetRows = Some(data.Target.Count, config.Seed, 1);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Domain source = data.Source.Take(sourceRows), target = data.Target.Take(targetRows);
        ((Tensor x, Tensor y), string words) = Read(config, data, sourceOnly, source, target, cancellation);
        if (x.Size(1) > MostFeatures)
        {
            using Moments ofSource = Moments.Of(x), ofTarget = Moments.Of(y), pooled = Moments.Pooled(ofSource, ofTarget);
            Tensor directions = pooled.Principal(MostFeatures).Directions;
            (x, y) = ((x - pooled.Mean).MatMul(directions), (y - pooled.Mean).MatMul(directions));
        }

        return new EvidenceSpace(scope.Keep(x), scope.Keep(y), targetRows, [.. sourceRows.Select(row => data.Source.Labels!.Indices[row])], data.Classes.Count, words);
    }

    public void Dispose()
    {
        Pair.Source.Dispose();
        Pair.Target.Dispose();
    }

    private static ((Tensor Source, Tensor Target) Samples, string Words) Read(
        RunConfig config, RunData data, NetworkModel sourceOnly, Domain source, Domain target, CancellationToken cancellation)
    {
        if (data.InputShape.Length == 1 || data.InputShape.Aggregate(1L, static (product, size) => product * size) <= SmallPicture)
        {
            Preprocessing plain = data.SourcePreprocessing.WithoutRandomness();
            return ((FeatureData.Rows(source, plain), FeatureData.Rows(target, plain)), data.InputShape.Length == 1
                ? "the samples' own features, which no candidate made"
                : "the pictures' pixels, which no candidate made");
        }

        if (config.Weights is null)
            return (Features(sourceOnly), "the features of the source's own network: of photographs, pixels would say nothing, and adapting had no part in these");
        using Generator unused = new(0);
        ClassifierNetwork network = new(sourceOnly.Network.Spec.With(null), unused);
        using NetworkModel before = new(network, sourceOnly.Classes, data.SourcePreprocessing, sourceOnly.Provenance);
        PretrainedWeights.Load(network, PretrainedWeights.Find(config.Weights));
        return (Features(before), "the features of the weights that both networks started from, which neither made");

        (Tensor Source, Tensor Target) Features(NetworkModel model) =>
            (model.Features(source, cancellation).To(ScalarType.Float64), model.Features(target, cancellation).To(ScalarType.Float64));
    }

    /// <summary>Some of the samples, drawn at random, in random order.</summary>
    private static int[] Some(int count, long seed, long domain)
    {
        using Generator generator = new(Generator.Derive(seed, Purpose, domain));
        using Tensor order = Tensor.Permutation(count, generator);
        return [.. order.ToArray<long>().Take(MostRows).Select(static row => (int)row)];
    }
}
