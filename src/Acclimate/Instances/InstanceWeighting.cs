using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>What each source sample counts.</summary>
/// <param name="Values">0 or more, one a source sample, not all 0.</param>
/// <param name="Certificate">What the fit can show for itself.</param>
public sealed record InstanceWeights(double[] Values, Certificate Certificate)
{
    /// <summary>
    /// (Σw)²/Σw²: how many samples that all count the same say as much as these. Where it is small, the weights rest on a few samples, and so
    /// does what is learnt by them.
    /// </summary>
    public double EffectiveCount => Values.Sum() is var sum && sum > 0 ? sum * sum / Values.Sum(static w => w * w) : 0;
}

/// <summary>
/// A method that leaves the features as they are and says what each source sample counts, so that the weighted source is distributed
/// like the target: right where p(y|x) is the same in both domains and every target sample has source samples near it (covariate shift; Shimodaira, "Improving
/// Predictive Inference under Covariate Shift by Weighting the Log-Likelihood Function", Journal of Statistical Planning and Inference 2000).
/// </summary>
/// <remarks>
/// As a shallow method it maps nothing, and hands its weights on to the classifier (<see cref="FittedFeatures.SourceWeights"/>). A network or a regressor takes them
/// by <see cref="Weigh"/>.
/// </remarks>
public abstract class InstanceWeighting : FeatureMethod
{
    /// <summary>Whether the source's classes decide too, so that there are no weights where samples have none.</summary>
    public virtual bool NeedsClasses => false;

    /// <summary>Weighs the source's samples.</summary>
    /// <param name="data">Both domains; target labels are not looked at.</param>
    /// <param name="context">Classifier, seed, progress, cancellation; the defaults where it is left out.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public InstanceWeights Weigh(FeatureData data, FitContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Validate();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        InstanceWeights found = Decide(data.Borrowed(), context ?? new FitContext());
        if (found.Values.Any(static weight => weight > 0))
            return found with { Certificate = found.Certificate.And(new Certificate { Notes = [Said(found)] }) };
        const string None = "no source sample was found to be like the target's: they all count the same";
        return new InstanceWeights([.. Enumerable.Repeat(1.0, data.SourceCount)], found.Certificate.And(new Certificate { Notes = [None] }));
    }

    /// <inheritdoc/>
    protected sealed override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        InstanceWeights weights = Weigh(data, context);
        return new FittedFeatures(new IdentityMap(), weights.Certificate) { SourceWeights = weights.Values };
    }

    /// <summary>The method itself.</summary>
    /// <param name="data">Both domains, in float64.</param>
    /// <param name="context">Classifier, seed, progress, cancellation.</param>
    protected abstract InstanceWeights Decide(FeatureData data, FitContext context);

    /// <summary>Values over their mean; all 0 stay so.</summary>
    private protected static double[] OfMeanOne(double[] values)
    {
        double mean = values.Average();
        return mean > 0 ? Array.ConvertAll(values, value => value / mean) : values;
    }

    private static string Said(InstanceWeights weights) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{weights.Values.Length:N0} source samples weigh from {weights.Values.Min():0.###} to {weights.Values.Max():0.###}, {weights.Values.Count(static w => w == 0):N0} of them 0; they say as much as {weights.EffectiveCount:N0} that count the same");
}
