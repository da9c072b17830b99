using Acclimate.Metrics;

namespace Acclimate.Tests.Metrics;

public sealed class MetricsTests
{
    [Theory]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(0, 20, 0.0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_Wilson_IsAsPublished(long correct, long total, double low, double high)
    {
        // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I,
        // method 3, to four decimals.
        Accuracy accuracy = new(correct, total);
        Assert.Equal(low, accuracy.Low, 0.00005);
        Assert.Equal(high, accuracy.High, 0.00005);
    }

    [Fact]
    public void Interval_EveryCount_HoldsTheValueWithinZeroAndOne()
    {
        for (long correct = 0; correct <= 50; correct++)
        {
            Accuracy accuracy = new(correct, 50);
            Assert.InRange(accuracy.Value, accuracy.Low, accuracy.High);
            Assert.InRange(accuracy.Low, 0, 1);
            Assert.InRange(accuracy.High, 0, 1);
            Assert.Equal(accuracy.Low, 1 - new Accuracy(50 - correct, 50).High, 1e-12);
        }
    }

    [Fact]
    public void Accuracy_WrongCounts_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(1, 2).Interval(0));
    }

    [Fact]
    public void Accuracy_AsText_HasItsInterval() =>
        Assert.Equal("10.1 % (6.2–16.0, 148 examples)", new Accuracy(15, 148).ToString());

    [Fact]
    public void ConfusionMatrix_SmallExample_CountsAndScores()
    {
        // Class 3 occurs nowhere and is left out; class 2 is predicted but never true, so its F1 is 0.
        ConfusionMatrix matrix = ConfusionMatrix.From([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 2], 4);
        Assert.Equal(6, matrix.Total);
        Assert.Equal(2, matrix[0, 0]);
        Assert.Equal(1, matrix[0, 1]);
        Assert.Equal(1, matrix[1, 2]);
        Assert.Equal(0, matrix[2, 2]);
        Assert.Equal(4 / 6.0, matrix.Accuracy.Value);
        Assert.Equal((0.8 + (4 / 6.0) + 0) / 3, matrix.MacroF1, 1e-15);
        Assert.Equal(((2 / 3.0) + (2 / 3.0)) / 2, matrix.MacroRecall, 1e-15);
        Assert.Equal(2 / 3.0, matrix.Recall(0));
        Assert.Equal(1, matrix.Precision(0));
        Assert.True(double.IsNaN(matrix.Recall(2)));
    }

    [Fact]
    public void ConfusionMatrix_WrongInput_IsRefusedByName()
    {
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.From([], [], 2));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.From([0], [0, 1], 2));
        Assert.Contains("class at 1 is 2; expected 0 to 1", Assert.Throws<ArgumentException>(() => ConfusionMatrix.From([0, 2], [0, 1], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("class at 0 is -1", Assert.Throws<ArgumentException>(() => ConfusionMatrix.From([0], [-1], 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MeanAndDeviation_SeveralValues_UsesTheSampleDeviation()
    {
        // Squares about 5 sum to 32 over 8 values: √(32/7).
        MeanAndDeviation found = MeanAndDeviation.Of(2, 4, 4, 4, 5, 5, 7, 9);
        Assert.Equal(5, found.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(32 / 7.0), found.Deviation, 1e-15);
        Assert.Equal("5.0 ± 2.1", found.ToString());
    }

    [Fact]
    public void MeanAndDeviation_OneValue_HasNoDeviation()
    {
        MeanAndDeviation found = MeanAndDeviation.Of(78.42);
        Assert.True(double.IsNaN(found.Deviation));
        Assert.Equal("78.4", found.ToString());
        Assert.Throws<ArgumentException>(() => MeanAndDeviation.Of());
    }
}
