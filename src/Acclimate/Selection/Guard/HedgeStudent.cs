using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>
/// One classifier that stands for several: it learns from what they together say of the target's samples. Logistic regression that
/// learns their probabilities, with C of 1, 10 or 100, from these samples alone or from the labelled source's too; or five nearest neighbours among their labels:
/// whichever agrees with them more often on samples that it was not trained on.
/// </summary>
/// <param name="Classifier">The student; to be disposed.</param>
/// <param name="HeldOut">What it said of each sample while it had not seen it: [n, C]; owned here.</param>
internal sealed record HedgeStudent(FittedClassifier Classifier, Tensor HeldOut) : IDisposable
{
    private const int Folds = 2;
    private const int Neighbours = 5;
    private const double Precision = 1e-4;
    private const long DrawFolds = 9301, DrawDirections = 9302;

    /// <summary>How many components stand for more than <see cref="GuardPool.MostFeatures"/> features.</summary>
    private const int Components = 500;

    /// <summary>Ways of learning: C, none being neighbours, and whether the source's samples are learnt from too.</summary>
    private static readonly (double? C, bool WithSource)[] Ways = [(1, false), (10, false), (100, false), (1, true), (10, true), (null, false)];

    /// <summary>Teaches it.</summary>
    /// <param name="samples">The target's: [n, d], float64.</param>
    /// <param name="taught">What the several say of them: [n, C]; rows sum to 1.</param>
    /// <param name="source">The source's samples in the same space: [m, d].</param>
    /// <param name="sourceLabels">The class of each.</param>
    /// <param name="context">Seed and cancellation.</param>
    public static HedgeStudent Of(Tensor samples, Tensor taught, Tensor source, IEnumerable<int> sourceLabels, FitContext context)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        if (samples.Size(1) <= GuardPool.MostFeatures)
            return Of(samples, taught, source, sourceLabels, Ways, context);

        // What is linear in the components is linear in the features.
        using Generator generator = context.Draw(DrawDirections);
        Tensor directions = RandomisedComponents.Of(Tensor.Concatenate([samples, source]), Components, generator);
        HedgeStudent narrow = Of(samples.MatMul(directions), taught, source.MatMul(directions), sourceLabels, [.. Ways.Where(static way => way.C is not null)], context);
        if (narrow.Classifier is not FittedLinear linear)
            return narrow;
        using Tensor weight = linear.Weight;
        return narrow with { Classifier = linear with { Weight = directions.MatMul(weight).LeaveScopes() } };
    }

    private static HedgeStudent Of(
        Tensor samples, Tensor taught, Tensor source, IEnumerable<int> sourceLabels, IReadOnlyList<(double? C, bool WithSource)> ways, FitContext context)
    {
        double f = PairSpaces.ScaleOf(samples);
        Tensor x = samples * f;
        (Tensor Samples, Tensor Taught) beside = (source * f, Tensor.From<long>([.. sourceLabels.Select(static label => (long)label)]).OneHot(taught.Size(1)).To(ScalarType.Float64));
        long[] labels = taught.ArgMax(1).ToArray<long>();
        ((double? C, bool WithSource) Way, double Agreed, Tensor? Said) best = default;
        foreach ((double? C, bool WithSource) way in ways)
        {
            Tensor said = HeldOutBy(way.C, x, taught, way.WithSource ? beside : null, context);
            double agreed = said.ArgMax(1).ToArray<long>().Zip(labels, static (a, b) => a == b ? 1.0 : 0).Average();
            if (best.Said is null || agreed > best.Agreed)
                best = (way, agreed, said);
        }

        using FittedClassifier fitted = Fit(best.Way.C, x, taught, best.Way.WithSource ? beside : null);
        return new HedgeStudent(Rescaled(fitted, f), best.Said!.LeaveScopes());
    }

    /// <summary>A classifier of samples that are to be multiplied by f, as one of samples as they are: with tensors of its own.</summary>
    public static FittedClassifier Rescaled(FittedClassifier classifier, double f)
    {
        using TensorScope scope = TensorScope.Begin();
        FittedClassifier rescaled = classifier switch
        {
            FittedLinear linear => new FittedLinear(linear.Weight * f, linear.Offset.Clone()),
            FittedNearestOfClass nearest => nearest with { Samples = nearest.Samples / f, Scale = nearest.Scale / (f * f) },
            FittedNearestNeighbours neighbours => neighbours with { Samples = neighbours.Samples / f },
            FittedConstant constant => constant,
            _ => throw new ArgumentException($"a {classifier.GetType().Name} has no scale", nameof(classifier)),
        };
        foreach (Tensor tensor in rescaled.Tensors)
            tensor.LeaveScopes();
        return rescaled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Classifier.Dispose();
        HeldOut.Dispose();
    }

    private static Tensor HeldOutBy(double? c, Tensor x, Tensor taught, (Tensor Samples, Tensor Taught)? beside, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = context.Draw(DrawFolds);
        long[] drawn = Tensor.Permutation(x.Size(0), generator).ToArray<long>();
        Tensor said = taught.ZerosLike();
        for (int fold = 0; fold < Folds; fold++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Tensor inside = Tensor.From(drawn.Where((_, i) => i % Folds == fold).ToArray()), outside = Tensor.From(drawn.Where((_, i) => i % Folds != fold).ToArray());
            using FittedClassifier fitted = Fit(c, x.IndexSelect(0, outside), taught.IndexSelect(0, outside), beside);
            Torch.Native.Operator.Get("aten::index_copy_").Run(said, 0L, inside, fitted.Probabilities(x.IndexSelect(0, inside)));
        }

        return scope.Keep(said);
    }

    private static FittedClassifier Fit(double? c, Tensor x, Tensor taught, (Tensor Samples, Tensor Taught)? beside)
    {
        using TensorScope scope = TensorScope.Begin();
        if (beside is var (samples, labels))
            (x, taught) = (Tensor.Concatenate([x, samples]), Tensor.Concatenate([taught, labels]));
        return c is { } given
            ? new LogisticRegression { C = given, Precision = Precision }.FitProbabilities(x, taught)
            : new NearestNeighbours { Neighbours = Neighbours }.Fit(x, Array.ConvertAll(taught.ArgMax(1).ToArray<long>(), static label => (int)label), (int)taught.Size(1));
    }
}
