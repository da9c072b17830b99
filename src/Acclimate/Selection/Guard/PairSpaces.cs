using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>Both domains in one space, the source's samples of mean squared norm 1.</summary>
/// <param name="Source">[n_s, k].</param>
/// <param name="Target">[n_t, k].</param>
/// <param name="OfSource">Takes further source samples there from the original space.</param>
/// <param name="OfTarget">The same for target samples.</param>
/// <param name="C">C of logistic regression there.</param>
/// <param name="IsOriginal">Whether it is the original space but for the scale.</param>
internal sealed record PairSpace(Tensor Source, Tensor Target, Func<Tensor, Tensor> OfSource, Func<Tensor, Tensor> OfTarget, double C, bool IsOriginal = false);

/// <summary>What was chosen on one pair, and holds where the same methods are fitted anew on another.</summary>
/// <param name="Base">The source's own classifier.</param>
/// <param name="C">C of logistic regression in the original space.</param>
/// <param name="StandardisedC">The same where each domain is standardised.</param>
internal sealed record PoolChoice(SourceBase Base, double C, double StandardisedC);

/// <summary>
/// A pair's samples as the pool's members see them: in the original space, each domain standardised by itself, and the source with
/// the target's covariance (CORAL). Each space, and each classifier of the source in it, is made once.
/// </summary>
internal sealed class PairSpaces : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly Dictionary<(PairSpace, SourceBase), FittedClassifier> fitted = [];
    private readonly Dictionary<PairSpace, PseudoLabelRounds> rounds = [];
    private PairSpace? standardised;
    private PairSpace? coral;
    private (Tensor Mean, Tensor Factor) targetScaling;

    public PairSpaces(LabelFreePair pair, PoolChoice choice, FitContext context)
    {
        Pair = pair;
        Choice = choice;
        Context = new FitContext { Seed = context.Seed, Cancellation = context.Cancellation };
        Labels = [.. pair.SourceLabels];
        using TensorScope scope = TensorScope.Begin();
        double f = ScaleOf(pair.Source);
        Original = new PairSpace(Own(pair.Source * f), Own(pair.Target * f), x => x * f, x => x * f, choice.C, IsOriginal: true);
    }

    public LabelFreePair Pair { get; }

    public PoolChoice Choice { get; }

    /// <summary>Seed and cancellation; no progress, which is told member by member.</summary>
    public FitContext Context { get; }

    public int[] Labels { get; }

    public PairSpace Original { get; }

    /// <summary>x ↦ (x − m)/s, each domain by its own; a feature that is constant becomes 0.</summary>
    public PairSpace Standardised => standardised ??= MakeStandardised();

    /// <summary>x ↦ (x − m_s)A + m_t for source samples, A = (C_s + λI)^−½ (C_t + λI)^½, λ the mean variance of a feature.</summary>
    public PairSpace Coral => coral ??= MakeCoral();

    /// <summary>The classifier that the source picked, or the other of logistic regression and 1-NN.</summary>
    public SourceBase Other => Choice.Base == SourceBase.Neighbour ? SourceBase.Logistic : SourceBase.Neighbour;

    /// <summary>What factor gives samples a mean squared norm of 1.</summary>
    public static double ScaleOf(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        double mean = samples.Square().Sum(1).Mean().ToDouble();
        return mean > 0 ? 1 / Math.Sqrt(mean) : 1;
    }

    /// <summary>A classifier of the source, as the source stands in a space.</summary>
    public FittedClassifier Classifier(PairSpace space, SourceBase kind)
    {
        if (!fitted.TryGetValue((space, kind), out FittedClassifier? found))
            fitted[(space, kind)] = found = Own(SourceChoice.Classifier(kind, space.C).Fit(space.Source, Labels, Pair.Classes));
        return found;
    }

    /// <summary>A linear classifier of standardised target samples as one of target samples in the original space, with tensors of its own.</summary>
    public FittedClassifier OfOriginalTarget(FittedClassifier classifier)
    {
        _ = Standardised;
        if (classifier is not FittedLinear linear)
            return classifier;
        using TensorScope scope = TensorScope.Begin();
        Tensor weight = linear.Weight * targetScaling.Factor.T;
        return new FittedLinear(weight.LeaveScopes(), (linear.Offset - targetScaling.Mean.MatMul(weight)).LeaveScopes());
    }

    /// <summary>JDA's coordinates in a space, and the decomposition of their scatter.</summary>
    public PseudoLabelRounds Rounds(PairSpace space, FeatureData data)
    {
        if (!rounds.TryGetValue(space, out PseudoLabelRounds? found))
        {
            rounds[space] = found = new PseudoLabelRounds(data, KernelChoice.Linear, gamma: null, Context);
            foreach (Tensor tensor in found.Tensors)
                Own(tensor);
        }

        return found;
    }

    /// <summary>What a classifier of samples in a space comes to.</summary>
    public MemberFit Member(PairSpace space, FittedClassifier classifier) => new(
        Own(classifier.Probabilities(space.Target)),
        Within(space.OfSource, classifier.Probabilities), Within(space.OfTarget, classifier.Probabilities),
        space.IsOriginal ? null : space.Source, space.IsOriginal ? null : space.Target, classifier);

    /// <summary>One function after the other, what lies between them freed.</summary>
    public static Func<Tensor, Tensor> Within(Func<Tensor, Tensor> first, Func<Tensor, Tensor> second) => rows =>
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(second(first(rows)));
    };

    /// <summary>Keeps a tensor for as long as this.</summary>
    public Tensor Own(Tensor tensor)
    {
        owned.Add(tensor.LeaveScopes());
        return tensor;
    }

    /// <summary>Keeps what holds tensors for as long as this.</summary>
    public T Own<T>(T holder)
        where T : IDisposable
    {
        owned.Add(holder);
        return holder;
    }

    public void Dispose() => owned.ForEach(static holder => holder.Dispose());

    private PairSpace MakeStandardised()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor ms, Tensor rs) = Moments(Pair.Source);
        (Tensor mt, Tensor rt) = Moments(Pair.Target);
        double f = ScaleOf((Pair.Source - ms) * rs);
        Func<Tensor, Tensor> ofSource = x => (x - ms) * rs * f, ofTarget = x => (x - mt) * rt * f;
        targetScaling = (mt, Own(rt * f));
        return new PairSpace(Own(ofSource(Pair.Source)), Own(ofTarget(Pair.Target)), ofSource, ofTarget, Choice.StandardisedC);
    }

    private (Tensor Mean, Tensor Reciprocal) Moments(Tensor samples)
    {
        Tensor deviation = samples.StandardDeviation(0, unbiased: false, keep: true);

        // What differs by rounding alone is constant.
        Tensor least = samples.Abs().Max(0, keep: true) * 1e-12;
        return (Own(samples.Mean(0, keep: true)), Own(deviation.GreaterThan(least).Where(1 / deviation, deviation.ZerosLike())));
    }

    private PairSpace MakeCoral()
    {
        using TensorScope scope = TensorScope.Begin();
        using Moments source = Features.Moments.Of(Original.Source), target = Features.Moments.Of(Original.Target);
        double lambda = (Trace(source) + Trace(target)) / (2 * source.Features);
        Tensor a = Own(CorrelationAlignment.Between(source, target, lambda > 0 ? lambda : 1).Map.Weight), ms = Own(source.Mean.Clone()), mt = Own(target.Mean.Clone());
        Func<Tensor, Tensor> move = x => (Original.OfSource(x) - ms).MatMul(a) + mt;
        return new PairSpace(Own(move(Pair.Source)), Original.Target, move, Original.OfTarget, Choice.C);

        static double Trace(Moments moments) => moments.Covariance().Diagonal().Sum().ToDouble();
    }
}
