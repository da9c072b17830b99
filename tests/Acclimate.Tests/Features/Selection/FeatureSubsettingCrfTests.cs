using Acclimate.Features;
using Acclimate.Features.Selection;

namespace Acclimate.Tests.Features.Selection;

public sealed class FeatureSubsettingCrfTests
{
    [Fact]
    public void Objective_Gradient_IsThatOfFiniteDifferences()
    {
        LinearChain chain = LinearChainTests.Chain(1);
        TokenSequence[] source = [LinearChainTests.Sequence(4, 1), LinearChainTests.Sequence(1, 2), LinearChainTests.Sequence(3, 3)];
        double[] observed = new double[chain.Weights.Length];
        foreach (TokenSequence sequence in source)
            chain.AddCounts(sequence, observed);
        observed = [.. observed.Select(static o => o / 8)];
        double[] penalty = [.. Enumerable.Range(0, observed.Length).Select(static k => 0.01 * k)];
        FeatureSubsettingCrf crf = new() { Ridge = 0.1 };

        double[] gradient = crf.Objective(chain, source, observed, penalty).Gradient;

        const double Step = 1e-5;
        for (int k = 0; k < gradient.Length; k++)
        {
            double up = Value(k, Step), down = Value(k, -Step);
            Assert.Equal((up - down) / (2 * Step), gradient[k], 1e-8);
        }

        double Value(int k, double by)
        {
            double[] moved = [.. chain.Weights];
            moved[k] += by;
            return crf.Objective(chain with { Weights = moved }, source, observed, penalty).Value;
        }
    }

    [Fact]
    public void Objective_Value_IsMinusTheMeanLogLikelihoodAndThePenalties()
    {
        LinearChain chain = LinearChainTests.Chain(2);
        TokenSequence[] source = [LinearChainTests.Sequence(4, 4), LinearChainTests.Sequence(3, 5)];
        double[] observed = new double[chain.Weights.Length];
        foreach (TokenSequence sequence in source)
            chain.AddCounts(sequence, observed);
        observed = [.. observed.Select(static o => o / 7)];
        double[] penalty = [.. Enumerable.Repeat(0.2, observed.Length)];

        double value = new FeatureSubsettingCrf { Ridge = 0.1 }.Objective(chain, source, observed, penalty).Value;

        double expected = (-source.Sum(chain.LogLikelihood) / 7) + chain.Weights.Sum(static w => (0.05 + 0.2) * w * w);
        Assert.Equal(expected, value, 1e-10);
    }

    [Fact]
    public void Fit_CapitalsMeanNothingInTheTarget_BeatsThePlainField()
    {
        IReadOnlyList<TokenSequence> source = TaggingTask.Sentences(300, formal: true, seed: 1);
        IReadOnlyList<TokenSequence> target = TaggingTask.Sentences(300, formal: false, seed: 2);
        IReadOnlyList<TokenSequence> unseen = TaggingTask.Sentences(500, formal: false, seed: 3);

        double plain = TaggingTask.Accuracy(new FeatureSubsettingCrf { Lambda = 0 }.Fit(source, target, TaggingTask.Labels), unseen);
        double adapted = TaggingTask.Accuracy(new FeatureSubsettingCrf().Fit(source, target, TaggingTask.Labels), unseen);

        Console.WriteLine($"tagging: plain {plain:0.000}, feature subsetting {adapted:0.000}");
        Assert.True(adapted > plain + 0.05, $"{adapted} against {plain} of the plain field");
    }

    [Fact]
    public void Fit_SameDomain_LosesNothing()
    {
        IReadOnlyList<TokenSequence> source = TaggingTask.Sentences(200, formal: true, seed: 4);
        IReadOnlyList<TokenSequence> target = TaggingTask.Sentences(200, formal: true, seed: 5);

        double plain = TaggingTask.Accuracy(new FeatureSubsettingCrf { Lambda = 0 }.Fit(source, target, TaggingTask.Labels), target);
        double adapted = TaggingTask.Accuracy(new FeatureSubsettingCrf().Fit(source, target, TaggingTask.Labels), target);

        Assert.True(plain > 0.9, $"{plain}");
        Assert.True(adapted > plain - 0.01, $"{adapted} against {plain} of the plain field");
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using CancellationTokenSource stop = new();
        FitContext context = new() { Cancellation = stop.Token, Progress = _ => stop.Cancel() };
        IReadOnlyList<TokenSequence> some = TaggingTask.Sentences(5, formal: true, seed: 6);

        Assert.Throws<OperationCanceledException>(() => new FeatureSubsettingCrf().Fit(some, some, TaggingTask.Labels, context));
    }

    [Fact]
    public void Fit_SourceWithoutLabels_IsRefused()
    {
        TokenSequence[] plain = [new TokenSequence([[0], [1]])];

        Assert.Contains("labels", Assert.Throws<ArgumentException>(() => new FeatureSubsettingCrf().Fit(plain, plain, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new FeatureSubsettingCrf { Ridge = 0 }.Fit(plain, plain, 2));
        Assert.Throws<ArgumentException>(static () => new TokenSequence([[0], [1]], [0]));
        Assert.Throws<ArgumentException>(static () => new TokenSequence([]));
        Assert.Throws<ArgumentException>(static () => new TokenSequence([[3, 3]]));
    }
}
