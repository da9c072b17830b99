using Acclimate.Deep;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

/// <summary>Steps over made-up activations, for losses that are functions of features and logits.</summary>
internal static class Steps
{
    /// <summary>A step in the middle of a run.</summary>
    public static TrainingStep Of(Activations source, Tensor labels, Activations target) => new(new StepInfo(50, 100), source, labels, target);

    /// <summary>Activations of a network that gives these logits.</summary>
    public static Activations Logits(Tensor logits) =>
        new([("features", logits), ("logits", logits), ("probabilities", Functional.Softmax(logits, 1))]);

    /// <summary>Activations of a network that gives these features, with one logit each and all of one stage.</summary>
    public static Activations Features(Tensor features, long classes = 3) =>
        new([("fc1", features * 0.5), ("features", features), ("logits", features.Slice(1, 0, classes)), ("probabilities", Functional.Softmax(features.Slice(1, 0, classes), 1))]);

    public static double[,] Softmax(double[][] logits, double temperature = 1)
    {
        double[,] p = new double[logits.Length, logits[0].Length];
        for (int i = 0; i < logits.Length; i++)
        {
            double sum = logits[i].Sum(z => Math.Exp(z / temperature));
            for (int j = 0; j < logits[i].Length; j++)
                p[i, j] = Math.Exp(logits[i][j] / temperature) / sum;
        }

        return p;
    }

    /// <summary>The gradient of a term by a sample agrees with finite differences of a reference.</summary>
    public static void CheckGradient(Tensor sample, Func<Tensor, Tensor> term, Func<double[][], double> reference, double tolerance = 1e-8)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor leaf = sample.Clone().WithGrad();
        Tensor gradient = Tensor.Gradients(term(leaf), [leaf])[0]!;
        double[] expected = Loops.FiniteDifferences(sample, moved => reference(Loops.Rows(moved)));
        Loops.Near(expected, gradient.ToArray<double>(), tolerance);
        Assert.Contains(expected, slope => Math.Abs(slope) > 100 * tolerance);
    }
}
