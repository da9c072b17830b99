using System.Text.Json;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class TableTests
{
    [Fact]
    public void Open_Csv_NumbersAndCategoriesBecomeFeatures()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.csv", "size,\"the, colour\",kind\n1.5,red,cat\n-2,\"blue\",dog\n3,red,dog\n");

        using Domain domain = Domain.Open(path + "?label=kind");
        using Tensor read = domain.Read([0, 1, 2]);

        Assert.Equal(["size", "the, colour=blue", "the, colour=red"], domain.FeatureNames!);
        Assert.Equal([1.5f, 0, 1, -2, 1, 0, 3, 0, 1], read.ToArray<float>());
        Assert.Equal(["cat", "dog"], domain.Labels!.Classes);
    }

    [Fact]
    public void Open_TsvWithoutHeader_NumbersTheColumns()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.tsv", "1\t2\t0\n3\t4\t1\n");

        using Domain domain = Domain.Open(path + "?label=3");

        Assert.Equal(["1", "2"], domain.FeatureNames!);
        Assert.Equal(["0", "1"], domain.Labels!.Classes);
    }

    [Fact]
    public void Open_Choices_AreFollowed()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.csv", "id;a;b;label\n17;1;2;x\n18;2;3;y\n");

        using Domain domain = Domain.Open(path + "?delimiter=semicolon&ignore=id&categorical=b");

        Assert.Equal(["a", "b=2", "b=3"], domain.FeatureNames!);
        Assert.True(domain.IsLabelled);
    }

    [Fact]
    public void Open_JsonLines_ReadsNumbersTextsAndTruthValues()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.jsonl", """
            {"a": 1, "b": "u", "c": true, "label": "p"}
            {"c": false, "b": "v", "a": 2.5, "label": "q"}
            """);

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0, 1]);

        Assert.Equal(["a", "b=u", "b=v", "c"], domain.FeatureNames!);
        Assert.Equal([1, 1, 0, 1, 2.5f, 0, 1, 0], read.ToArray<float>());
    }

    [Theory]
    [InlineData("x.csv", "a,b\n1,2\n3\n", "", "line 3: 1 cells, but 2 columns")]
    [InlineData("x.csv", "a,b\n1,2\n3,\n5,6\n", "", "line 3, column 'b': is empty; expected a finite number")]
    [InlineData("x.csv", "a,b\n1,2\n3,NaN\n5,6\n", "", "line 3, column 'b': holds 'NaN'")]
    [InlineData("x.csv", "a,b\n1,2\n3,n/a\n5,6\n", "", "line 3, column 'b': holds 'n/a'")]
    [InlineData("x.csv", "a,b\n", "", "holds no rows")]
    [InlineData("x.csv", "a,a\n1,2\n", "", "two columns are named 'a'")]
    [InlineData("x.csv", "size,b\n1,2\n", "?label=siz", "label=siz: no such column; did you mean 'size'?")]
    [InlineData("x.csv", "a,label\n1,x\n2,\n", "", "line 3, column 'label': the label is empty; expected one in every row that is learnt from or scored on")]
    [InlineData("x.csv", "a,label\n1,x\n2,\n", "", "x.csv?label=none&ignore=label, and score on its labelled rows, in a file of their own, with --test")]
    [InlineData("x.csv", "a,label,class\n1,x,y\n", "", "which column holds the label: label or class?")]
    [InlineData("x.csv", "label\nx\n", "", "no column is left for the features")]
    [InlineData("x.csv", "a,b\n1,x\"y\n", "", "line 2: a quotation mark inside a cell that is not quoted")]
    [InlineData("x.jsonl", "{\"a\": 1}\n{\"a\": }\n", "", "line 2: not JSON")]
    [InlineData("x.jsonl", "{\"a\": 1}\n[1]\n", "", "line 2: a JSON Array; expected an object")]
    [InlineData("x.jsonl", "{\"a\": 1}\n{\"b\": 1}\n", "", "line 2: has no 'a', which the first line has")]
    [InlineData("x.jsonl", "{\"a\": 1}\n{\"a\": 1, \"b\": 1}\n", "", "line 2: has 2 keys, but the first line has 1")]
    [InlineData("x.jsonl", "{\"a\": {}}\n", "", "line 1: 'a' holds a JSON Object")]
    public void Open_BadTable_NamesThePlace(string name, string text, string options, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write(name, text);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path + options));

        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TextsThatAreNoCategories_AreRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.csv", "name,a\n" + string.Concat(Enumerable.Range(0, 1001).Select(i => $"n{i},1\n")));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Contains("column 'name' holds 1001 different texts, too many for categories; leave it out with ignore=name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TargetLacksAColumn_NamesIt()
    {
        using TemporaryFolder folder = new();
        using Domain source = Domain.Open(folder.Write("source.csv", "a,b,c\n1,2,3\n"));
        string target = folder.Write("target.csv", "a,c\n1,2\n");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(target, new DomainOptions { Encoder = source.Encoder }));

        Assert.StartsWith($"{target} has 2 feature columns, the source has 3: it lacks 'b'.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TableEncoder_ComesBackFromJson()
    {
        using TemporaryFolder folder = new();
        using Domain source = Domain.Open(folder.Write("source.csv", "a,b\n1,x\n2,y\n"));

        TableEncoder back = JsonSerializer.Deserialize<TableEncoder>(JsonSerializer.Serialize(source.Encoder))!;

        Assert.Equal(source.Encoder!.FeatureNames, back.FeatureNames);
    }
}
