using Acclimate.Metrics;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Metrics;

public sealed class PrecisionRecallTests
{
    /// <summary>scikit-learn's average precision, of scores with ties.</summary>
    [Fact]
    public void Area_ScoresWithTies_IsScikitLearns()
    {
        double[] scores = [0.9, 0.4, 0.4, 0.8, 0.1, 0.4, 0.9, 0.2, 0.05];
        bool[] truths = [true, false, true, false, true, false, true, false, false];
        string printed = Python.Run("sklearn", $"""
            from sklearn.metrics import average_precision_score
            print(repr(float(average_precision_score([{string.Join(", ", truths.Select(static truth => truth ? 1 : 0))}], [{string.Join(", ", scores)}]))))
            """);
        Assert.Equal(double.Parse(printed.Trim(), System.Globalization.CultureInfo.InvariantCulture), PrecisionRecall.Area(scores, truths), 1e-12);
    }

    [Fact]
    public void Area_KnownOrders_AreAsWorkedOutByHand()
    {
        Assert.Equal(1, PrecisionRecall.Area([3, 2, 1], [true, true, false]));
        Assert.Equal(((1.0 / 2) + (2.0 / 3)) / 2, PrecisionRecall.Area([3, 2, 1], [false, true, true]), 1e-15);
        Assert.Equal(0.25, PrecisionRecall.Area([5, 5, 5, 5], [false, true, false, false]));
        Assert.Equal(double.NaN, PrecisionRecall.Area([1, 2], [false, false]));
        Assert.Throws<ArgumentException>(() => PrecisionRecall.Area([1], [true, false]));
        Assert.Throws<ArgumentException>(() => PrecisionRecall.Area([double.NaN], [true]));
    }
}
