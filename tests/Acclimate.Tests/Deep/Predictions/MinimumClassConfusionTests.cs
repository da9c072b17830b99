using Acclimate.Deep;
using Acclimate.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class MinimumClassConfusionTests
{
    // A few hundred float64 operations of size 1.
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(7, 3)]
    [InlineData(12, 5)]
    public void Loss_IsThePapersInLoops_InValueAndGradient(int samples, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(samples, samples, classes, scale: 3);
        double[] weights = Weights(Loops.Rows(logits), 2.5);

        Assert.Equal(Confusion(Loops.Rows(logits), weights, 2.5), Loops.ValueOf(Term(logits)), Rounding);

        // No gradient flows through W, so the reference holds it.
        Steps.CheckGradient(logits, Term, rows => Confusion(rows, weights, 2.5));
    }

    // Logits of ±400 leave nothing of a class's probability in float32: 0/0 for the paper's formula as it stands.
    [Fact]
    public void Loss_ClassWithoutAnyProbability_IsFiniteWithItsGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Tensor.From([400f, 0, -400, 400, 0, -400], 2, 3).WithGrad();

        Tensor loss = Loss(new MinimumClassConfusion(), logits).Value;

        Assert.InRange(loss.ToDouble(), 0, 1);
        Assert.All(Tensor.Gradients(loss, [logits])[0]!.ToArray<float>(), static slope => Assert.True(float.IsFinite(slope)));
    }

    [Fact]
    public void Loss_CertainAndEven_IsNoConfusion_EvenPredictions_AreTheMost()
    {
        using TensorScope scope = TensorScope.Begin();

        // p = 1 − 1e-17 for one class each: nothing off the diagonal. All alike: every entry of C̃ is 1/3, so 2 of 3 lie off it.
        Assert.Equal(0, Loss(new MinimumClassConfusion(), Tensor.Eye(3, ScalarType.Float64) * 100).Value.ToDouble(), 1e-12);
        Assert.Equal(2.0 / 3, Loss(new MinimumClassConfusion(), Tensor.Zeros([4, 3], ScalarType.Float64)).Value.ToDouble(), 1e-12);

        // One sample alone: every row of C̃ is its prediction, and the diagonal sums to 1 whatever it says.
        Assert.Equal(2.0 / 3, Loss(new MinimumClassConfusion(), Loops.Sample(1, 1, 3)).Value.ToDouble(), 1e-12);
    }

    [Fact]
    public void Attach_OptionsOutOfRange_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        FitContext context = new(Steps.Logits(Tensor.Ones([1, 2])), generator);

        Assert.Contains("temperature", Assert.Throws<ArgumentException>(() => new MinimumClassConfusion { Temperature = 0 }.Attach(context)).Message, StringComparison.Ordinal);
        Assert.Contains("lambda", Assert.Throws<ArgumentException>(() => new MinimumClassConfusion { Lambda = -1 }.Attach(context)).Message, StringComparison.Ordinal);
    }

    private static Tensor Term(Tensor logits) => Loss(new MinimumClassConfusion(), logits).Value;

    private static LossTerm Loss(Objective objective, Tensor logits)
    {
        using (objective)
            return Assert.Single(objective.Loss(Steps.Of(Steps.Logits(logits), logits, Steps.Logits(logits))));
    }

    private static double[] Weights(double[][] logits, double temperature)
    {
        double[,] p = Steps.Softmax(logits, temperature);
        double[] w = [.. Enumerable.Range(0, logits.Length).Select(i => 1 + Math.Exp(Enumerable.Range(0, logits[0].Length).Sum(j => p[i, j] * Math.Log(p[i, j]))))];
        return [.. w.Select(weight => logits.Length * weight / w.Sum())];
    }

    private static double Confusion(double[][] logits, double[] w, double temperature)
    {
        int n = logits.Length, classes = logits[0].Length;
        double[,] p = Steps.Softmax(logits, temperature);
        double sum = 0;
        for (int j = 0; j < classes; j++)
        {
            double[] c = [.. Enumerable.Range(0, classes).Select(k => Enumerable.Range(0, n).Sum(i => p[i, j] * w[i] * p[i, k]))];
            for (int k = 0; k < classes; k++)
                sum += k == j ? 0 : Math.Abs(c[k] / c.Sum());
        }

        return sum / classes;
    }
}
