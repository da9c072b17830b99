using Acclimate.Data;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

/// <summary>What holds for every score.</summary>
public sealed class TransferabilityScoreTests
{
    public static TheoryData<string> Names => [.. TransferabilityScore.All.Select(static score => score.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_WhatIsNoInput_IsRefusedByName(string name)
    {
        TransferabilityScore score = Find(name);
        string argument = score.Needs == ScoreInput.Features ? "features" : "probabilities";
        using TensorScope scope = TensorScope.Begin();
        Tensor nan = Tensor.From<float>([0.5f, 0.5f, 0.5f, float.NaN], 2, 2);
        Labels two = new(["a", "b"], [0, 1]);

        Assert.Contains("but sample 1 has NaN at", Refusal(nan, two), StringComparison.Ordinal);
        Assert.Contains("has 2 rows for 3 labels", Refusal(Tensor.Ones([2, 1]), ScoreCases.Three(3)), StringComparison.Ordinal);
        Assert.Contains("one row a sample", Refusal(Tensor.Ones([2]), two), StringComparison.Ordinal);
        Assert.Contains("floating-point", Refusal(Tensor.Ones([2, 1], ScalarType.Int64), two), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => score.Of(null!, two));

        string Refusal(Tensor input, Labels labels)
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => score.Of(input, labels));
            Assert.Equal(argument, e.ParamName);
            return e.Message;
        }
    }

    [Theory]
    [InlineData("leep")]
    [InlineData("nce")]
    public void Of_RowsThatAreNoDistributions_AreRefused(string name)
    {
        using Tensor logits = Tensor.From<float>([0.5f, 0.5f, 2f, 1f], 2, 2), negative = Tensor.From<float>([-0.5f, 1.5f], 1, 2);

        Assert.Contains("sample 1 has no distribution", Assert.Throws<ArgumentException>(() => Find(name).Of(logits, new Labels(["a", "b"], [0, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("sample 0 has no distribution", Assert.Throws<ArgumentException>(() => Find(name).Of(negative, new Labels(["a"], [0]))).Message, StringComparison.Ordinal);
    }

    /// <summary>Each adds noise to the one before: what tells the classes less must rank lower.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Of_NoisierInputs_IsLower(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(8);
        Labels labels = ScoreCases.Three(300);
        Tensor clean = Tensor.Eye(3).IndexSelect(0, labels.ToTensor()) * 4, noise = Tensor.Normal([300, 3], generator);
        double[] found = [.. ((double[])[0.5, 2, 6]).Select(strength =>
        {
            Tensor features = clean + (noise * strength);
            return Find(name).Of(Find(name).Needs == ScoreInput.Features ? features : Functional.Softmax(features), labels);
        })];

        Assert.True(found[0] > found[1] && found[1] > found[2], string.Join(" > ", found));
    }

    private static TransferabilityScore Find(string name) => TransferabilityScore.All.Single(score => score.Name == name);
}
