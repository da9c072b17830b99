using Acclimate.Data;
using Acclimate.Tests.Data;
using Acclimate.ZeroShot.Composition;

namespace Acclimate.Tests.ZeroShot;

public sealed class WordLexiconTests
{
    [Fact]
    public void Read_Table_NamesWordsByTheModelsClasses()
    {
        using TemporaryFolder folder = new();
        folder.Write("words.csv", "note,Word,units\n,exit,b a\n\"x, y\",\"up, now\",  c   c a \n");

        WordLexicon read = WordLexicon.Read(folder["words.csv"], ["a", "b", "c"]);

        Assert.Equal(["exit", "up, now"], read.Words);
        Assert.Equal([[1, 0], [2, 2, 0]], read.Lexicon.Words);
        Assert.Equal(3, read.Lexicon.Units);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("word,units\n", "names no word")]
    [InlineData("word,unit\nx,a\n", "line 1: there is no column 'units'; it has word, unit")]
    [InlineData("word,units\nx,a\ny, \n", "line 3: expected a word and one unit of it or more")]
    [InlineData("word,units\nx\n", "line 2: expected a word and one unit of it or more")]
    [InlineData("word,units\nx,a d\n", "line 2: there is no unit 'd'")]
    [InlineData("word,units\nx,a b\ny,b\nz,a b\n", "line 4: 'z' has the units of 'x' on line 2")]
    [InlineData("word,units\nx,a\"b\n", "line 2: a quotation mark")]
    public void Read_TableThatCantBeRight_IsRefusedWithItsLine(string text, string said)
    {
        using TemporaryFolder folder = new();
        folder.Write("words.csv", text);

        string message = Assert.Throws<DataException>(() => WordLexicon.Read(folder["words.csv"], ["a", "b", "c"])).Message;

        Assert.Contains(folder["words.csv"], message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
    }
}
