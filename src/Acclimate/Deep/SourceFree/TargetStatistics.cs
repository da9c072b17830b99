using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Deep.SourceFree;

/// <summary>Batch norms whose running statistics become the target's.</summary>
internal static class TargetStatistics
{
    /// <summary>The bytes that all samples' values between two layers may take.</summary>
    private const long MostBytes = 1L << 30;

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
    /// many passes as there are batch norms make all of them so. Where what all samples are between two layers fits in memory, a pass
    /// goes through one layer of the backbone only, and gives the same bits.
    /// </summary>
    /// <param name="norms">The network's batch norms.</param>
    /// <param name="context">The run.</param>
    /// <param name="passes">How often the target is gone through; once a batch norm where it is none.</param>
    public static void Replace(IReadOnlyList<BatchNorm> norms, FitContext context, int? passes)
    {
        if (passes is null && norms.All(context.Network.Backbone.Modules().Contains) && Fits(context))
        {
            LayerByLayer(context);
            return;
        }

        for (int pass = 0; pass < (passes ?? norms.Count); pass++)
            Gather(norms, () => context.OverTarget(static (_, _) => { }));
    }

    private static void Gather(IReadOnlyList<BatchNorm> norms, Action pass)
    {
        foreach (BatchNorm norm in norms)
            norm.StartGathering();
        pass();
        foreach (BatchNorm norm in norms)
            norm.FinishGathering();
    }

    private static void LayerByLayer(FitContext context)
    {
        List<Tensor> held = [];
        bool before = context.Network.Training;
        context.Network.Eval();
        try
        {
            using NoGrad noGrad = NoGrad.Begin();
            foreach (Batch batch in context.TargetBatches())
            {
                using (batch)
                    held.Add(batch.Inputs.Clone().LeaveScopes());
            }

            foreach (Module layer in context.Network.Backbone.Chain)
            {
                BatchNorm[] norms = [.. layer.Modules().OfType<BatchNorm>()];
                for (int pass = 0; pass < norms.Length; pass++)
                {
                    Gather(norms, () => held.ForEach(inputs =>
                    {
                        using TensorScope scope = TensorScope.Begin();
                        Forward(layer, inputs, context);
                    }));
                }

                for (int i = 0; i < held.Count; i++)
                {
                    using TensorScope scope = TensorScope.Begin();
                    Tensor next = scope.Keep(Forward(layer, held[i], context));
                    held[i].Dispose();
                    held[i] = next.LeaveScopes();
                }
            }
        }
        finally
        {
            held.ForEach(static tensor => tensor.Dispose());
            if (before)
                context.Network.Train();
        }
    }

    /// <summary>Whether what all of the target is before a layer and what it is behind it fit in memory together, for every layer; by its first sample.</summary>
    private static bool Fits(FitContext context)
    {
        bool before = context.Network.Training;
        context.Network.Eval();
        try
        {
            using NoGrad noGrad = NoGrad.Begin();
            using TensorScope scope = TensorScope.Begin();
            using Batch first = context.TargetBatches().First();
            Tensor one = first.Inputs.Slice(0, 0, 1);
            foreach (Module layer in context.Network.Backbone.Chain)
            {
                Tensor next = Forward(layer, one, context);
                if ((one.Count + next.Count) * sizeof(float) * context.TargetCount > MostBytes)
                    return false;
                one = next;
            }

            return true;
        }
        finally
        {
            if (before)
                context.Network.Train();
        }
    }

    /// <summary>What a layer gives, in a tensor of its own; the inputs stay as they are.</summary>
    private static Tensor Forward(Module layer, Tensor inputs, FitContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        using Autocast half = Autocast.Begin(context.Precision);
        Tensor output = layer.Forward(layer.OverwritesInput ? inputs.Clone() : inputs);
        return output.Address == inputs.Address ? output.Clone() : output;
    }
}
