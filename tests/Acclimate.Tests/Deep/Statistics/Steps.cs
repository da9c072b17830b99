using Acclimate.Deep;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

/// <summary>Steps over made-up layers in float64.</summary>
internal static class Steps
{
    /// <summary>The step in the middle of a run, where the sigmoid ramp is tanh(2.5).</summary>
    public static readonly StepInfo Half = new(50, 100);

    public static readonly double HalfRamp = Math.Tanh(2.5);

    public static Activations Layers(Tensor features, Tensor logits) =>
        new([("features", features), ("logits", logits), ("probabilities", Functional.Softmax(logits, 1))]);

    /// <summary>Features and logits of a sample, side by side in one matrix, so that one gradient shows both.</summary>
    public static Activations Split(Tensor both, int features) => Layers(both.Slice(1, 0, features), both.Slice(1, features, both.Size(1)));

    public static Tensor Labels(params long[] labels) => Tensor.From(labels);

    public static double[][] Softmax(double[][] logits) => [.. logits.Select(static row =>
    {
        double sum = row.Sum(Math.Exp);
        return row.Select(value => Math.Exp(value) / sum).ToArray();
    })];

    /// <summary>Where γᵤ double around the mean squared distance, these are the σᵤ².</summary>
    public static double[] Around(double[][] x, double[][] y, int kernels)
    {
        double mean = Loops.PooledDistances(x, y).Average();
        return [.. Enumerable.Range(0, kernels).Select(u => mean / 2 * Math.Pow(2, u - (kernels / 2)))];
    }

    public static double[][] Columns(double[][] rows, int start, int end) => [.. rows.Select(row => row[start..end])];
}
