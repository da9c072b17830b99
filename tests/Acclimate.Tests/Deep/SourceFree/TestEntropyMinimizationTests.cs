using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.SourceFree;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.SourceFree;

public class TestEntropyMinimizationTests
{
    [Fact]
    public void Fit_MovesBatchNormsScalesAndShiftsAlone()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using SourceOnly plain = new();
        using TestEntropyMinimization tent = new() { Pretraining = 0.5 };
        using ClassifierNetwork before = Fitting.Fit(plain, source, target, 10);
        using ClassifierNetwork after = Fitting.Fit(tent, source, target, 20);

        Assert.Equal(
            ["backbone.fc1.1.weight", "backbone.fc1.1.bias", "backbone.fc2.1.weight", "backbone.fc2.1.bias"],
            Fitting.Changed(before.NamedParameters(), after.NamedParameters()));
    }

    [Fact]
    public void Fit_PredictionsOnTheTargetAreSurerThanByStatisticsAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 150, 2, shift: 2);
        using AdaptiveBatchNorm adabn = new();
        using TestEntropyMinimization tent = new() { Pretraining = 0.5 };
        using ClassifierNetwork before = Fitting.Fit(adabn, source, target, 40);
        using ClassifierNetwork after = Fitting.Fit(tent, source, target, 80);

        double unsure = SoftmaxEntropy.OfEach(Fitting.Activate(before, target).Logits).ToDouble();
        double surer = SoftmaxEntropy.OfEach(Fitting.Activate(after, target).Logits).ToDouble();

        Assert.True(surer < 0.9 * unsure, $"entropy {surer}, and {unsure} before");
        Assert.True(Fitting.Accuracy(after, target) > 0.9);
    }

    [Fact]
    public void Loss_IsTheTargetsEntropy()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logits = Tensor.Normal([4, 3], generator);
        Activations batch = new([("logits", logits)]);
        using TestEntropyMinimization tent = new();

        LossTerm term = Assert.Single(tent.Loss(new TrainingStep(new StepInfo(0, 1), batch, logits, batch)));

        Assert.Equal(SoftmaxEntropy.OfEach(logits).ToDouble(), term.Value.ToDouble());
        Assert.Equal(1, term.Weight);
    }
}
