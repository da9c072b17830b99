using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Generalisation;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Generalisation;

public sealed class GeneralisationTests
{
    // Three groups, the second not in the batch; two steps of algorithm 1 in loops.
    [Fact]
    public void GroupWeights_FollowTheLosses_AsInAlgorithm1()
    {
        using TensorScope scope = TensorScope.Begin();
        using GroupRobustOptimisation.GroupWeights weights = new(3);
        double[] q = [1.0 / 3, 1.0 / 3, 1.0 / 3];
        (int[] Groups, double[] Losses)[] steps = [([0, 2], [0.5, 2.0]), ([0, 1, 2], [1.5, 0.1, 900])];

        foreach ((int[] groups, double[] losses) in steps)
        {
            double most = losses.Max();
            for (int g = 0; g < 3; g++)
            {
                int at = Array.IndexOf(groups, g);
                q[g] *= Math.Exp(0.3 * ((at < 0 ? 0 : losses[at]) - most));
            }

            q = [.. q.Select(each => each / q.Sum())];
            double[] found = weights.Follow(Tensor.From<double>(losses), Tensor.From<long>([.. groups.Select(static g => (long)g)]), 0.3).ToArray<double>();
            Loops.Near([.. groups.Select(g => q[g])], found, 1e-14);
        }
    }

    // With both groups there and η = 2, the loss by hand: weights e^(2ℓ) over their sum, times each group's mean loss; the weights are constants of the slope.
    [Fact]
    public void GroupDro_Task_IsTheWeighedSumOfTheGroupsMeanLosses_InValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        int[] groups = [0, 1, 0, 1, 1], labels = [0, 1, 2, 0, 2];
        Tensor logits = Loops.Sample(3, 5, 3, scale: 2);
        double[] before = Means(Loops.Rows(logits)), rise = [.. before.Select(static loss => Math.Exp(2 * loss))];
        double Reference(double[][] rows) => Means(rows).Select((loss, g) => loss * rise[g] / rise.Sum()).Sum();

        Assert.Equal(Reference(Loops.Rows(logits)), Term(logits).ToDouble(), 1e-12);
        Predictions.Steps.CheckGradient(logits, Term, Reference);

        double[] Means(double[][] rows) => [.. Enumerable.Range(0, 2).Select(g => Enumerable.Range(0, 5).Where(i => groups[i] == g).Average(i => -Math.Log(Fitting.Softmax(rows[i])[labels[i]])))];

        Tensor Term(Tensor of)
        {
            using Generator values = new(1);
            using GroupRobustOptimisation method = new() { Eta = 2 };
            method.Attach(new FitContext(Predictions.Steps.Logits(of), values) { SourceDomains = 2 });
            return Assert.Single(method.Task(Step(of, labels, groups))).Value;
        }
    }

    // Sources of 4, 3 and 1 samples: the last has no covariance and is left out.
    [Fact]
    public void Coral_IsTheSquaredDifferencesInLoops_InValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        int[] groups = [0, 1, 0, 1, 0, 1, 0, 2], labels = [0, 1, 2, 0, 2, 1, 1, 0];
        Tensor features = Loops.Sample(4, 8, 3);
        double Reference(double[][] rows)
        {
            (double[] m1, double[,] c1) = Moments([.. rows.Where((_, i) => groups[i] == 0)]);
            (double[] m2, double[,] c2) = Moments([.. rows.Where((_, i) => groups[i] == 1)]);
            double means = m1.Zip(m2, static (a, b) => (a - b) * (a - b)).Sum() / 3, covariances = 0;
            for (int a = 0; a < 3; a++)
            {
                for (int b = 0; b < 3; b++)
                    covariances += (c1[a, b] - c2[a, b]) * (c1[a, b] - c2[a, b]) / 9;
            }

            return means + covariances;
        }

        Assert.Equal(Reference(Loops.Rows(features)), Term(features).ToDouble(), 1e-12);
        Predictions.Steps.CheckGradient(features, Term, Reference);

        // Three sources: the mean over three pairs.
        Tensor[] three = [Loops.Sample(1, 3, 2), Loops.Sample(2, 4, 2), Loops.Sample(3, 5, 2)];
        double pairs = new[] { (0, 1), (0, 2), (1, 2) }.Average(pair => SourceCorrelationAlignment.Apart([three[pair.Item1], three[pair.Item2]]).ToDouble());
        Assert.Equal(pairs, SourceCorrelationAlignment.Apart(three).ToDouble(), 1e-14);

        Tensor Term(Tensor of)
        {
            using SourceCorrelationAlignment method = new();
            IReadOnlyList<LossTerm> terms = method.Task(Step(of, labels, groups));
            Assert.Equal(["task", "coral"], terms.Select(static term => term.Name));
            return terms[1].Value;
        }

        static (double[] Mean, double[,] Covariance) Moments(double[][] x)
        {
            double[] mean = [.. Enumerable.Range(0, 3).Select(j => x.Average(row => row[j]))];
            double[,] covariance = new double[3, 3];
            foreach (double[] row in x)
            {
                for (int a = 0; a < 3; a++)
                {
                    for (int b = 0; b < 3; b++)
                        covariance[a, b] += (row[a] - mean[a]) * (row[b] - mean[b]) / (x.Length - 1);
                }
            }

            return (mean, covariance);
        }
    }

    [Fact]
    public void Coral_OneSource_IsTheTaskAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using SourceCorrelationAlignment method = new();

        Assert.Equal("task", Assert.Single(method.Task(Step(Loops.Sample(4, 4, 3), [0, 1, 2, 0], []))).Name);
    }

    // Maps of 2 channels and 3 × 2 places; the statistics are constants, so that the slope is that of x/σ(x)·γ alone.
    [Fact]
    public void MixStyle_IsThePapersInLoops_InValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        int[] others = [2, 0, 1];
        double[] shares = [0.2, 1, 0.7];
        Tensor x = Loops.Sample(5, 18, 2, scale: 3).Reshape(3, 2, 3, 2);
        (double Mean, double Deviation)[][] style = [.. Maps(x.ToArray<double>()).Select(static maps => maps.Select(Style).ToArray())];
        double[] Reference(double[] flat) => [.. Maps(flat).SelectMany((maps, i) => maps.SelectMany((map, c) =>
        {
            (double mean, double deviation) = style[i][c];
            (double otherMean, double otherDeviation) = style[others[i]][c];
            double gamma = (shares[i] * deviation) + ((1 - shares[i]) * otherDeviation), beta = (shares[i] * mean) + ((1 - shares[i]) * otherMean);
            return map.Select(value => ((value - mean) / deviation * gamma) + beta);
        }))];

        Tensor leaf = x.Clone().WithGrad();
        Tensor mixed = MixedStyles.Mixed(leaf, others, Tensor.From<double>(shares)), pull = Loops.Sample(6, 18, 2).Reshape(3, 2, 3, 2);
        double[] slope = Tensor.Gradients((mixed * pull).Sum(), [leaf])[0]!.ToArray<double>(), weights = pull.ToArray<double>();

        Loops.Near(Reference(x.ToArray<double>()), mixed.ToArray<double>(), 1e-12);
        Loops.Near(Loops.FiniteDifferences(x, moved => Reference(moved.ToArray<double>()).Zip(weights, static (a, b) => a * b).Sum()), slope, 1e-7);

        // A row has no places: its style is over its units. λ = 1 leaves a sample as it is.
        Tensor rows = Loops.Sample(7, 3, 4);
        Loops.Near(rows.ToArray<double>(), MixedStyles.Mixed(rows, others, Tensor.Ones([3], ScalarType.Float64)).ToArray<double>(), 1e-12);
        Tensor styled = MixedStyles.Mixed(rows, others, Tensor.Zeros([3], ScalarType.Float64));
        Loops.Near([.. others.Select(j => Loops.Rows(rows)[j].Average())], styled.Mean(1).ToArray<double>(), 1e-12);

        static double[][][] Maps(double[] flat) => [.. flat.Chunk(12).Select(static sample => sample.Chunk(6).ToArray())];

        static (double Mean, double Deviation) Style(double[] map) => (map.Average(), Math.Sqrt(map.Average(value => (value - map.Average()) * (value - map.Average())) + 1e-6));
    }

    [Fact]
    public void MixStyle_NeverMixing_IsThePlainClassifier()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using ClassifierNetwork plain = Fitting.Fit(new SourceOnly(), source, source, 6), never = Fitting.Fit(new MixedStyles { Probability = 0 }, source, source, 6);
        using ClassifierNetwork always = Fitting.Fit(new MixedStyles { Probability = 1, Alpha = 1 }, source, source, 6);

        Assert.Empty(Fitting.Changed(plain.NamedState(), never.NamedState()));
        Assert.NotEmpty(Fitting.Changed(plain.NamedState(), always.NamedState()));
    }

    // The first 40 samples are of one source, the others of a second.
    [Fact]
    public void Fit_SourcesThatBecameOne_AreToldApartInEveryBatch()
    {
        using Domain one = Toy.Blobs("one", 40, 1), two = Toy.Blobs("two", 25, 2, shift: 50), both = Domain.Merge([one, two]);
        Spy spy = new();

        Fitting.Fit(spy, both, both, 5).Dispose();

        Assert.Equal(2, spy.Sources);
        Assert.Equal(5 * 16, spy.Seen.Count);
        Assert.All(spy.Seen, static sample => Assert.Equal(sample.First > 25 ? 1 : 0, sample.Domain));
        Assert.Equal(2, spy.Seen.Select(static sample => sample.Domain).Distinct().Count());
    }

    [Fact]
    public void Methods_OutOfRangeOptions_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator values = new(1);
        FitContext context = new(Predictions.Steps.Logits(Tensor.Ones([1, 3])), values);

        Refused(new GroupRobustOptimisation { Eta = -1 }, "eta is -1");
        Refused(new SourceCorrelationAlignment { Gamma = -1 }, "gamma is -1");
        Refused(new MixedStyles { Probability = 2 }, "probability is 2");
        Refused(new MixedStyles { Alpha = 0 }, "alpha is 0");
        Refused(new MixedStyles { MixedStages = 0 }, "stages is 0");

        void Refused(Objective method, string expected)
        {
            using (method)
                Assert.Contains(expected, Assert.Throws<ArgumentException>(() => method.Attach(context)).Message, StringComparison.Ordinal);
        }
    }

    private static TrainingStep Step(Tensor features, int[] labels, int[] groups)
    {
        Activations activations = Predictions.Steps.Logits(features);
        return new TrainingStep(new StepInfo(50, 100), activations, Tensor.From<long>([.. labels.Select(static label => (long)label)]), activations) { SourceDomains = groups };
    }

    /// <summary>Notes which source each sample of a batch is from.</summary>
    private sealed class Spy : Objective
    {
        public int Sources { get; private set; }

        public List<(float First, int Domain)> Seen { get; } = [];

        public override IReadOnlyList<Stage> Stages => [Stage.Source()];

        public override void Attach(FitContext context) => Sources = context.SourceDomains;

        public override IReadOnlyList<LossTerm> Task(TrainingStep step)
        {
            float[] last = step.SourceInputs!.Select(1, 5).ToArray<float>();
            Seen.AddRange(last.Zip(step.SourceDomains));
            return base.Task(step);
        }

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
    }
}
