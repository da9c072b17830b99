using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class LibsvmReaderTests
{
    [Fact]
    public void Open_OneBased_FillsTheGapsWithZeros()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.svm", "+1 1:0.5 3:2 # a comment\n\n-1 qid:4 2:1e-1\n");

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0, 1]);

        Assert.Equal([0.5f, 0, 2, 0, 0.1f, 0], read.ToArray<float>());
        Assert.Equal(["-1", "1"], domain.Labels!.Classes);
        Assert.Equal([1, 0], domain.Labels.Indices);
    }

    [Theory]
    [InlineData("1 0:1 2:3\n", "", 3)]
    [InlineData("1 1:1 2:3\n", "?base=0", 3)]
    [InlineData("1 1:1 2:3\n", "", 2)]
    [InlineData("1 1:1 2:3\n", "?features=7", 7)]
    public void Open_Base_DecidesTheNumberOfFeatures(string text, string options, int features)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.libsvm", text);

        using Domain domain = Domain.Open(path + options);

        Assert.Equal([features], domain.SampleShape);
    }

    [Theory]
    [InlineData("1 1:1\n2 1\n", "", "line 2: '1' is not of the form index:value")]
    [InlineData("1 1:1\n2 1:nan\n", "", "line 2: feature 1 is nan; expected a finite number")]
    [InlineData("1 1:1\n1.5 1:1\n", "", "line 2: label 1.5; expected a whole number")]
    [InlineData("cat 1:1\n", "", "line 1: 'cat' is no label")]
    [InlineData("1 1:1 1:2\n", "", "line 1: feature 1 is given twice")]
    [InlineData("1 0:1\n", "?base=1", "a feature has index 0, but base=1")]
    [InlineData("1 5:1\n", "?features=4", "a feature has index 5, but there are 4 features, counted from 1")]
    [InlineData("1 2147483646:1\n2 1:1\n", "", "takes more than 8 GiB as a dense one")]
    [InlineData("\n", "", "holds no samples")]
    public void Open_BadText_NamesTheLine(string text, string options, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.svm", text);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path + options));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
