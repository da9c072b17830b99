using System.Text;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_FileAClass_IsATextALine()
    {
        Write("reviews/good", "great pan, great price\n\ngreat lid\n");
        Write("reviews/bad", "broken pan\r\nbroken lid, refund");

        using Domain domain = Domain.Open(In("reviews"));

        Assert.Equal(["bad", "good"], domain.Labels!.Classes);
        Assert.Equal([0, 0, 1, 1], domain.Labels.Indices);
        Assert.Equal(["broken", "great", "lid", "pan"], domain.Vocabulary!.Words);
        using Tensor counts = domain.Read([0, 2]);
        Assert.Equal([1f, 0, 0, 1, 0, 2, 0, 1], counts.ToArray<float>());
        Assert.Equal($"{In("reviews/good")}, line 3", domain.Describe(3));
    }

    [Fact]
    public void Open_FolderAClass_IsATextAFile()
    {
        Write("notes/warm/a.txt", "sun\nand sun");
        Write("notes/warm/b.txt", "sun and wind");
        Write("notes/cold/c.txt", "snow and wind");

        using Domain domain = Domain.Open(In("notes"));

        Assert.Equal([1, 1, 0], domain.Labels!.Indices.Order().Reverse().ToArray());
        Assert.Equal(3, domain.Count);
        Assert.Equal(["and", "sun", "wind"], domain.Vocabulary!.Words);
    }

    [Fact]
    public void Open_TextsWithoutClasses_HaveNoLabels()
    {
        Write("plain/a.txt", "one two");
        Write("plain/b.txt", "one two");
        Write("lines.txt", "one two\none two\n");

        using Domain files = Domain.Open(In("plain")), lines = Domain.Open(In("lines.txt")), asked = Domain.Open(In("plain") + "?documents=lines&labels=none");

        Assert.All((Domain[])[files, lines, asked], static domain => Assert.Equal((2, false), (domain.Count, domain.IsLabelled)));
    }

    [Fact]
    public void Open_Pair_SharesOneVocabulary()
    {
        Write("books/good", "fine story\nfine plot\n");
        Write("books/bad", "dull story\n");
        Write("pans/good", "fine pan\n");
        Write("pans/bad", "dull pan\n");

        using DomainPair pair = DomainPair.Open(In("books") + "?least=2", In("pans"));

        Assert.Equal(["dull", "fine", "pan", "story"], pair.Source.Vocabulary!.Words);
        Assert.Same(pair.Source.Vocabulary, pair.Target.Vocabulary);
        Assert.Equal(pair.Source.SampleShape, pair.Target.SampleShape);
    }

    [Fact]
    public void Open_ColumnOfATable_IsItsTexts()
    {
        Write("t.csv", "review,stars,kind\n\"good, good\",5,yes\ngood bad,1,no\n");

        using Domain domain = Domain.Open(In("t.csv") + "?text=review&label=kind&least=1");

        Assert.Equal(["bad", "good"], domain.Vocabulary!.Words);
        Assert.Equal([1, 0], domain.Labels!.Indices);
    }

    [Fact]
    public void Open_NotUtf8_SaysFileAndLine()
    {
        Directory.CreateDirectory(In("reviews"));
        File.WriteAllBytes(In("reviews/good"), [.. "fine\ncaf"u8, 0xE9, .. "\n"u8]);

        Assert.Contains($"{In("reviews/good")}, line 2: not UTF-8 (byte 0xE9)", Refused("reviews?format=text"), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BytesThatNoTextHas_AreRefused()
    {
        Directory.CreateDirectory(In("reviews"));
        File.WriteAllBytes(In("reviews/good"), [.. "fine\n"u8, 0, 1, 2]);

        Assert.Contains("line 2: holds a zero byte", Refused("reviews?format=text"), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Nonsense_SaysWhatIsWrong()
    {
        Write("reviews/good", "fine\n");
        Write("reviews/bad", "  \n");
        Write("t.csv", "a,label\nx y,1\n");

        Assert.Contains($"{In("reviews/bad")}: holds no text", Refused("reviews"), StringComparison.Ordinal);
        Assert.Contains("no such column", Refused("t.csv?text=b"), StringComparison.Ordinal);
        Assert.Contains("words=none is no whole number", Refused("t.csv?text=a&words=none"), StringComparison.Ordinal);
        Assert.Contains("no word occurs in 3 texts or more", Refused("t.csv?text=a&least=3"), StringComparison.Ordinal);
    }

    private string Refused(string source) => Assert.Throws<DataException>(() => Domain.Open(In(source)).Dispose()).Message;

    private string In(string name) => Path.Combine(folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text, Encoding.UTF8);
    }
}
