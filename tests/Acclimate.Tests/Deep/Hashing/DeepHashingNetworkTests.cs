using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Hashing;
using Acclimate.Discrepancies;
using Acclimate.Metrics;
using Acclimate.Tests.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Hashing;

public sealed class DeepHashingNetworkTests
{
    private static readonly long[] Labels = [0, 0, 1, 2, 1];

    [Fact]
    public void Hash_IsThePapersInLoops_InValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor codes = Codes(1, 5);
        static double Reference(double[][] u)
        {
            double sum = 0, weights = 0;
            for (int i = 0; i < u.Length; i++)
            {
                for (int j = 0; j < u.Length; j++)
                {
                    double omega = Dot(u[i], u[j]) / 2, s = Labels[i] == Labels[j] ? 1 : 0, weight = s == 1 ? 10 : 1;
                    sum += weight * (Math.Log(1 + Math.Exp(omega)) - (s * omega));
                    weights += weight;
                }
            }

            return sum / weights;
        }

        Assert.Equal(Reference(Loops.Rows(codes)), Loops.ValueOf(OfSource("hash", codes)), 1e-12);
        Steps.CheckGradient(codes, moved => OfSource("hash", moved), Reference);
    }

    [Fact]
    public void Quantisation_IsTheMeanSquaredDistanceFromTheSigns()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor codes = Codes(2, 5);
        static double Reference(double[][] u) => u.SelectMany(static row => row).Average(static x => (Math.Sign(x) - x) * (Math.Sign(x) - x));

        Assert.Equal(Reference(Loops.Rows(codes)), Loops.ValueOf(OfSource("quantisation", codes)), 1e-12);
        Steps.CheckGradient(codes, moved => OfSource("quantisation", moved), Reference);
    }

    // Classes of 2, 2 and 1 samples, and a fourth that the batch lacks.
    [Fact]
    public void Entropy_IsThePapersInLoops_InValueAndGradientOfBothDomains()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Codes(3, 5), target = Codes(4, 4);
        double[][] s = Loops.Rows(source), t = Loops.Rows(target);

        Assert.Equal(Reference(s, t), Loops.ValueOf(Term("entropy", source, target)), 1e-12);
        Steps.CheckGradient(source, moved => Term("entropy", moved, target), rows => Reference(rows, t));
        Steps.CheckGradient(target, moved => Term("entropy", source, moved), rows => Reference(s, rows));

        static double Reference(double[][] source, double[][] target)
        {
            double sum = 0;
            foreach (double[] u in target)
            {
                double[] similar = [.. Enumerable.Range(0, 3).Select(j => source.Where((_, k) => Labels[k] == j).Average(v => Math.Exp(Dot(u, v))))];
                sum -= similar.Sum(share => share / similar.Sum() * Math.Log(share / similar.Sum()));
            }

            return sum / target.Length;
        }
    }

    [Fact]
    public void Discrepancy_LastStageAndCodes_AreTheUnbiasedMultiKernelMmd()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Codes(3, 5), target = Codes(4, 4);
        MultiKernelMmd mmd = new() { Estimator = MmdEstimator.QuadraticUnbiased, Weighting = KernelWeighting.Equal };

        Assert.Equal(mmd.Estimate(source, target).ToDouble(), Term("mmd.features", source, target).ToDouble(), 1e-12);
        Assert.Equal(mmd.Estimate(source * 0.5, target * 0.5).ToDouble(), Term("mmd.fc1", source, target).ToDouble(), 1e-12);
    }

    // Codes of 64 bits at their signs: Ω is ±32 and the similarities ±64, where e^x leaves float32's room for shares.
    [Fact]
    public void Loss_CodesAtTheirSigns_IsFiniteWithItsGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Tensor.Normal([5, 64], generator).Sign().WithGrad(), target = Tensor.Concatenate([source.Detach(), -source.Detach()]).WithGrad();
        IReadOnlyList<LossTerm> terms = Terms(source, target, 3);

        Tensor loss = terms.Select(static term => term.Value).Aggregate(static (sum, value) => sum + value);
        foreach (Tensor? gradient in Tensor.Gradients(loss, [source, target]))
            Assert.True(gradient!.IsFinite().All());
        Assert.All(terms, static term => Assert.True(double.IsFinite(term.Value.ToDouble())));
    }

    // What the paper promises: target samples find source samples of their class by their codes. Codes of an untrained
    // network find some already; trained ones must find nearly all.
    [Fact]
    public void Fit_MovedBlobs_CodesFindTheClassAcrossDomains()
    {
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 90, 2, shift: 0.5);
        using NetworkModel untrained = Model(0), trained = Model(80);

        double before = Found(untrained), after = Found(trained);

        Assert.True(after > 0.9, $"mean average precision {after}");
        Assert.True(after > before + 0.1, $"{before} to {after}");

        NetworkModel Model(int steps)
        {
            using DeepHashingNetwork dhn = new() { Bits = 24 };
            using Generator generator = new(1);
            NetworkSpec spec = new("mlp", [6], 3) { Bottleneck = dhn.Bottleneck };
            NetworkModel model = new(new ClassifierNetwork(spec, generator), ["ant", "bee", "cat"], Preprocessing.None, new Provenance("dhn", new Dictionary<string, string>(), "s", "t", 1, steps, "0", "0"));
            if (steps > 0)
                new Trainer(model.Network, dhn, new TrainerOptions { Steps = steps, BatchSize = 32, Seed = 1 }).Fit(source, target, Preprocessing.None);
            return model;
        }

        double Found(NetworkModel model) => Retrieval.Score(
            model.Codes(target, TestContext.Current.CancellationToken), target.Labels!.Indices, model.Codes(source, TestContext.Current.CancellationToken), source.Labels!.Indices)!.MeanAveragePrecision;
    }

    [Fact]
    public void Attach_UnknownLayerOrBits_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        FitContext context = new(Steps.Features(Tensor.Ones([2, 4])), generator);
        using DeepHashingNetwork layer = new() { Layers = ["fc7"] }, bits = new() { Bits = 0 };

        Assert.Contains("fc7", Assert.Throws<ArgumentException>(() => layer.Attach(context)).Message, StringComparison.Ordinal);
        Assert.Contains("bits", Assert.Throws<ArgumentException>(() => bits.Attach(context)).Message, StringComparison.Ordinal);
    }

    private static Tensor Codes(long seed, int samples) => Loops.Sample(seed, samples, 6).Tanh();

    private static Tensor OfSource(string name, Tensor codes) => Term(name, codes, Codes(9, 4));

    private static Tensor Term(string name, Tensor source, Tensor target) => Terms(source, target, 4).Single(term => term.Name == name).Value;

    private static IReadOnlyList<LossTerm> Terms(Tensor source, Tensor target, long classes)
    {
        using DeepHashingNetwork dhn = new() { Layers = ["last-stage", "features"] };
        using Generator generator = new(1);
        Activations ofSource = Steps.Features(source, classes);
        dhn.Attach(new FitContext(ofSource, generator));
        return dhn.Loss(Steps.Of(ofSource, Tensor.From(Labels), Steps.Features(target, classes)));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
