using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class SelfTrainingTests
{
    // The weak half's logits are constants of the loss: the reference holds them, and their gradient must be 0.
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Loss_IsEquation4InLoops_InValueAndGradient(double threshold)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(5, 12, 3, scale: 4);
        double[][] weak = Loops.Rows(logits)[..6];
        double Reference(double[][] rows)
        {
            double[,] q = Steps.Softmax(weak), p = Steps.Softmax(rows[6..]);
            double sum = 0;
            for (int i = 0; i < 6; i++)
            {
                int label = Enumerable.Range(0, 3).MaxBy(j => q[i, j]);
                sum += q[i, label] >= threshold ? -Math.Log(p[i, label]) : 0;
            }

            return sum / 6;
        }

        Assert.Equal(Reference(Loops.Rows(logits)), Loops.ValueOf(Term(logits)), 1e-12);
        Steps.CheckGradient(logits, Term, Reference);

        Tensor Term(Tensor all)
        {
            using SelfTraining method = new() { Threshold = threshold, Align = false };
            return Terms(method, all)[0].Value;
        }
    }

    [Fact]
    public void Loss_NoPredictionIsSureEnough_IsZero()
    {
        using TensorScope scope = TensorScope.Begin();
        using SelfTraining method = new() { Align = false };

        IReadOnlyList<LossTerm> terms = Terms(method, Tensor.Zeros([8, 3]));

        Assert.Equal([0.0, 0.0], terms.Select(static term => term.Value.ToDouble()));
    }

    // The trainer's step: source and target in a weak view, and the target's strong one, in one batch; labels stay the source's.
    [Fact]
    public void Updates_OneStep_TrainsOnViewsOfBothDomains()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator first = new(1), noise = new(2);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [6], 3), first);
        using SelfTraining method = new() { Threshold = 0, Ramp = Ramp.Constant };
        TrainingStep step = new(new StepInfo(0, 10), network, noise)
        {
            SourceInputs = Tensor.Normal([5, 6], first),
            Labels = Tensor.From<long>([0, 1, 2, 0, 1]),
            TargetInputs = Tensor.Normal([4, 6], first),
        };
        method.Attach(new FitContext(network, first, network.Activate(step.SourceInputs)));

        LossTerm[] terms = [.. Assert.Single(method.Updates(Stage.Adapt)).Terms(step)];

        Assert.Equal(["task", "pseudo-labels", "confident"], terms.Select(static term => term.Name));
        Assert.Equal([1.0, 1, 0], terms.Select(static term => term.Weight));
        Assert.Equal(1, terms[2].Value.ToDouble());
        Assert.True(terms[1].Value.ToDouble() > 0);
        Assert.True(terms[1].Value.RequiresGrad);
    }

    // Predictions say class 0 for all, by 0.6 : 0.4; the source has both classes equally. As the mean prediction moves to 0.6 : 0.4,
    // its quotient takes the lean away, and a sample of 0.45 : 0.55 is of class 1 by more than it says itself.
    [Fact]
    public void Loss_Aligned_TakesTheLeanOfAllPredictionsAway()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using SelfTraining method = new() { Threshold = 0.62 };
        double lean = Math.Log(0.6 / 0.4), less = Math.Log(0.45 / 0.55);
        Tensor leaning = Tensor.From([lean, 0, lean, 0, lean, 0, lean, 0], 4, 2), other = Tensor.From([less, 0, less, 0], 2, 2);
        method.Attach(new FitContext(Steps.Logits(leaning), generator));
        Assert.Equal(0, Terms(method, other)[1].Value.ToDouble());

        for (int i = 0; i < 600; i++)
            Terms(method, leaning);

        // 0.55/0.4 : 0.45/0.6 is 0.647 : 0.353 once the mean has come to its end, short of it by 0.99^600.
        Assert.Equal(1, Terms(method, other)[1].Value.ToDouble());
        Assert.Equal(["source", "target"], method.Network!.NamedState().Select(static pair => pair.Key));
    }

    [Theory]
    [InlineData("threshold", 1.5, 1, 1)]
    [InlineData("lambda", 0.95, -1, 1)]
    [InlineData("strength", 0.95, 1, -1)]
    public void Attach_OptionOutOfRange_IsRefused(string name, double threshold, double lambda, double strength)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using SelfTraining method = new() { Threshold = threshold, Lambda = lambda, Strength = strength };

        Assert.Contains(name, Assert.Throws<ArgumentException>(() => method.Attach(new FitContext(Steps.Logits(Tensor.Ones([1, 2])), generator))).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<LossTerm> Terms(SelfTraining method, Tensor logits) =>
        method.Loss(Steps.Of(Steps.Logits(logits), Tensor.From<long>([0, 1]), Steps.Logits(logits)));
}
