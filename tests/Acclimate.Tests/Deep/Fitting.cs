using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep;

/// <summary>Small runs on made-up domains, and slopes by differences.</summary>
internal static class Fitting
{
    /// <summary>A small perceptron trained by an objective.</summary>
    public static ClassifierNetwork Fit(Objective objective, Domain source, Domain target, long steps, Domain? known = null)
    {
        ClassifierNetwork network = Network(source);
        try
        {
            new Trainer(network, objective, new TrainerOptions { Steps = steps, BatchSize = 16, Seed = 3 }).Fit(source, target, Preprocessing.None, known: known);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public static ClassifierNetwork Network(Domain source)
    {
        using Generator generator = new(3);
        return new ClassifierNetwork(new NetworkSpec("mlp", source.SampleShape, Toy.Classes), generator);
    }

    /// <summary>All samples of a domain in one batch.</summary>
    public static Batch All(Domain domain) => BatchLoader.InOrder(domain, Preprocessing.None, domain.Count).Single();

    /// <summary>What a network in use makes of all samples of a domain.</summary>
    public static Activations Activate(ClassifierNetwork network, Domain domain)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using Batch batch = All(domain);
        network.Eval();
        return network.Activate(batch.Inputs);
    }

    public static double Accuracy(ClassifierNetwork network, Domain domain)
    {
        using TensorScope scope = TensorScope.Begin();
        long[] predicted = Activate(network, domain).Logits.ArgMax(1).ToArray<long>();
        return predicted.Zip(domain.Labels!.Indices, static (a, b) => a == b ? 1.0 : 0).Average();
    }

    /// <summary>The names of the tensors of one state that another holds otherwise.</summary>
    public static string[] Changed(IEnumerable<KeyValuePair<string, Tensor>> state, IEnumerable<KeyValuePair<string, Tensor>> other) =>
        [.. state.Zip(other).Where(static pair => !pair.First.Value.SameAs(pair.Second.Value)).Select(static pair => pair.First.Key)];

    /// <summary>
    /// Compares a float64 leaf's gradient with (f(x + h) − f(x − h)) / 2h. With h = 10⁻⁵ the formula is off by h² times a
    /// third derivative, about 10⁻¹⁰ times it, and rounding adds 10⁻¹⁶/h = 10⁻¹¹ times f: 10⁻⁶ of the size is ample.
    /// </summary>
    public static void AssertSlopes(Func<Tensor> loss, Tensor leaf, int most = 24)
    {
        const double h = 1e-5;
        leaf.SetGrad(null);
        loss().Backward();
        using Tensor slope = leaf.Grad!;
        double[] slopes = slope.ToArray<double>();
        double[] values = leaf.ToArray<double>();
        Assert.Contains(slopes, static s => s != 0);
        int stride = Math.Max(1, values.Length / most);
        for (int i = 0; i < values.Length; i += stride)
            Assert.Equal((At(i, h) - At(i, -h)) / (2 * h), slopes[i], 1e-6 * Math.Max(1, Math.Abs(slopes[i])));
        Set(values);

        double At(int i, double ahead)
        {
            double[] moved = [.. values];
            moved[i] += ahead;
            Set(moved);
            return loss().ToDouble();
        }

        void Set(double[] numbers)
        {
            using NoGrad noGrad = NoGrad.Begin();
            leaf.CopyInPlace(Tensor.From(numbers, leaf.Shape));
        }
    }

    /// <summary>A matrix's rows.</summary>
    public static double[][] Rows(Tensor matrix)
    {
        double[] all = matrix.To(ScalarType.Float64).ToArray<double>();
        return [.. all.Chunk((int)matrix.Size(1))];
    }

    /// <summary>The softmax of numbers.</summary>
    public static double[] Softmax(IEnumerable<double> scores)
    {
        double[] powers = [.. scores.Select(Math.Exp)];
        return [.. powers.Select(p => p / powers.Sum())];
    }

    /// <summary>−Σ p log p.</summary>
    public static double Entropy(IEnumerable<double> shares) => -shares.Sum(static p => p == 0 ? 0 : p * Math.Log(p));
}
