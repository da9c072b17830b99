using Acclimate.Data;

namespace Acclimate.Tests.Data.Readers;

public sealed class SampleChoiceTests : IDisposable
{
    private static readonly string[] Fruit = ["apple", "fig", "pear"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_OfATable_KeepsTheirSamplesAndNoOtherClass()
    {
        using Domain domain = Domain.Open($"{Table()}?label=class&classes=pear,apple");

        // By the table's order and not the option's; fig, the samples 1, 4, 7 …, is gone.
        Assert.Equal(["apple", "pear"], domain.Labels!.Classes);
        Assert.Equal(Enumerable.Range(0, 30).Where(static i => i % 3 != 1).Select(static i => (float)i), Values(domain));
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => i % 2), domain.Labels.Indices);
    }

    [Fact]
    public void Classes_OfAGeneratedDomain_KeepsThem()
    {
        using Domain domain = Domain.Open("generated:digits-clean?count=50&classes=0,1,2,3,4");
        Assert.Equal(["0", "1", "2", "3", "4"], domain.Labels!.Classes);
        Assert.InRange(domain.Count, 5, 45);
    }

    [Theory]
    [InlineData("classes=apple,plum,kiwi", "there is no class 'plum', 'kiwi'; known are apple, fig, pear")]
    [InlineData("take=11", "class 'apple' has 10 samples, fewer than 11")]
    [InlineData("take=2&leave=2", "take and leave exclude each other")]
    [InlineData("leave=10", "no sample is left")]
    [InlineData("draw=1", "draw is for take, leave or corrupt")]
    [InlineData("take=2&draw=x", "draw=x is no whole number from 0")]
    public void Options_ThatCantBeMet_AreRefused(string options, string message) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => Domain.Open($"{Table()}?label=class&{options}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Take_WithoutLabels_IsRefused() =>
        Assert.Contains("no labels to choose by", Assert.Throws<DataException>(() => Domain.Open($"{Table()}?label=none&ignore=class&take=2")).Message, StringComparison.Ordinal);

    [Fact]
    public void TakeAndLeave_OfOneDraw_PartTheSamples()
    {
        using Domain taken = Open("take=4&draw=7"), left = Open("leave=4&draw=7"), again = Open("take=4&draw=7"), other = Open("take=4&draw=8"), first = Open("take=4"), zero = Open("take=4&draw=0");

        Assert.Equal([4, 4, 4], taken.Labels!.CountPerClass());
        Assert.Equal([6, 6, 6], left.Labels!.CountPerClass());
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => (float)i), Values(taken).Concat(Values(left)).Order());
        Assert.Equal(Values(taken), Values(again));
        Assert.Equal(Values(zero), Values(first));
        Assert.NotEqual(Values(taken), Values(other));

        // The labels went with their samples: sample i has class i mod 3, in the order apple, fig, pear.
        Assert.All(Values(taken).Zip(taken.Labels.Indices), static pair => Assert.Equal((int)pair.First % 3, pair.Second));
    }

    private static float[] Values(Domain domain)
    {
        using Acclimate.Torch.Tensor all = domain.Read([.. Enumerable.Range(0, domain.Count)]);
        return all.ToArray<float>();
    }

    private Domain Open(string options) => Domain.Open($"{Table()}?label=class&{options}");

    /// <summary>Thirty samples whose one feature is their number; sample i has class i mod 3.</summary>
    private string Table()
    {
        string path = Path.Combine(folder.Path, "fruit.csv");
        File.WriteAllLines(path, ["x,class", .. Enumerable.Range(0, 30).Select(static i => $"{i},{Fruit[i % 3]}")]);
        return path;
    }
}
