using Acclimate.Torch;

namespace Acclimate.Deep.SourceFree;

/// <summary>Batch norms whose running statistics become the target's.</summary>
internal static class TargetStatistics
{
    /// <summary>The network's batch norms, of which there must be one that may change.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IReadOnlyList<BatchNorm> Norms(string method, Module network)
    {
        BatchNorm[] norms = [.. network.Modules().OfType<BatchNorm>()];
        if (norms.Any(static norm => norm.IsFixed))
            throw new ArgumentException($"{method} adapts batch norm, and what learns beside the weights (--lora, --adapters) keeps it as it is: leave one of the two out");
        return norms.Length > 0
            ? norms
            : throw new ArgumentException($"{method}: the network has no batch norm, and that is all that {method} adapts; take another backbone or another method");
    }

    /// <summary>
    /// Replaces every batch norm's mean and variance by those of its input over all of the target, whatever the batches
    /// and their order. What reaches a layer depends on the layers before it, so a pass makes one more of them exact: as
    /// many passes as there are batch norms make all of them so.
    /// </summary>
    /// <param name="norms">The network's batch norms.</param>
    /// <param name="context">The run.</param>
    /// <param name="passes">How often the target is gone through; once a batch norm where it is none.</param>
    public static void Replace(IReadOnlyList<BatchNorm> norms, FitContext context, int? passes)
    {
        for (int pass = 0; pass < (passes ?? norms.Count); pass++)
        {
            foreach (BatchNorm norm in norms)
                norm.StartGathering();
            context.OverTarget(static (_, _) => { });
            foreach (BatchNorm norm in norms)
                norm.FinishGathering();
        }
    }
}
