using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>A layer's output as channels: which dimension they are, and how they are brought to samples × channels × places.</summary>
internal static class Channels
{
    /// <summary>Pictures have their channels second, tokens last, and each feature of a row is one.</summary>
    public static int Dimension(Tensor output) => output.Rank == 3 ? 2 : 1;

    /// <summary>Samples × channels × places.</summary>
    public static Tensor First(Tensor output) => output.Rank switch
    {
        2 => output.Unsqueeze(2),
        3 => output.Transpose(1, 2),
        _ => output.Flatten(2),
    };
}

/// <summary>How much the channels of a layer matter for the labels: by how much the loss grows without each.</summary>
internal static class ChannelImportance
{
    /// <summary>What the standardised growth is divided by before the softmax, in the released code of DELTA.</summary>
    private const double Softness = 5;

    /// <summary>L(without channel j) − L for every channel, over samples that are spread evenly over the source.</summary>
    /// <param name="context">The run.</param>
    /// <param name="layer">A stage of the backbone.</param>
    /// <param name="samples">How many samples; all where there are fewer.</param>
    public static double[] Of(FitContext context, string layer, int samples)
    {
        int stride = Math.Max(1, context.SourceCount / samples), seen = 0;
        int behind = context.Network.Backbone.StageIndex(layer) + 1;
        bool last = behind == context.Network.Backbone.Stages.Count();
        double[] growth = [];
        context.OverSource((activations, labels) =>
        {
            int count = (int)labels.Size(0);
            long[] chosen = [.. Enumerable.Range(0, count).Where(i => (seen + i) % stride == 0 && (seen + i) / stride < samples).Select(static i => (long)i)];
            seen += count;
            if (chosen.Length == 0)
                return;
            Tensor picks = Tensor.From(chosen), maps = activations[layer].IndexSelect(0, picks), truth = labels.IndexSelect(0, picks);
            int dimension = Channels.Dimension(maps);
            if (growth.Length == 0)
                growth = new double[maps.Size(dimension)];
            double whole = Loss(maps);
            for (int j = 0; j < growth.Length; j++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                using TensorScope scope = TensorScope.Begin();
                Tensor without = maps.Clone();
                without.Slice(dimension, j, j + 1).FillInPlace(0);
                growth[j] += Loss(without) - whole;
            }

            double Loss(Tensor from)
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor features = last ? from : context.Network.Backbone.Forward(from, behind);
                return Functional.CrossEntropy(context.Network.Head.Forward(features), truth, reduction: Reduction.Sum).ToDouble();
            }
        });
        int used = Math.Min(samples, (seen + stride - 1) / stride);
        return [.. growth.Select(sum => sum / used)];
    }

    /// <summary>softmax(z/5), z being the growth brought to mean 0 and deviation 1; the same for all where all grow alike.</summary>
    /// <param name="growth">Each channel's growth of the loss.</param>
    public static float[] Weights(double[] growth)
    {
        double mean = growth.Average(), deviation = Math.Sqrt(growth.Average(g => (g - mean) * (g - mean)));
        if (deviation == 0)
            return [.. growth.Select(_ => 1f / growth.Length)];
        double[] powers = [.. growth.Select(g => Math.Exp((g - mean) / deviation / Softness))];
        double sum = powers.Sum();
        return [.. powers.Select(power => (float)(power / sum))];
    }
}
