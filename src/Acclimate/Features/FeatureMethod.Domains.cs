using Acclimate.Data;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features;

public abstract partial class FeatureMethod
{
    /// <summary>How many samples a map is settled on that goes before moments.</summary>
    private const int Settling = 4000;

    private const long DrawSettling = 9000;

    /// <summary>
    /// Learns from two domains of any size. Where moments are enough (<see cref="NeedsOnlyMoments"/>), or where there are so
    /// many samples that the method goes through features that approximate its kernel, after which moments are enough,
    /// the samples pass by in batches and are never in memory together; else they are read whole.
    /// </summary>
    /// <param name="source">The source, labelled.</param>
    /// <param name="target">The target; labels that it may have are not looked at.</param>
    /// <param name="sourcePreprocessing">What is done to the source's samples.</param>
    /// <param name="targetPreprocessing">What is done to the target's.</param>
    /// <param name="context">As for the other overloads.</param>
    /// <exception cref="ArgumentException">An option is out of range, the source has no labels that the method needs, or the domains have different features.</exception>
    /// <exception cref="DataException">A sample can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FittedFeatures Fit(Domain source, Domain target, Preprocessing sourcePreprocessing, Preprocessing targetPreprocessing, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(sourcePreprocessing);
        ArgumentNullException.ThrowIfNull(targetPreprocessing);
        Validate();
        context ??= new FitContext();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        FeatureMap lift = new IdentityMap();
        Certificate notes = new();
        if (!NeedsOnlyMoments)
        {
            long count = (long)source.Count + target.Count;
            if (Lift(() => Tensor.Concatenate([Some(source, sourcePreprocessing, 0), Some(target, targetPreprocessing, 1)]), count, context) is not { } lifted)
                return Fit(FeatureData.Read(source, target, sourcePreprocessing, targetPreprocessing), context);
            (lift, notes) = lifted;
        }

        Moments s = Moments.Of(source, sourcePreprocessing, lift, context.Cancellation), t = Moments.Of(target, targetPreprocessing, lift, context.Cancellation);
        if (s.Features != t.Features)
            throw new ArgumentException($"the source has {s.Features} features and the target {t.Features}; both must have the same", nameof(target));
        FittedFeatures fitted = Learn(s, t, context);
        return Kept(new FittedFeatures(lift.Then(fitted.Source), lift.Then(fitted.Target), fitted.Certificate.And(notes), fitted.Classifier));

        // Each domain has the part of the sample that it has of all samples.
        Tensor Some(Domain domain, Preprocessing preprocessing, long which)
        {
            int wanted = (int)Math.Clamp(Math.Ceiling((double)Settling * domain.Count / ((long)source.Count + target.Count)), 1, domain.Count);
            using Generator generator = context.Draw(Generator.Derive(DrawSettling, which));
            int[] rows = Tensor.Permutation(domain.Count, generator).Slice(0, 0, wanted).ToArray<int>();
            using Domain drawn = domain.Take(rows);
            return FeatureData.Rows(drawn, preprocessing);
        }
    }

    /// <summary>
    /// A map that some samples settle, after which the method needs only moments (<see cref="Learn(Moments, Moments, FitContext)"/>
    /// gets those of mapped samples); none where there is none, or where there are so few samples that they do better themselves.
    /// </summary>
    /// <param name="some">Draws samples of both domains at random.</param>
    /// <param name="count">How many samples there are.</param>
    /// <param name="context">Where random choices come from.</param>
    private protected virtual (FeatureMap Map, Certificate Notes)? Lift(Func<Tensor> some, long count, FitContext context) => null;
}
