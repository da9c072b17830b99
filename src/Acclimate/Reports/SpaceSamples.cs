using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Embeddings;
using Acclimate.Runs;
using Acclimate.Selection;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Reports;

/// <summary>
/// Looks at some samples of both domains before and after adaptation. Which ones is decided by their order alone. Target
/// labels are looked at only where they were kept for scoring, to colour what is drawn.
/// </summary>
internal static class SpaceSamples
{
    private const int Most = 300;
    private const int MostLarge = 100;
    private const int LargeSide = 96;
    private const int Batch = 64;
    private const int PictureSide = 16;

    /// <summary>What the source's own model is called among the members of a hedge.</summary>
    private const string SourceOnly = GuardedNetworkRun.SourceOnly;

    /// <summary>Takes samples, and sees them as the run's model does.</summary>
    /// <param name="config">What the run is made of.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="model">What it came to.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="DataException">A sample can't be read.</exception>
    /// <exception cref="ArgumentException">A domain has fewer than two samples, or features are not finite.</exception>
    public static Spaces Of(RunConfig config, RunData data, TransferModel model, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        int[] from = Spaced(data.Source, data.InputShape), to = Spaced(data.Target, data.InputShape);
        using Domain source = data.Source.Take(from), target = data.Target.Take(to);
        (TransferModel shown, string part) = Shown(model, config.Method);
        (Sides before, string whatBefore) = Before(config, data, shown, SourceOf(model), source, target, cancellation);
        (Sides after, string whatAfter) = After(data, shown, source, target, cancellation);
        bool same = Same(before, after);
        bool known = data is { Scoring: not null, ScoredRows: null } && config.Test is null;
        int[] classes = known ? data.Scoring!.Labels!.Take(to).Indices : [.. model.Predict(target, cancellation).Indices];
        return new Spaces(
            source.Labels!.Indices, classes, known,
            See(before, whatBefore, config.Seed, cancellation), same ? null : See(after, whatAfter + part, config.Seed, cancellation));
    }

    /// <summary>Samples at even distances, so that a file sorted by class is met in full.</summary>
    private static int[] Spaced(Domain domain, long[] shape)
    {
        int count = Math.Min(domain.Count, shape.Length == 3 && shape[^1] > LargeSide ? MostLarge : Most);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * domain.Count / count))];
    }

    /// <summary>The model whose features are shown: of a mixture the method's own, or the one that weighs most beside the source's.</summary>
    private static (TransferModel Model, string Part) Shown(TransferModel model, string method)
    {
        if (model is not MixtureModel { Members: var members })
            return (model, string.Empty);
        MixtureMember shown = members.FirstOrDefault(member => member.Name == method) ?? members.Where(static member => member.Name != SourceOnly).MaxBy(static member => member.Weight) ?? members[0];
        return (shown.Model, $" (of {shown.Name}, which is a part of the model)");
    }

    /// <summary>The source's own model, where a mixture has it as a member.</summary>
    internal static TransferModel? SourceOf(TransferModel model) => (model as MixtureModel)?.Members.FirstOrDefault(static member => member.Name == SourceOnly)?.Model;

    private static (Sides Sides, string What) Before(
        RunConfig config, RunData data, TransferModel model, TransferModel? plain, Domain source, Domain target, CancellationToken cancellation)
    {
        if (model is FeatureModel)
            return (new Sides(Inputs(data, source, data.SourcePreprocessing, 0, cancellation), Inputs(data, target, data.TargetPreprocessing, 0, cancellation)), "the features that the method was given");
        if (plain is NetworkModel)
            return (new Sides(plain.Features(source, cancellation), plain.Features(target, cancellation)), "the features of the source’s own network, which was trained without the target");
        if (config.Weights is null || model is not NetworkModel trained)
        {
            string given = data.InputShape.Length == 3 ? "the pictures, as the network is given them, made small" : "the features that the network is given";
            return (new Sides(Inputs(data, source, data.SourcePreprocessing, PictureSide, cancellation), Inputs(data, target, data.TargetPreprocessing, PictureSide, cancellation)), given);
        }

        using Objective objective = config.Objective();
        using Generator firstValues = new(Generator.Derive(config.Seed, NetworkRun.FirstValues));
        using NetworkModel first = new(
            new ClassifierNetwork(NetworkRun.SpecOf(config, data.InputShape, trained.Classes.Count, objective), firstValues),
            trained.Classes, data.SourcePreprocessing, trained.Provenance, trained.Encoder, trained.Vocabulary);
        NetworkRun.Start(first.Network, config, trained.Classes, firstValues, resumed: false);
        return (new Sides(first.Features(source, cancellation), first.Features(target, cancellation)), "the features of the network that training started from");
    }

    private static (Sides Sides, string What) After(RunData data, TransferModel model, Domain source, Domain target, CancellationToken cancellation)
    {
        if (model is not FeatureModel shallow)
            return (new Sides(model.Features(source, cancellation), model.Features(target, cancellation)), "the features that the model's classifier sees");
        Tensor x = Inputs(data, source, shallow.Source.Preprocessing, 0, cancellation), y = Inputs(data, target, shallow.Target.Preprocessing, 0, cancellation);
        return (new Sides(shallow.Source.Map.Apply(x), shallow.Target.Map.Apply(y)), "the features that the method maps to");
    }

    /// <summary>Samples as rows in float64, pictures averaged to a side where one is given.</summary>
    private static Tensor Inputs(RunData data, Domain domain, Preprocessing preprocessing, int side, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, Batch, cancellation))
        {
            using (batch)
            {
                Tensor inputs = batch.Inputs.To(ScalarType.Float64);
                bool large = side > 0 && data.InputShape.Length == 3 && inputs.Rank == 4 && (inputs.Size(2) > side || inputs.Size(3) > side);
                parts.Add((large ? Functional.AdaptiveAvgPool2d(inputs, side) : inputs).Flatten(1).Clone());
            }
        }

        return scope.Keep(Tensor.Concatenate([.. parts]));
    }

    private static bool Same(Sides one, Sides other) =>
        one.Source.Size(1) == other.Source.Size(1) && one.Source.To(ScalarType.Float64).SameAs(other.Source.To(ScalarType.Float64))
        && one.Target.To(ScalarType.Float64).SameAs(other.Target.To(ScalarType.Float64));

    private static Space See(Sides sides, string what, long seed, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = sides.Source.To(ScalarType.Float64), y = sides.Target.To(ScalarType.Float64), both = Tensor.Concatenate([x, y]);
        Tensor plane = PrincipalPlane.Of(both), neighbours = new Tsne { Seed = seed }.Fit(both, cancellation).Points;
        cancellation.ThrowIfCancellationRequested();
        return new Space(what, (int)x.Size(1), PointsOf(plane), PointsOf(neighbours), DomainShift.OfFeatures(x, y));
    }

    private static Points PointsOf(Tensor plane) =>
        new(plane.Select(1, 0).Contiguous().ToArray<double>(), plane.Select(1, 1).Contiguous().ToArray<double>());

    /// <summary>Both domains' features.</summary>
    private readonly record struct Sides(Tensor Source, Tensor Target);
}
