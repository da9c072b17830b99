using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Adversarial;

/// <summary>The plainest way to compute what the adversarial losses are made of: loops in double, and difference quotients.</summary>
internal static class AdversarialReference
{
    /// <summary>
    /// Losses of order 1 in float64: central differences of step 1e-5 are off by about 1e-10 (h² times a third derivative)
    /// and 1e-11 (rounding over h). 1e-8 leaves room for steep places, and no fault of a formula is as small.
    /// </summary>
    public const double GradientTolerance = 1e-8;

    /// <summary>A few hundred float64 operations on numbers of order 1.</summary>
    public const double ValueTolerance = 1e-12;

    public static Activations Layers(Tensor features, Tensor logits) =>
        new([("features", features), ("logits", logits), ("probabilities", Functional.Softmax(logits, 1))]);

    /// <summary>A float64 leaf with random values.</summary>
    public static Tensor Leaf(Generator generator, long rows, long columns, double shift = 0) =>
        (Tensor.Normal([rows, columns], generator, ScalarType.Float64) + shift).Detach().WithGrad();

    public static double[][] Rows(Tensor matrix) => [.. matrix.ToArray<double>().Chunk((int)matrix.Size(1))];

    /// <summary>Linear layers with max(x, 0) between, read off a module's parameters: weight, bias, weight, bias, ….</summary>
    public static double[] Forward(Module module, double[] x)
    {
        Tensor[] parameters = [.. module.NamedParameters().Select(static p => p.Value)];
        for (int layer = 0; layer < parameters.Length; layer += 2)
        {
            double[][] weight = Rows(parameters[layer]);
            double[] bias = parameters[layer + 1].ToArray<double>();
            double[] next = new double[bias.Length];
            for (int j = 0; j < bias.Length; j++)
            {
                next[j] = bias[j];
                for (int i = 0; i < x.Length; i++)
                    next[j] += weight[j][i] * x[i];
                if (layer + 2 < parameters.Length)
                    next[j] = Math.Max(next[j], 0);
            }

            x = next;
        }

        return x;
    }

    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max(), sum = scores.Sum(z => Math.Exp(z - largest));
        return [.. scores.Select(z => Math.Exp(z - largest) / sum)];
    }

    /// <summary>−log σ(score) for the source, −log(1 − σ(score)) for the target.</summary>
    public static double DomainLoss(double score, bool source) => Math.Log(1 + Math.Exp(source ? -score : score));

    /// <summary>∂value/∂leaf by central differences; the leaf is moved in place and put back.</summary>
    public static double[] Slopes(Tensor leaf, Func<double> value) => [.. Enumerable.Range(0, (int)leaf.Count).Select(i => SlopeAt(leaf, i, value))];

    public static double SlopeAt(Tensor leaf, int index, Func<double> value)
    {
        const double step = 1e-5;
        double[] elements = leaf.ToArray<double>();
        double here = elements[index];
        double up = At(here + step), down = At(here - step);
        Set(here);
        return (up - down) / (2 * step);

        double At(double moved)
        {
            Set(moved);
            using TensorScope scope = TensorScope.Begin();
            return value();
        }

        void Set(double moved)
        {
            elements[index] = moved;
            using TensorScope scope = TensorScope.Begin();
            using NoGrad noGrad = NoGrad.Begin();
            leaf.CopyInPlace(Tensor.From(elements, leaf.Shape));
        }
    }

    public static double Total(IEnumerable<LossTerm> terms) => terms.Sum(static term => term.Weight * term.Value.ToDouble());

    public static void Descend(IEnumerable<LossTerm> terms) =>
        terms.Select(static term => term.Value * term.Weight).Aggregate(static (sum, term) => sum + term).Backward();

    /// <summary>A leaf's gradient is so many times its slopes, which are not all nought.</summary>
    public static void CheckGradient(Tensor leaf, double factor, double[] slopes, string name)
    {
        Assert.NotNull(leaf.Grad);
        double[] gradient = leaf.Grad.ToArray<double>();
        Assert.Equal(slopes.Length, gradient.Length);
        Assert.All(gradient.Zip(slopes), pair =>
            Assert.True(Math.Abs(pair.First - (factor * pair.Second)) <= GradientTolerance, $"{name}: {pair.First:R} for {factor} times {pair.Second:R}"));
        Assert.True(factor == 0 || slopes.Any(static slope => Math.Abs(slope) > 1e-4), $"{name} has no slope to compare");
    }

    /// <summary>Every parameter's gradient is its slope, and not all slopes are nought.</summary>
    public static void CheckParameters(Module module, Func<double> value)
    {
        double steepest = 0;
        foreach ((string name, Tensor parameter) in module.NamedParameters())
        {
            // A last bias can have a slope of nought by itself, where two domains pull alike.
            Assert.NotNull(parameter.Grad);
            double[] slopes = Slopes(parameter, value), gradient = parameter.Grad.ToArray<double>();
            for (int i = 0; i < slopes.Length; i++)
                Assert.True(Math.Abs(slopes[i] - gradient[i]) <= GradientTolerance, $"{name}[{i}]: {gradient[i]:R}, expected {slopes[i]:R}");
            steepest = Math.Max(steepest, slopes.Max(Math.Abs));
        }

        Assert.True(steepest > 1e-4, "no parameter has a slope to compare");
    }

    /// <summary>Descends a loss by the parameters of a module alone, and returns its last value.</summary>
    public static double Play(Module module, int steps, Func<IReadOnlyList<LossTerm>> terms, double rate = 0.01)
    {
        using Adam adam = new(module, rate);
        double last = double.NaN;
        for (int i = 0; i < steps; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            IReadOnlyList<LossTerm> now = terms();
            last = Total(now);
            adam.ZeroGrad();
            Descend(now);
            adam.Step();
        }

        return last;
    }
}
