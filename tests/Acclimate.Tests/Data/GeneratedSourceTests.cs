using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public class GeneratedSourceTests
{
    [Fact]
    public void Open_Generated_DrawsTheSameEachTime()
    {
        using Domain one = Domain.Open("generated:digits-wild?count=50&seed=3");
        using Domain two = Domain.Open("generated:digits-wild?count=50&seed=3");
        using Tensor first = one.Read([0, 7, 49]);
        using Tensor second = two.Read([0, 7, 49]);

        Assert.Equal([3, 28, 28], one.SampleShape);
        Assert.Equal(10, one.Labels!.Classes.Count);
        Assert.True(first.SameAs(second));
    }

    [Theory]
    [InlineData("generated:letters", "there are generated:digits-clean and generated:digits-wild")]
    [InlineData("generated:digits-clean?size=9", "size")]
    [InlineData("generated:digits-clean?count=0", "no whole number above 0")]
    public void Open_UnknownGenerated_SaysWhatThereIs(string source, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataException>(() => Domain.Open(source)).Message, StringComparison.Ordinal);
}
