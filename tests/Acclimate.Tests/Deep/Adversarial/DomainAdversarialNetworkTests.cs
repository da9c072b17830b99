using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class DomainAdversarialNetworkTests
{
    [Fact]
    public void Loss_EqualsTheLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();

        LossTerm term = Assert.Single(game.Method.Loss(game.Step));

        Assert.Equal(game.Reference(), term.Value.ToDouble(), ValueTolerance);
        Assert.Equal(("domain", 1.0), (term.Name, term.Weight));
    }

    [Fact]
    public void Loss_FeaturesAscendLambdaFold_DiscriminatorDescends()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();

        Descend(game.Method.Loss(game.Step));

        double lambda = 0.7 * Ramp.Sigmoid.At(0.3);
        CheckGradient(game.Source, -lambda, Slopes(game.Source, game.Reference), "source");
        CheckGradient(game.Target, -lambda, Slopes(game.Target, game.Reference), "target");
        CheckParameters(game.Method.Network!, game.Reference);
    }

    [Fact]
    public void Loss_FirstStep_LeavesTheFeaturesAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();

        Descend(game.Method.Loss(new TrainingStep(new StepInfo(0, 100), Layers(game.Source, game.Source), game.Source, Layers(game.Target, game.Target))));

        Assert.All(game.Source.Grad!.ToArray<double>(), static g => Assert.Equal(0, g));
        Assert.Contains(game.Method.Network!.NamedParameters(), static p => p.Value.Grad!.Abs().Max().ToDouble() > 1e-4);
    }

    // p of section 5.2.2: λ_p = 2/(1 + e^(−10p)) − 1 = tanh(5p).
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Ramp_IsThePapers(double progress)
    {
        Assert.Equal(Math.Tanh(5 * progress), Ramp.Sigmoid.At(progress), 1e-15);
        Assert.Equal(1, Ramp.Constant.At(progress));
    }

    [Fact]
    public void Discriminator_WeighsSamples_AndGradientsReachTheWeights()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        using DomainDiscriminator discriminator = new(3, 8, generator);
        discriminator.To(ScalarType.Float64);
        Tensor source = Leaf(generator, 3, 3), target = Leaf(generator, 2, 3, 0.5);
        Tensor ofSource = Tensor.From([0.5, 2.0, 0.5]).WithGrad(), ofTarget = Tensor.From([1.5, 0.5]).WithGrad();

        Tensor loss = discriminator.Loss(source, target, 0.25, ofSource, ofTarget);
        loss.Backward();

        double Reference() =>
            (Rows(source).Zip(ofSource.ToArray<double>(), (x, w) => w * DomainLoss(Forward(discriminator, x)[0], true)).Average()
            + Rows(target).Zip(ofTarget.ToArray<double>(), (x, w) => w * DomainLoss(Forward(discriminator, x)[0], false)).Average());
        Assert.Equal(Reference(), loss.ToDouble(), ValueTolerance);
        CheckGradient(source, -0.25, Slopes(source, Reference), "source");
        CheckGradient(ofSource, 1, Slopes(ofSource, Reference), "the source's weights");
        CheckGradient(ofTarget, 1, Slopes(ofTarget, Reference), "the target's weights");
        CheckParameters(discriminator, Reference);
    }

    [Fact]
    public void Attach_BadOption_IsNamed()
    {
        using DomainAdversarialNetwork method = new() { Lambda = -1 };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => method.Attach(new FitContext(new Activations([]), null!)));

        Assert.Equal("dann: lambda is -1; expected 0 or more", thrown.Message);
    }

    private sealed class Game : IDisposable
    {
        private readonly Generator generator = new(1);

        public Game()
        {
            Source = Leaf(generator, 4, 3);
            Target = Leaf(generator, 6, 3, 0.7);
            Method = new DomainAdversarialNetwork { Hidden = 5, Lambda = 0.7 };
            Method.Attach(new FitContext(Layers(Source, Source), generator));
            Method.Network!.To(ScalarType.Float64);
            Step = new TrainingStep(new StepInfo(30, 100), Layers(Source, Source), Source, Layers(Target, Target));
        }

        public DomainAdversarialNetwork Method { get; }

        public Tensor Source { get; }

        public Tensor Target { get; }

        public TrainingStep Step { get; }

        public double Reference() =>
            (Rows(Source).Average(x => DomainLoss(Forward(Method.Network!, x)[0], true))
            + Rows(Target).Average(x => DomainLoss(Forward(Method.Network!, x)[0], false)));

        public void Dispose()
        {
            Method.Dispose();
            generator.Dispose();
        }
    }
}
