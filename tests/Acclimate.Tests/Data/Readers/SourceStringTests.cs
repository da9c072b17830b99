using Acclimate.Data;

namespace Acclimate.Tests.Data.Readers;

public class SourceStringTests
{
    [Fact]
    public void Open_PathThatIsNotThere_SuggestsTheNearest()
    {
        using TemporaryFolder folder = new();
        folder.Write("amazon.mat", "x");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(folder["amzon.mat"]));

        Assert.Equal($"{folder["amzon.mat"]}: no such file or folder; did you mean {folder["amazon.mat"]}?", e.Message);
    }

    [Fact]
    public void Open_UnknownOption_ListsTheKnownOnes()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", "x");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path + "?feature=fts"));

        Assert.Equal(
            $"'{path}?feature=fts': unknown option 'feature'; MAT (.mat) takes features, labels, samples, format, classes, take, leave, draw, corrupt (did you mean 'features'?)", e.Message);
    }

    [Fact]
    public void Open_UnknownExtension_ListsTheKnownFormats()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.xlsx", "x");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith($"{path}: not a known kind of file by its name; expected IDX", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?samples=diagonals", "samples=diagonals is not known: expected rows or columns")]
    [InlineData("?samples", "option 'samples' is not of the form key=value")]
    [InlineData("?labels=a&labels=b", "option 'labels' is given twice")]
    [InlineData("?format=xls", "format=xls is not known: expected idx, mat")]
    public void Open_BadOption_SaysWhatIsWrong(string options, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.npy", [0x93, .. "NUMPY"u8, 1, 0, 58, 0, .. "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1),}\n"u8, 1]);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path + options));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PathWithAQuestionMark_IsAPathWhereItIsThere()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("what?.svm", "1 1:1\n");

        using Domain domain = Domain.Open(path);

        Assert.Equal("what?.svm", domain.Name);
    }

    [Fact]
    public void Open_Format_OverridesTheName()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("data.txt", "1 1:1\n");

        using Domain domain = Domain.Open(path + "?format=libsvm");

        Assert.Equal(1, domain.Count);
    }
}
