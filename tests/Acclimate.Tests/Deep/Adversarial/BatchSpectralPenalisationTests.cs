using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class BatchSpectralPenalisationTests
{
    // Both shapes of a batch: fewer samples than features and more.
    [Theory]
    [InlineData(3, 5)]
    [InlineData(6, 4)]
    public void Loss_EqualsTheLoops_AndItsGradientTheQuotients(int sourceRows, int targetRows)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Leaf(generator, sourceRows, 4), target = Leaf(generator, targetRows, 4, 0.7);
        using BatchSpectralPenalisation method = Attached(new BatchSpectralPenalisation { Hidden = 5, Lambda = 0.7, Beta = 0.3 }, source, generator);
        TrainingStep step = new(new StepInfo(30, 100), Layers(source, source), source, Layers(target, target));

        IReadOnlyList<LossTerm> terms = method.Loss(step);
        Descend(terms);

        // 500 rounds of power iteration: what is left of the others is (σ₂/σ₁)^1000, far below a rounding here.
        double Spectral() => LargestSquare(Rows(source)) + LargestSquare(Rows(target));
        double Domain() => (Rows(source).Average(x => DomainLoss(Forward(method.Network!, x)[0], true))
            + Rows(target).Average(x => DomainLoss(Forward(method.Network!, x)[0], false)));
        Assert.Equal(["domain", "spectral"], terms.Select(static t => t.Name));
        Assert.Equal([1, 0.3], terms.Select(static t => t.Weight));
        Assert.Equal(Domain(), terms[0].Value.ToDouble(), ValueTolerance);
        Assert.Equal(Spectral(), terms[1].Value.ToDouble(), 1e-11);
        double lambda = 0.7 * Ramp.Sigmoid.At(0.3);
        foreach (Tensor leaf in (Tensor[])[source, target])
            CheckGradient(leaf, 1, [.. Slopes(leaf, Domain).Zip(Slopes(leaf, Spectral), (d, s) => (-lambda * d) + (0.3 * s))], "features");
        CheckParameters(method.Network!, Domain);
    }

    // All singular values together are the Frobenius norm: Σ σ² = Σ x².
    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void Loss_AllValues_IsTheFrobeniusNorm(int values)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor source = Leaf(generator, 3, 4), target = Leaf(generator, 3, 4);
        using BatchSpectralPenalisation method = Attached(new BatchSpectralPenalisation { Values = values }, source, generator);

        double spectral = method.Loss(new TrainingStep(new StepInfo(0, 10), Layers(source, source), source, Layers(target, target)))[1].Value.ToDouble();

        Assert.Equal((source.Square().Sum() + target.Square().Sum()).ToDouble(), spectral, 1e-11);
    }

    [Fact]
    public void Loss_EqualSingularValuesAndNoughts_GradientStaysFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor source = Tensor.Eye(3).WithGrad(), target = Tensor.Zeros([2, 3]).WithGrad();
        using BatchSpectralPenalisation method = new();
        method.Attach(new FitContext(Layers(source, source), generator));

        method.Loss(new TrainingStep(new StepInfo(0, 10), Layers(source, source), source, Layers(target, target)))[1].Value.Backward();

        Assert.True(source.Grad!.IsFinite().All());
        Assert.Equal(2, source.Grad!.Norm().ToDouble(), 1e-5);
        Assert.True(target.Grad!.IsFinite().All());
    }

    // What the paper wants: the largest direction gives way, the others (which tell classes apart) stay.
    [Fact]
    public void Loss_Descended_FlattensTheSpectrum()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        Tensor source = (Tensor.Eye(3) * Tensor.From([5f, 2f, 1f])).Detach().WithGrad();
        using BatchSpectralPenalisation method = new();
        method.Attach(new FitContext(Layers(source, source), generator));

        method.Loss(new TrainingStep(new StepInfo(0, 10), Layers(source, source), source, Layers(source.Detach(), source)))[1].Value.Backward();

        // ∂σ₁²/∂F = 2 σ₁ u₁ v₁ᵀ.
        Assert.Equal([10, 0, 0, 0, 0, 0, 0, 0, 0], source.Grad!.ToArray<float>().Select(static g => Math.Round(g, 4) + 0.0));
    }

    private static BatchSpectralPenalisation Attached(BatchSpectralPenalisation method, Tensor source, Generator generator)
    {
        method.Attach(new FitContext(Layers(source, source), generator));
        method.Network!.To(ScalarType.Float64);
        return method;
    }

    private static double LargestSquare(double[][] rows)
    {
        double[] direction = [.. Enumerable.Range(0, rows[0].Length).Select(static i => 1.0 + (0.1 * i))];
        double length = 0;
        for (int round = 0; round < 500; round++)
        {
            double[] scores = [.. rows.Select(row => row.Zip(direction, static (a, b) => a * b).Sum())];
            double[] next = [.. Enumerable.Range(0, direction.Length).Select(j => rows.Zip(scores, (row, score) => row[j] * score).Sum())];
            length = Math.Sqrt(next.Sum(static x => x * x));
            direction = [.. next.Select(x => x / length)];
        }

        return length;
    }
}
