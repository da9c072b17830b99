using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class ResidualTransferNetworkTests
{
    [Fact]
    public void Task_AtFirst_IsThatOfTheTargetClassifier()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 4, 7), labels = Steps.Labels(0, 1, 2, 1);
        using ResidualTransferNetwork rtn = Attached(x, generator);
        TrainingStep step = Step(x, labels, x);

        Assert.Equal(Functional.CrossEntropy(step.Source.Logits, labels).ToDouble(), Assert.Single(rtn.Task(step)).Value.ToDouble());
    }

    // f_S = f_T + W₂ max(W₁ f_T + b₁, 0) + b₂, written out.
    [Fact]
    public void Task_GoesThroughTheResidual()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 4, 7), labels = Steps.Labels(0, 1, 2, 1);
        using ResidualTransferNetwork rtn = Attached(x, generator);
        Tensor[] parameters = [.. rtn.Network!.NamedParameters().Select(static p => p.Value)];
        using (NoGrad.Begin())
        {
            foreach (Tensor parameter in parameters)
                parameter.CopyInPlace(Tensor.Normal(parameter.Shape, generator, ScalarType.Float64));
        }

        double found = Assert.Single(rtn.Task(Step(x, labels, x))).Value.ToDouble();

        double[][] w1 = Loops.Rows(parameters[0]), w2 = Loops.Rows(parameters[2]);
        double[] b1 = parameters[1].ToArray<double>(), b2 = parameters[3].ToArray<double>();
        long[] wanted = labels.ToArray<long>();
        double[][] scores = [.. Steps.Columns(Loops.Rows(x), 4, 7).Select(f =>
        {
            double[] hidden = [.. w1.Select((row, i) => Math.Max(row.Zip(f, static (p, q) => p * q).Sum() + b1[i], 0))];
            return f.Select((score, i) => score + w2[i].Zip(hidden, static (p, q) => p * q).Sum() + b2[i]).ToArray();
        })];
        double expected = -Steps.Softmax(scores).Select((row, i) => Math.Log(row[wanted[i]])).Average();

        // A few hundred float64 operations on numbers of size 10.
        Assert.Equal(expected, found, 1e-12);
    }

    [Fact]
    public void Task_KnownTargetLabels_AreLearntByTheTargetClassifier()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [6], 3), generator);
        network.Eval();
        Tensor inputs = Tensor.Normal([4, 6], generator), labels = Steps.Labels(0, 1, 2, 1);
        using ResidualTransferNetwork rtn = new();
        rtn.Attach(new FitContext(network.Activate(inputs), generator));
        using (NoGrad.Begin())
            rtn.Network!.NamedParameters().Last().Value.CopyInPlace(Tensor.From([3f, 0f, -3f]));
        TrainingStep step = new(Steps.Half, network, generator) { SourceInputs = inputs, Labels = labels, TargetInputs = inputs, KnownInputs = inputs, KnownLabels = labels };

        IReadOnlyList<LossTerm> terms = rtn.Task(step);

        Assert.Equal(["task", "task.target"], terms.Select(static t => t.Name));
        Assert.Equal(Functional.CrossEntropy(network.Activate(inputs).Logits, labels).ToDouble(), terms[1].Value.ToDouble(), 1e-5);
        Assert.NotEqual(terms[0].Value.ToDouble(), terms[1].Value.ToDouble(), 1e-2);
    }

    [Fact]
    public void Loss_IsTheFusedLayersMmdAndTheTargetsEntropy()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 6, 7), y = Loops.Sample(2, 4, 7, 0.7);
        using ResidualTransferNetwork rtn = Attached(x, generator);

        IReadOnlyList<LossTerm> terms = rtn.Loss(Step(x, Steps.Labels(), y));

        double[][] a = [.. Loops.Rows(x).Select(Outer)], b = [.. Loops.Rows(y).Select(Outer)];
        double mmd = Steps.Around(a, b, 5).Average(variance => Loops.Mmd(a, b, variance, unbiased: true));
        double entropy = Steps.Softmax(Steps.Columns(Loops.Rows(y), 4, 7)).Average(static row => -row.Sum(static p => p * Math.Log(p)));
        Assert.Equal(["mmd", "entropy"], terms.Select(static t => t.Name));

        // Squared distances of up to 1e2 from inner products: 1e-14 each, and a few hundred of them.
        Assert.Equal(mmd, terms[0].Value.ToDouble(), 1e-12);
        Assert.Equal(entropy, terms[1].Value.ToDouble(), 1e-14);
        Assert.Equal(Steps.HalfRamp, terms[0].Weight, 1e-15);
        Assert.Equal(0.1 * Steps.HalfRamp, terms[1].Weight, 1e-15);

        static double[] Outer(double[] row) => [.. row[..4].SelectMany(p => row[4..].Select(q => p * q))];
    }

    [Fact]
    public void Entropy_Gradient_AgreesWithFiniteDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 6, 7), y = Loops.Sample(2, 4, 7, 0.7).WithGrad();
        using ResidualTransferNetwork rtn = Attached(x, generator);

        double[] found = Tensor.Gradients(rtn.Loss(Step(x, Steps.Labels(), y))[1].Value, [y])[0]!.ToArray<double>();

        double[] expected = Loops.FiniteDifferences(y, moved =>
        {
            using TensorScope inner = TensorScope.Begin();
            return rtn.Loss(Step(x, Steps.Labels(), moved))[1].Value.ToDouble();
        });
        Loops.Near(expected, found, 1e-8);
        Assert.Contains(expected, static slope => Math.Abs(slope) > 1e-3);
    }

    // A probability of exactly 0 in float32: p log p is 0 there and not NaN.
    [Fact]
    public void Entropy_CertainPredictions_AreFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logits = Tensor.From([200f, -200f, 0f, -300f, 0f, 300f], 2, 3).WithGrad(), features = Tensor.Normal([2, 4], generator);
        using ResidualTransferNetwork rtn = new();
        rtn.Attach(new FitContext(Steps.Layers(features, logits), generator));

        LossTerm entropy = rtn.Loss(new TrainingStep(Steps.Half, Steps.Layers(features, logits), Steps.Labels(), Steps.Layers(features, logits)))[1];

        Assert.Equal(0, entropy.Value.ToDouble());
        Assert.True(Tensor.Gradients(entropy.Value, [logits])[0]!.IsFinite().All());
    }

    private static TrainingStep Step(Tensor x, Tensor labels, Tensor y) => new(Steps.Half, Steps.Split(x, 4), labels, Steps.Split(y, 4));

    private static ResidualTransferNetwork Attached(Tensor example, Generator generator)
    {
        ResidualTransferNetwork rtn = new();
        rtn.Attach(new FitContext(Steps.Split(example, 4), generator));
        rtn.Network!.To(ScalarType.Float64);
        return rtn;
    }
}
