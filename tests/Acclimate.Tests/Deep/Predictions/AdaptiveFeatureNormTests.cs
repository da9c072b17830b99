using Acclimate.Deep;
using Acclimate.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class AdaptiveFeatureNormTests
{
    // The norms before the step are constants of the loss: the reference holds them.
    [Theory]
    [InlineData("norm.source")]
    [InlineData("norm.target")]
    public void Loss_Stepwise_IsStepSquaredWithTheSlopeOfGrowingNorms(string term)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Loops.Sample(1, 5, 4);
        double[] before = [.. Loops.Rows(features).Select(Norm)];
        AdaptiveFeatureNorm Safn() => new() { Step = 0.7 };

        Assert.Equal(0.49, Loops.ValueOf(Term(Safn(), term, features)), 1e-12);
        Steps.CheckGradient(features, moved => Term(Safn(), term, moved), rows => rows.Select((row, i) => Math.Pow(Norm(row) - before[i] - 0.7, 2)).Average());
    }

    [Theory]
    [InlineData("norm.source")]
    [InlineData("norm.target")]
    public void Loss_Hard_LeadsTheMeanNormToTheRadius(string term)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Loops.Sample(1, 5, 4);
        AdaptiveFeatureNorm Hafn() => new() { Norm = FeatureNorm.Hard, Radius = 3 };
        static double Reference(double[][] rows) => Math.Pow(rows.Select(Norm).Average() - 3, 2);

        Assert.Equal(Reference(Loops.Rows(features)), Loops.ValueOf(Term(Hafn(), term, features)), 1e-12);
        Steps.CheckGradient(features, moved => Term(Hafn(), term, moved), Reference);
    }

    [Fact]
    public void Loss_Entropy_IsTheTargetPredictionsMean()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Loops.Sample(1, 5, 4);
        AdaptiveFeatureNorm WithEntropy() => new() { Entropy = 0.1 };
        static double Reference(double[][] rows)
        {
            double[,] p = Steps.Softmax([.. rows.Select(static row => row[..3])]);
            return -p.Cast<double>().Sum(static share => share * Math.Log(share)) / rows.Length;
        }

        Assert.Equal(Reference(Loops.Rows(features)), Loops.ValueOf(Term(WithEntropy(), "entropy", features)), 1e-12);
        Steps.CheckGradient(features, moved => Term(WithEntropy(), "entropy", moved), Reference);
    }

    // Norms of 5, 2.6 and 1 with R = 3: the first is left alone, the second lacks 0.4 and the third a whole step. The slope is
    // along the features themselves: 2 (r − wanted)/n · f/r.
    [Fact]
    public void Loss_Stepwise_EndsAtTheRadius()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Tensor.From([3.0, 4, 0, 1, 2.4, 0, 0, 1, 0], 3, 3).WithGrad();

        Tensor loss = Term(new AdaptiveFeatureNorm { Radius = 3 }, "norm.target", features);

        Assert.Equal((0.16 + 1) / 3, loss.ToDouble(), 1e-12);
        double[] slope = Tensor.Gradients(loss, [features])[0]!.ToArray<double>();
        Loops.Near([0, 0, 0, -0.8 / 3 / 2.6, -0.8 / 3 * 2.4 / 2.6, 0, 0, -2.0 / 3, 0], slope, 1e-12);
    }

    // ReLU may leave a sample no features at all; the norm has no slope there, and the loss asks for none.
    [Fact]
    public void Loss_FeaturesOfZero_HasAFiniteGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Tensor.Zeros([2, 4]).WithGrad();

        Assert.All(Tensor.Gradients(Term(new AdaptiveFeatureNorm(), "norm.target", features), [features])[0]!.ToArray<float>(), static slope => Assert.Equal(0, slope));
    }

    [Fact]
    public void Loss_TermsAndWeights_AreThePapers()
    {
        using TensorScope scope = TensorScope.Begin();
        using AdaptiveFeatureNorm afn = new() { Ramp = Ramp.Constant };
        Activations batch = Steps.Features(Tensor.Ones([2, 4]));

        Assert.Equal([("norm.source", 0.05), ("norm.target", 0.05)], afn.Loss(Steps.Of(batch, batch.Features, batch)).Select(static term => (term.Name, term.Weight)));
    }

    private static double Norm(double[] row) => Math.Sqrt(row.Sum(static x => x * x));

    /// <summary>The features under test are the domain's that the term is of; the other domain's are others.</summary>
    private static Tensor Term(Objective objective, string name, Tensor features)
    {
        using (objective)
        {
            Activations tested = Steps.Features(features), other = Steps.Features(Loops.Sample(9, 3, 4).To(features.Type));
            bool ofSource = name == "norm.source";
            TrainingStep step = ofSource ? Steps.Of(tested, features, other) : Steps.Of(other, features, tested);
            return objective.Loss(step).Single(term => term.Name == name).Value;
        }
    }
}
