using Acclimate.Classifiers;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Features;

/// <summary>Where a method with rounds stands.</summary>
/// <param name="Round">Rounds done, from 1.</param>
/// <param name="Rounds">All of them.</param>
public readonly record struct FitProgress(int Round, int Rounds);

/// <summary>What a fit gets beside the data and the method's own options.</summary>
public sealed record FitContext
{
    /// <summary>What gives pseudo-labels to target samples in methods with rounds, and classifies in the end. Default 1-NN.</summary>
    public Classifier Classifier { get; init; } = new NearestNeighbours();

    /// <summary>Where every random choice starts from.</summary>
    public long Seed { get; init; }

    /// <summary>How a Gaussian kernel is approximated where there are too many samples to decompose it. Default: by whichever way is nearer.</summary>
    public KernelApproximation Approximation { get; init; }

    /// <summary>Hears of every round, on the calling thread.</summary>
    public Action<FitProgress>? Progress { get; init; }

    /// <summary>Stops between two rounds.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Says that a round is done, and stops here where that was asked for.</summary>
    /// <param name="round">Rounds done, from 1.</param>
    /// <param name="rounds">All of them.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Report(int round, int rounds)
    {
        Progress?.Invoke(new FitProgress(round, rounds));
        Cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>A generator of its own for one purpose; to be disposed.</summary>
    /// <param name="purpose">A number that no other draw of the method has.</param>
    public Generator Draw(long purpose) => new(Generator.Derive(Seed, purpose));
}

/// <summary>
/// A shallow method: its options, as <c>init</c> properties, and the mathematics that learns from two domains. A new
/// method is one class with a <see cref="Catalog.MethodAttribute"/>.
/// </summary>
public abstract partial class FeatureMethod
{
    /// <summary>Learns from two domains.</summary>
    /// <param name="data">The domains; computed with in float64 whatever they are stored in.</param>
    /// <param name="context">Classifier, seed, progress, cancellation; the defaults where it is left out.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, the method needs labels that were not given, or the domains have different features and it takes none such.
    /// </exception>
    /// <exception cref="TrainingException">Samples come out as NaN or infinite values, such as those of features that don't vary.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FittedFeatures Fit(FeatureData data, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Validate();
        if (!TakesDifferentFeatures && data.Source.Size(1) != data.Target.Size(1))
            throw new ArgumentException($"the source has {data.Source.Size(1)} features and the target {data.Target.Size(1)}; {Catalog.MethodCatalog.NameOf(this)} takes domains of the same", nameof(data));
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        FeatureData borrowed = data.Borrowed();
        FittedFeatures fitted = Sound(borrowed, context ?? new FitContext());
        if (fitted.TargetLabels is { } found)
            fitted = fitted with { TargetLabels = borrowed.Corrected(found) };
        if (borrowed.Known.Count > 0 && !LearnsTargetLabels)
            fitted = fitted with { Certificate = fitted.Certificate.And(new Certificate { Notes = [$"{Catalog.MethodCatalog.NameOf(this)} can't learn from labels of the target: the {borrowed.Known.Count} that were given changed nothing"] }) };
        return Kept(fitted);
    }

    /// <summary>
    /// Whether the method, with its present options, learns from the labels of target samples where some are known: in what it fits, or in the classifier that
    /// goes with it. Where not, its certificate says so. True unless overridden.
    /// </summary>
    public virtual bool LearnsTargetLabels => true;

    /// <summary>
    /// Whether the method, with its present options, needs no more of the samples than their number, mean and covariance:
    /// it then learns from any number of samples in one pass.
    /// </summary>
    public virtual bool NeedsOnlyMoments => false;

    /// <summary>Learns from two domains' moments, where <see cref="NeedsOnlyMoments"/>.</summary>
    /// <param name="source">The source's.</param>
    /// <param name="target">The target's.</param>
    /// <param name="context">As for the other overload.</param>
    /// <exception cref="ArgumentException">
    /// The method needs the samples themselves, an option is out of range, or the domains have different features.
    /// </exception>
    public FittedFeatures Fit(Moments source, Moments target, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Validate();
        Require(NeedsOnlyMoments, $"it needs the samples themselves, not only their moments");
        if (source.Features != target.Features)
            throw new ArgumentException($"the source has {source.Features} features and the target {target.Features}; both must have the same", nameof(target));
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return Kept(Learn(source, target, context ?? new FitContext()));
    }

    /// <summary>The classes that the method's own classifier has behind the source's; none unless said.</summary>
    public virtual IReadOnlyList<string> ExtraClasses => [];

    /// <summary>Whether the domains' samples can have different features.</summary>
    public virtual bool TakesDifferentFeatures => false;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range; the message names the option, its value and its range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The method itself. Tensors that are made here and are not part of what is returned are freed by the caller.</summary>
    /// <param name="data">The domains, in float64.</param>
    /// <param name="context">Classifier, seed, progress, cancellation.</param>
    protected abstract FittedFeatures Learn(FeatureData data, FitContext context);

    /// <summary>The method itself on the domains' moments, where <see cref="NeedsOnlyMoments"/>.</summary>
    /// <param name="source">The source's.</param>
    /// <param name="target">The target's.</param>
    /// <param name="context">Classifier, seed, progress, cancellation.</param>
    protected virtual FittedFeatures Learn(Moments source, Moments target, FitContext context) =>
        throw new NotSupportedException($"{GetType().Name} says that moments are all it needs, but doesn't learn from them");

    /// <summary>Refuses an option's value.</summary>
    /// <param name="holds">Whether it is in range.</param>
    /// <param name="fault">The option, its value and what was expected.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    private protected void Require(bool holds, FormattableString fault)
    {
        if (!holds)
            throw new ArgumentException($"{Catalog.MethodCatalog.NameOf(this)}: {FormattableString.Invariant(fault)}");
    }

    private FittedFeatures Sound(FeatureData data, FitContext context)
    {
        try
        {
            return Learn(data, context);
        }
        catch (NotFiniteException e)
        {
            throw FitFailure.Of(Catalog.MethodCatalog.NameOf(this), data.Source, data.Target, e);
        }
    }

    private static FittedFeatures Kept(FittedFeatures fitted)
    {
        foreach (Tensor tensor in fitted.Tensors)
            tensor.LeaveScopes();
        return fitted;
    }
}

/// <summary>A shallow method that needs no more of the samples than their moments, whatever its options.</summary>
public abstract class MomentMethod : FeatureMethod
{
    /// <inheritdoc/>
    public sealed override bool NeedsOnlyMoments => true;

    /// <inheritdoc/>
    protected sealed override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Learn(Moments.Of(data.Source), Moments.Of(data.Target), context);
    }

    /// <inheritdoc/>
    protected abstract override FittedFeatures Learn(Moments source, Moments target, FitContext context);
}
