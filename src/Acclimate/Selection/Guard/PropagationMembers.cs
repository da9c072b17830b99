using Acclimate.Discrepancies;
using Acclimate.Features.PseudoLabels;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Selection.Guard;

/// <summary>
/// Label propagation among the target's samples, from what the source's own classifier says in a space. A further sample gets the
/// mean of what its neighbours among the target's samples got.
/// </summary>
internal static class PropagationMembers
{
    private const int Neighbours = 10;
    private const double Halfway = 0.5, Far = 0.9;
    private const int Rows = 1024;

    public static IReadOnlyList<PoolMember> All { get; } =
    [
        Member("propagation-0.5", static spaces => spaces.Original, Halfway),
        Member("propagation-0.9", static spaces => spaces.Original, Far),
        Member("propagation-z-0.9", static spaces => spaces.Standardised, Far),
        Member("propagation-coral-0.9", static spaces => spaces.Coral, Far),
        new("propagation-other", PoolFamilies.Propagation, static spaces => Fit(spaces, spaces.Original, spaces.Other, Far)),
    ];

    private static PoolMember Member(string name, Func<PairSpaces, PairSpace> space, double alpha) =>
        new(name, PoolFamilies.Propagation, spaces => Fit(spaces, space(spaces), spaces.Choice.Base, alpha));

    private static MemberFit Fit(PairSpaces spaces, PairSpace space, SourceBase teacher, double alpha)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor seeds = spaces.Classifier(space, teacher).Probabilities(space.Target);
        GraphLaplacian graph = new(space.Target, Neighbours, EdgeWeight.Heat, normalised: true);
        Tensor spread = spaces.Own(GraphSpread.Of(graph, seeds, alpha));
        Func<Tensor, Tensor> nearest = rows => OfNeighbours(rows, space.Target, spread);
        return new MemberFit(
            spread, PairSpaces.Within(space.OfSource, nearest), PairSpaces.Within(space.OfTarget, nearest),
            space.IsOriginal ? null : space.Source, space.IsOriginal ? null : space.Target);
    }

    private static Tensor OfNeighbours(Tensor rows, Tensor target, Tensor spread)
    {
        using TensorScope all = TensorScope.Begin();
        long k = Math.Min(Neighbours, target.Size(0));
        List<Tensor> parts = [];
        for (long start = 0; start < rows.Size(0); start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor some = rows.Slice(0, start, Math.Min(start + Rows, rows.Size(0)));
            Tensor nearest = Operator.Get("aten::topk").CallMany(PairwiseDistances.Squared(some, target), k, 1L, false, false)[1];
            parts.Add(scope.Keep(spread.IndexSelect(0, nearest.Flatten()).Reshape(some.Size(0), k, spread.Size(1)).Mean(1)));
        }

        return all.Keep(Tensor.Concatenate([.. parts]));
    }
}
