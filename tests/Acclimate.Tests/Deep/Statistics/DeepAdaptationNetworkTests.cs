using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public class DeepAdaptationNetworkTests
{
    // The loss, written out as loops over pairs: Σ_u [mean k(x,x') + mean k(y,y') − 2 mean k(x,y)] / m with equal
    // weights, unbiased, γ_u = 2^(u−2) × the mean squared distance of the pooled batch.
    [Fact]
    public void Loss_EqualWeights_EqualsTheDoubleLoop()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Tensor.Normal([6, 4], generator, ScalarType.Float64);
        Tensor target = Tensor.Normal([6, 4], generator, ScalarType.Float64) + 0.7;
        using DeepAdaptationNetwork dan = new() { Layers = ["features"], Weights = KernelWeighting.Equal };
        dan.Attach(new FitContext(Layers(source), generator));

        LossTerm term = Assert.Single(dan.Loss(new TrainingStep(new StepInfo(50, 100), Layers(source), source, Layers(target))));

        double[][] x = Rows(source);
        double[][] y = Rows(target);
        double[][] all = [.. x, .. y];
        double sum = 0;
        foreach (double[] a in all)
        {
            foreach (double[] b in all)
                sum += SquaredDistance(a, b);
        }

        double mean = sum / (all.Length * (all.Length - 1));
        double expected = 0;
        for (int u = 0; u < 5; u++)
        {
            double gamma = mean * Math.Pow(2, u - 2);
            double Kernel(double[] a, double[] b) => Math.Exp(-SquaredDistance(a, b) / gamma);
            double within = 0;
            double across = 0;
            for (int i = 0; i < 6; i++)
            {
                for (int j = 0; j < 6; j++)
                {
                    if (i != j)
                        within += Kernel(x[i], x[j]) + Kernel(y[i], y[j]);
                    across += Kernel(x[i], y[j]);
                }
            }

            expected += ((within / 30) - (2 * across / 36)) / 5;
        }

        // A few hundred float64 operations of size 1: 1e-12 leaves room for all their roundings.
        Assert.Equal(expected, term.Value.ToDouble(), 1e-12);
        Assert.Equal(Ramp.Sigmoid.At(0.5), term.Weight);
    }

    [Fact]
    public void Loss_OneTermALayer_InTheOrderGiven()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Activations batch = Layers(Tensor.Normal([8, 4], generator));
        using DeepAdaptationNetwork dan = new() { Layers = ["logits", "features"], Lambda = 0.5, Ramp = Ramp.Constant };
        dan.Attach(new FitContext(batch, generator));

        IReadOnlyList<LossTerm> terms = dan.Loss(new TrainingStep(new StepInfo(0, 10), batch, batch.Features, batch));

        Assert.Equal(["mmd.logits", "mmd.features"], terms.Select(static t => t.Name));
        Assert.All(terms, static t => Assert.Equal(0.5, t.Weight));
    }

    [Fact]
    public void Attach_UnknownLayer_NamesThoseThereAre()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using DeepAdaptationNetwork dan = new() { Layers = ["fc7"] };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => dan.Attach(new FitContext(Layers(Tensor.Ones([2, 2])), generator)));

        Assert.Equal("the network has no layer 'fc7'; it has: features, logits", thrown.Message);
    }

    [Theory]
    [InlineData("estimator", "linear-unbiased")]
    [InlineData("estimator", "quadratic-biased")]
    [InlineData("weights", "equal")]
    public void Create_Variants_AreOptions(string option, string value)
    {
        using DeepAdaptationNetwork dan = (DeepAdaptationNetwork)MethodCatalog.Find("dan").Create(new Dictionary<string, string> { [option] = value });

        Assert.Equal(value, MethodCatalog.OptionsOf(dan)[option]);
    }

    [Fact]
    public void Sigmoid_RunsFromZeroToOne()
    {
        Assert.Equal(0, Ramp.Sigmoid.At(0));
        Assert.Equal(Math.Tanh(5), Ramp.Sigmoid.At(1), 1e-15);
        Assert.Equal(1, Ramp.Constant.At(0));
    }

    private static Activations Layers(Tensor features) => new([("features", features), ("logits", features)]);

    private static double[][] Rows(Tensor matrix) => [.. Enumerable.Range(0, (int)matrix.Size(0)).Select(i =>
    {
        using Tensor row = matrix[i];
        return row.ToArray<double>();
    })];

    private static double SquaredDistance(double[] a, double[] b) => a.Zip(b, static (p, q) => (p - q) * (p - q)).Sum();
}
