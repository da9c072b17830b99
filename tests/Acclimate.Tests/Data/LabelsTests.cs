using Acclimate.Data;

namespace Acclimate.Tests.Data;

public class LabelsTests
{
    [Fact]
    public void FromNames_NumbersAsText_AreSortedAsNumbers()
    {
        Labels labels = Labels.FromNames(["10", "9", "10", "-1"]);

        Assert.Equal(["-1", "9", "10"], labels.Classes);
        Assert.Equal([2, 1, 2, 0], labels.Indices);
        Assert.Equal([1, 1, 2], labels.CountPerClass());
    }

    [Fact]
    public void FromNames_Words_AreSortedByLetter() =>
        Assert.Equal(["10", "9", "dog"], Labels.FromNames(["dog", "9", "10"]).Classes);

    [Fact]
    public void FromNumbers_Gaps_KeepTheirNumbersAsNames()
    {
        Labels labels = Labels.FromNumbers([7, 3, 7]);

        Assert.Equal(["3", "7"], labels.Classes);
        Assert.Equal([1, 0, 1], labels.Indices);
    }

    [Fact]
    public void AlignTo_OtherOrder_RecodesByName()
    {
        Labels aligned = Labels.FromNames(["cat", "dog"]).AlignTo(["dog", "bird", "cat"]);

        Assert.Equal([2, 0], aligned.Indices);
        Assert.Equal(["dog", "bird", "cat"], aligned.Classes);
    }

    [Fact]
    public void AlignTo_UnknownClass_IsNamed()
    {
        DataException e = Assert.Throws<DataException>(() => Labels.FromNames(["cat", "cow"]).AlignTo(["cat", "dog"]));

        Assert.Equal("class 'cow' is not among the 2 classes expected: cat, dog", e.Message);
    }

    [Fact]
    public void AlignTo_WithAClassForOthers_PutsTheRestThere()
    {
        Labels aligned = Labels.FromNames(["cow", "cat", "emu"]).AlignTo(["cat", "dog", "rest"], "rest");

        Assert.Equal([2, 0, 2], aligned.Indices);
    }

    [Fact]
    public void Constructor_IndexOfNoClass_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new Labels(["a"], [0, 1]));

    [Fact]
    public void Constructor_ClassTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new Labels(["a", "a"], [0, 1]));
}
