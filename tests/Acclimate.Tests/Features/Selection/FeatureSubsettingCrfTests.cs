using Acclimate.Features;
using Acclimate.Features.Selection;

namespace Acclimate.Tests.Features.Selection;

public sealed class FeatureSubsettingCrfTests
{
    private static readonly TokenSequence[] Source = [LinearChainTests.Sequence(4, 1), LinearChainTests.Sequence(1, 2), LinearChainTests.Sequence(3, 3)];
    private static readonly TokenSequence[] Target = [LinearChainTests.Sequence(3, 4), LinearChainTests.Sequence(5, 5)];

    [Fact]
    public void Objective_Gradient_IsThatOfFiniteDifferences()
    {
        LinearChain chain = LinearChainTests.Chain(1);
        double[] observed = FeatureSubsettingCrf.Observed(chain, Source);
        FeatureSubsettingCrf crf = new() { Ridge = 0.1, Lambda = 2 };

        double[] gradient = crf.Objective(chain, Source, Target, observed).Gradient;

        const double Step = 1e-5;
        for (int k = 0; k < gradient.Length; k++)
            Assert.Equal((Value(k, Step) - Value(k, -Step)) / (2 * Step), gradient[k], 1e-7);

        double Value(int k, double by)
        {
            double[] moved = [.. chain.Weights];
            moved[k] += by;
            return crf.Objective(chain with { Weights = moved }, Source, Target, observed).Value;
        }
    }

    [Fact]
    public void Objective_Value_IsTheMeanLossAndThePenaltiesByTheMarginals()
    {
        LinearChain chain = LinearChainTests.Chain(2);
        double[] observed = FeatureSubsettingCrf.Observed(chain, Source);

        double value = new FeatureSubsettingCrf { Ridge = 0.1, Lambda = 2 }.Objective(chain, Source, Target, observed).Value;

        // 8 tokens in the source and in the target; the expectations are those that are checked by enumeration elsewhere.
        double[] expected = new double[chain.Weights.Length];
        foreach (TokenSequence sequence in Target)
            chain.AddExpectations(sequence, expected);
        double sum = -Source.Sum(chain.LogLikelihood) / 8;
        for (int k = 0; k < expected.Length; k++)
        {
            double w = chain.Weights[k], shift = observed[k] - (expected[k] / 8);
            sum += (0.05 * w * w) + (2 * w * w * shift * shift);
        }

        Assert.Equal(sum, value, 1e-10);
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
