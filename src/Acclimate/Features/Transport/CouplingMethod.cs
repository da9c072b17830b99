using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>
/// A method that moves the source's samples onto the target's by a coupling of the two, every sample with the same mass
/// and at the cost of its squared distance: Courty, Flamary, Tuia, Rakotomamonjy, "Optimal Transport for Domain
/// Adaptation", IEEE TPAMI 2016. Target samples stay as they are, and source samples that were not seen go along with
/// their nearest neighbour that was.
/// </summary>
/// <remarks>
/// Beyond 9 million pairs of samples both domains are split at random into as few parts as leave no more in each, and each
/// part of the source is coupled with its part of the target: a coupling of the whole, though not the best; a note says so.
/// </remarks>
public abstract class CouplingMethod : FeatureMethod
{
    private const long DrawSource = 9101;
    private const long DrawTarget = 9102;

    private protected CouplingMethod()
    {
    }

    /// <summary>The most pairs of samples that are coupled at once.</summary>
    internal long PairsAtOnce { get; init; } = 3000L * 3000;

    /// <summary>Couples two domains.</summary>
    /// <param name="cost">C: [n_s, n_t], the squared distances.</param>
    /// <param name="labels">The class of each source sample.</param>
    /// <param name="context">Hears of rounds; may stop.</param>
    internal abstract Coupling Couple(Tensor cost, int[] labels, FitContext context);

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        double pairs = (double)data.SourceCount * data.TargetCount;
        int parts = (int)Math.Min(Math.Ceiling(Math.Sqrt(pairs / PairsAtOnce)), Math.Min(data.SourceCount, data.TargetCount));
        if (parts <= 1)
        {
            (BarycentricMap map, Certificate proof) = Transport(data.Source, data.Target, data.SourceLabels, context);
            return new FittedFeatures(map, new IdentityMap(), proof);
        }

        Certificate certificate = new()
        {
            Notes = [FormattableString.Invariant($"{data.SourceCount:N0} × {data.TargetCount:N0} samples: both domains were split at random into {parts} parts, each coupled with its opposite; the certificate is the worst part's")],
        };
        using Generator ofSource = context.Draw(DrawSource), ofTarget = context.Draw(DrawTarget);
        Tensor[] sources = Split(Tensor.Permutation(data.SourceCount, ofSource), parts), targets = Split(Tensor.Permutation(data.TargetCount, ofTarget), parts);
        List<BarycentricMap> maps = [];
        for (int part = 0; part < parts; part++)
        {
            using TensorScope scope = TensorScope.Begin();
            int[] labels = Array.ConvertAll(sources[part].ToArray<long>(), i => data.SourceLabels[i]);
            (BarycentricMap map, Certificate proof) = Transport(
                data.Source.IndexSelect(0, sources[part]), data.Target.IndexSelect(0, targets[part]), labels, context with { Progress = null });
            foreach (Tensor tensor in map.Tensors)
                scope.Keep(tensor);
            maps.Add(map);
            certificate = certificate.And(proof);
            context.Report(part + 1, parts);
        }

        BarycentricMap whole = new(
            Tensor.Concatenate([.. maps.Select(static map => map.Anchors)]), Tensor.Concatenate([.. maps.Select(static map => map.Images)]));
        return new FittedFeatures(whole, new IdentityMap(), certificate);
    }

    private (BarycentricMap Map, Certificate Certificate) Transport(Tensor source, Tensor target, int[] labels, FitContext context)
    {
        Coupling coupling = Couple(PairwiseDistances.Squared(source, target), labels, context);
        return (BarycentricMap.Of(coupling.Plan, source, target), coupling.Certificate);
    }

    /// <summary>Runs of an order, of the same length but for one.</summary>
    private static Tensor[] Split(Tensor order, int parts)
    {
        long n = order.Size(0);
        return [.. Enumerable.Range(0, parts).Select(part => order.Slice(0, n * part / parts, n * (part + 1) / parts))];
    }
}
