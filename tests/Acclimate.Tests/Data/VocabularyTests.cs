using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public sealed class VocabularyTests
{
    [Fact]
    public void Fit_Texts_TakesTheWordsOfMostTextsInAlphabeticalOrder()
    {
        string[] texts = ["The cat, the CAT &amp; a dog", "the dog runs", "cat-like runs", "once"];

        Assert.Equal(["cat", "dog", "runs", "the"], Vocabulary.Fit(texts).Words);
        Assert.Equal(["cat", "dog", "like", "once", "runs", "the"], Vocabulary.Fit(texts, least: 1).Words);

        // All four occur in two texts: of equals, the first by letters stay.
        Assert.Equal(["cat", "dog"], Vocabulary.Fit(texts, size: 2).Words);
    }

    [Fact]
    public void Count_Text_CountsKnownWordsAndPairs()
    {
        Vocabulary vocabulary = new(["cat", "cat sat", "quick"], pairs: true);

        Assert.Equal([(0, 3), (1, 2)], vocabulary.Count("Cat sat. A cat (sat), CAT &quot;x&quot; unknown"));
        Assert.Equal([], new Vocabulary(["amp"], pairs: false).Count("fish &amp; chips"));
    }

    [Fact]
    public void Fit_NoCommonWord_IsRefused() => Assert.Throws<DataException>(() => Vocabulary.Fit(["one", "two"]));

    [Fact]
    public void TfIdf_OfTwoDomains_IsWhatTheFormulaSays()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Domain.FromTensor("s", Tensor.From<float>([2, 0, 1, 1, 0, 0], 2, 3));
        using Domain target = Domain.FromTensor("t", Tensor.From<float>([0, 3, 1, 0, 0, 0, 0, 1, 0], 3, 3));

        (Preprocessing ofSource, Preprocessing ofTarget) = PreprocessingRecipe.Parse("tfidf").Fit(source, target);

        // Each word occurs in 2 of the 5 texts: the weights are the same and fall out of rows of unit length.
        TfIdf step = Assert.IsType<TfIdf>(Assert.Single(ofSource.Steps));
        Assert.All(step.Weights, static weight => Assert.Equal(Math.Log(6.0 / 3) + 1, weight, 1e-6));
        float[] rows = ofTarget.Apply(target.Read([0, 1, 2]), null).ToArray<float>();
        Assert.Equal([0, 3 / MathF.Sqrt(10), 1 / MathF.Sqrt(10), 0, 0, 0, 0, 1, 0], rows, static (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void BinaryAndLog_Counts_AreWhatTheySay()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain domain = Domain.FromTensor("s", Tensor.From<float>([0, 1, 7], 1, 3));
        (Preprocessing binary, _) = PreprocessingRecipe.Parse("binary").Fit(domain, domain);
        (Preprocessing log, _) = PreprocessingRecipe.Parse("log1p").Fit(domain, domain);

        Assert.Equal([0f, 1f, 1f], binary.Apply(domain.Read([0]), null).ToArray<float>());
        Assert.Equal([0f, MathF.Log(2), MathF.Log(8)], log.Apply(domain.Read([0]), null).ToArray<float>(), static (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Throws<DataException>(() => new LogCounts().Apply(Tensor.From<float>([-1], 1, 1), null));
    }

    [Fact]
    public void Parse_UnknownStep_NamesTheNearest() =>
        Assert.Contains("did you mean 'zscore'?", Assert.Throws<ArgumentException>(() => PreprocessingRecipe.Parse("l2,zscor")).Message, StringComparison.Ordinal);
}
