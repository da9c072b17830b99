namespace Acclimate.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("trian", "train")]
    [InlineData("TRAIN", "train")]
    [InlineData("metods", "methods")]
    public void Of_ASlip_IsTheWordMeant(string typed, string meant) =>
        Assert.Equal(meant, NearestName.Of(typed, ["predict", "train", "methods"]));

    [Fact]
    public void Of_SomethingElse_IsNone() => Assert.Null(NearestName.Of("zebra", ["predict", "train", "methods"]));
}
