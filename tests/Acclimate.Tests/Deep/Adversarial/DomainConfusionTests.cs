using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Adversarial;

public class DomainConfusionTests
{
    [Fact]
    public void Losses_EqualTheLoopsOverEquations3To9_AndSlopesEqualDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Tensor.Normal([6, 4], generator, ScalarType.Float64).WithGrad();
        Tensor target = Tensor.Normal([3, 4], generator, ScalarType.Float64).WithGrad();
        Tensor known = Tensor.Normal([2, 3], generator, ScalarType.Float64).WithGrad();
        using DomainConfusion confusion = new() { Temperature = 3 };
        confusion.Attach(new FitContext(Features(source), generator));
        confusion.Network!.To(ScalarType.Float64);
        Tensor soft = Buffer(confusion);
        soft.CopyInPlace(Functional.Softmax(Tensor.Normal([3, 3], generator, ScalarType.Float64), 1));
        Stage adapt = confusion.Stages[1];

        double[][] w = Fitting.Rows(Parameter("domains.weight").Detach());
        double[] b = Parameter("domains.bias").ToArray<double>();
        double[] Shares(double[] row) => Fitting.Softmax(w.Select((weights, d) => b[d] + weights.Zip(row, static (p, q) => p * q).Sum()));
        double[][] x = [.. Fitting.Rows(source.Detach()).Select(Shares)], y = [.. Fitting.Rows(target.Detach()).Select(Shares)];
        double domain = -(x.Average(static q => Math.Log(q[0])) + y.Average(static q => Math.Log(q[1]))) / 2;
        double undecided = x.Average(static q => -q.Average(Math.Log)) / 2;
        undecided += y.Average(static q => -q.Average(Math.Log)) / 2;
        double[][] softened = [.. Fitting.Rows(known.Detach()).Select(static row => Fitting.Softmax(row.Select(static z => z / 3)))];
        double[][] l = Fitting.Rows(soft);
        double matched = -((softened[0].Zip(l[2], static (p, t) => t * Math.Log(p)).Sum() + softened[1].Zip(l[0], static (p, t) => t * Math.Log(p)).Sum()) / 2);

        IReadOnlyList<LossTerm> terms = confusion.Loss(Step());

        // A hundred float64 operations of size 1.
        Assert.Equal(domain, Domain().ToDouble(), 1e-13);
        Assert.Equal(["confusion", "soft"], terms.Select(static t => t.Name));
        Assert.Equal([0.01, 0.1], terms.Select(static t => t.Weight));
        Assert.Equal(undecided, terms[0].Value.ToDouble(), 1e-13);
        Assert.Equal(matched, terms[1].Value.ToDouble(), 1e-13);
        Fitting.AssertSlopes(Domain, Parameter("domains.weight"));
        Fitting.AssertSlopes(() => confusion.Loss(Step())[0].Value, source);
        Fitting.AssertSlopes(() => confusion.Loss(Step())[0].Value, target);
        Fitting.AssertSlopes(() => confusion.Loss(Step())[1].Value, known);
        target.SetGrad(null);
        Domain().Backward();
        Assert.Null(target.Grad);

        Tensor Domain() => Assert.Single(confusion.Updates(adapt)[0].Terms(Step())).Value;

        Tensor Parameter(string name) => confusion.Network.NamedParameters().Single(p => p.Key == name).Value;

        TrainingStep Step() => new(new StepInfo(0, 1), Features(source), source, Features(target), new Activations([("logits", known)]))
        {
            KnownLabels = Tensor.From([2L, 0]),
        };
    }

    [Fact]
    public void Begin_SoftLabels_AreTheMeansOfTheSourceByClass()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Domain all = Toy.Blobs("source", 90, 1);
        using Domain source = all.Take([.. Enumerable.Range(0, 90).Where(static i => i % 3 != 1)]);
        using ClassifierNetwork network = Fitting.Network(source);
        using DomainConfusion confusion = new();
        Activations activations = Fitting.Activate(network, source);
        confusion.Attach(new FitContext(network, generator, activations));

        confusion.Begin(confusion.Stages[1], new FitContext(network) { SourceBatches = () => BatchLoader.InOrder(source, Preprocessing.None, 25) });

        double[][] softened = [.. Fitting.Rows(activations.Logits).Select(static row => Fitting.Softmax(row.Select(static z => z / 2)))];
        double[][] soft = Fitting.Rows(Buffer(confusion));
        Assert.Equal([0.0, 1, 0], soft[1]);
        foreach (int k in (int[])[0, 2])
        {
            double[][] own = [.. softened.Where((_, i) => source.Labels!.Indices[i] == k)];

            // Thirty float32 numbers below 1 are summed: 30 roundings of 6e-8.
            for (int j = 0; j < 3; j++)
                Assert.Equal(own.Average(row => row[j]), soft[k][j], 2e-6);
        }
    }

    // The confusion's least value is log 2, where the domain classifier tosses a coin; features that descend it get there.
    [Fact]
    public void Confusion_DescendedByTheFeatures_LeavesTheDomainClassifierUndecided()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = (Tensor.Normal([6, 4], generator) * 5).WithGrad();
        Tensor target = (Tensor.Normal([3, 4], generator) * 5).WithGrad();
        using DomainConfusion confusion = new();
        confusion.Attach(new FitContext(Features(source), generator));
        double before = Value().ToDouble();
        for (int i = 0; i < 300; i++)
        {
            Value().Backward();
            foreach (Tensor features in (Tensor[])[source, target])
            {
                using NoGrad noGrad = NoGrad.Begin();
                features.AddInPlace(features.Grad!, -10);
                features.SetGrad(null);
            }
        }

        Assert.True(before > Math.Log(2) + 0.1);
        Assert.Equal(Math.Log(2), Value().ToDouble(), 1e-3);

        Tensor Value() => confusion.Loss(new TrainingStep(new StepInfo(0, 1), Features(source), source, Features(target)))[0].Value;
    }

    private static Tensor Buffer(DomainConfusion confusion) => confusion.Network!.NamedBuffers().Single().Value;

    private static Activations Features(Tensor features) => new([("features", features), ("logits", features.Slice(1, 0, 3))]);
}
