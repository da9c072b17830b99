using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>How much of each source sample goes to each target sample.</summary>
/// <param name="Plan">γ: [n_s, n_t], 0 or more; rows sum to 1/n_s and columns to 1/n_t.</param>
/// <param name="Certificate">How near it is to the optimum.</param>
internal sealed record Coupling(Tensor Plan, Certificate Certificate)
{
    /// <summary>The largest violation of γ1 = 1/n_s or γᵀ1 = 1/n_t, relative to the masses.</summary>
    public static double MarginalError(Tensor plan)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = plan.Sum(1) * plan.Size(0), columns = plan.Sum(0) * plan.Size(1);
        return Math.Max((rows - 1).Abs().Max().ToDouble(), (columns - 1).Abs().Max().ToDouble());
    }
}

/// <summary>
/// A method that moves the source's samples onto the target's by a coupling of the two, every sample with the same mass
/// and at the cost of its squared distance: Courty, Flamary, Tuia, Rakotomamonjy, "Optimal Transport for Domain
/// Adaptation", IEEE TPAMI 2016. Target samples stay as they are.
/// </summary>
/// <remarks>
/// Above <see cref="Limit"/> pairs of samples both domains are split at random into as many parts, and each part of the
/// source is coupled with its part of the target: a coupling of the whole, though not the cheapest; the note says so.
/// </remarks>
public abstract class CouplingMethod : FeatureMethod
{
    private const int DrawSource = 9101;
    private const int DrawTarget = 9102;

    /// <summary>The most pairs of samples that are coupled at once.</summary>
    internal const long Limit = 4000L * 4000;

    private protected CouplingMethod()
    {
    }

    /// <summary>Couples two domains.</summary>
    /// <param name="cost">C: [n_s, n_t], the squared distances.</param>
    /// <param name="labels">The class of each source sample.</param>
    /// <param name="context">Hears of rounds; may stop.</param>
    private protected abstract Coupling Couple(Tensor cost, int[] labels, FitContext context);

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        return Learn(data, context, Limit);
    }

    /// <summary>The same with another limit.</summary>
    internal FittedFeatures Learn(FeatureData data, FitContext context, long limit)
    {
        double pairs = (double)data.SourceCount * data.TargetCount;
        int parts = (int)Math.Min(Math.Ceiling(Math.Sqrt(pairs / limit)), Math.Min(data.SourceCount, data.TargetCount));
        if (parts <= 1)
        {
            Coupling whole = Couple(PairwiseDistances.Squared(data.Source, data.Target), data.SourceLabels, context);
            return new FittedFeatures(BarycentricMap.Of(whole.Plan, data.Source, data.Target), new IdentityMap(), whole.Certificate);
        }

        Certificate certificate = new()
        {
            Notes = [FormattableString.Invariant($"{data.SourceCount:N0} × {data.TargetCount:N0} samples: both domains were split at random into {parts} parts, each coupled with its opposite; the certificate is that of the worst part")],
        };
        using Generator ofSource = context.Draw(DrawSource), ofTarget = context.Draw(DrawTarget);
        Tensor[] sources = Split(Tensor.Permutation(data.SourceCount, ofSource), parts), targets = Split(Tensor.Permutation(data.TargetCount, ofTarget), parts);
        List<Tensor> anchors = [], displacements = [];
        for (int part = 0; part < parts; part++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor x = data.Source.IndexSelect(0, sources[part]), y = data.Target.IndexSelect(0, targets[part]);
            int[] labels = Array.ConvertAll(sources[part].ToArray<long>(), i => data.SourceLabels[i]);
            Coupling some = Couple(PairwiseDistances.Squared(x, y), labels, context);
            BarycentricMap map = BarycentricMap.Of(some.Plan, x, y);
            anchors.Add(scope.Keep(map.Anchors));
            displacements.Add(scope.Keep(map.Displacements));
            certificate = certificate.And(some.Certificate);
            context.Report(part + 1, parts);
        }

        return new FittedFeatures(new BarycentricMap(Tensor.Concatenate([.. anchors]), Tensor.Concatenate([.. displacements])), new IdentityMap(), certificate);
    }

    private static Tensor[] Split(Tensor order, int parts)
    {
        long n = order.Size(0);
        return [.. Enumerable.Range(0, parts).Select(part => order.Slice(0, n * part / parts, n * (part + 1) / parts))];
    }
}
