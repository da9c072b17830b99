using Acclimate.Selection.Experience;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class ExperienceStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private string File => Path.Combine(folder, "kept", "experience.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_AfterAdd_GivesTheSame()
    {
        ExperienceStore store = new(File);
        Experience one = Some.Experience("jda", 1.5) with { Options = new Dictionary<string, string> { ["dimensions"] = "100" }, Validators = new Dictionary<string, double> { ["knn"] = 0.5 } };
        store.Add(one);
        store.Add(Some.Experience("tca", null), Some.Experience("coral", -2));

        StoredExperiences read = new ExperienceStore(File).Read();

        Assert.Equal(0, read.Damaged);
        Assert.Equal(["jda", "tca", "coral"], read.Experiences.Select(static e => e.Method));
        Assert.Equal([1.5, null, -2], read.Experiences.Select(static e => e.Gain));
        Assert.Equal(one.Statistics, read.Experiences[0].Statistics);
        Assert.Equal(one.Options, read.Experiences[0].Options);
        Assert.Equal(one.Validators, read.Experiences[0].Validators);
        Assert.Equal(one.At, read.Experiences[0].At);
    }

    [Fact]
    public void Read_WithoutAFile_GivesNothingAndMakesNothing()
    {
        Assert.Empty(new ExperienceStore(File).Read().Experiences);
        Assert.False(Directory.Exists(Path.GetDirectoryName(File)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(200)]
    public void Add_AfterALastLineThatWasCutOff_LosesThatLineAlone(int cut)
    {
        ExperienceStore store = new(File);
        store.Add(Some.Experience("jda", 1), Some.Experience("tca", 2));
        using (FileStream file = System.IO.File.OpenWrite(File))
            file.SetLength(file.Length - cut);

        store.Add(Some.Experience("coral", 3));

        StoredExperiences read = store.Read();

        // Without its line end alone, the line is whole.
        Assert.Equal(cut == 1 ? ["jda", "tca", "coral"] : (string[])["jda", "coral"], read.Experiences.Select(static e => e.Method));
        Assert.Equal(cut == 1 ? 0 : 1, read.Damaged);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1,\"at\":\"yesterday\"}")]
    public void Read_OfALineThatIsNoExperience_PassesItOver(string line)
    {
        ExperienceStore store = new(File);
        store.Add(Some.Experience("jda", 1));
        System.IO.File.AppendAllText(File, line + "\n");
        store.Add(Some.Experience("tca", 1));

        StoredExperiences read = store.Read();

        Assert.Equal(["jda", "tca"], read.Experiences.Select(static e => e.Method));
        Assert.Equal(1, read.Damaged);
    }

    [Fact]
    public void Add_BySeveralWritersAtATime_KeepsEveryLineWhole()
    {
        const int writers = 4, each = 25;
        Parallel.For(0, writers, new ParallelOptions { MaxDegreeOfParallelism = writers }, writer =>
        {
            ExperienceStore own = new(File);
            for (int i = 0; i < each; i++)
                own.Add(Some.Experience($"m{writer}", i));
        });

        StoredExperiences read = new ExperienceStore(File).Read();

        Assert.Equal(0, read.Damaged);
        for (int writer = 0; writer < writers; writer++)
            Assert.Equal(Enumerable.Range(0, each).Select(static i => (double?)i), read.Experiences.Where(e => e.Method == $"m{writer}").Select(static e => e.Gain));
    }

    [Fact]
    public void Forget_Some_KeepsTheOthersAndTakesDamagedLinesOut()
    {
        ExperienceStore store = new(File);
        store.Add(Some.Experience("jda", 1), Some.Experience("tca", 2));
        System.IO.File.AppendAllText(File, "damage\n");

        Assert.Equal(1, store.Forget(static e => e.Method == "jda"));

        StoredExperiences read = store.Read();
        Assert.Equal("tca", Assert.Single(read.Experiences).Method);
        Assert.Equal(0, read.Damaged);
    }

    [Fact]
    public void Import_OfWhatWasExported_AddsEachOnce()
    {
        ExperienceStore store = new(File), other = new(Path.Combine(folder, "other.jsonl"));
        store.Add(Some.Experience("jda", 1), Some.Experience("tca", 2));
        other.Add(Some.Experience("jda", 1));
        string exported = Path.Combine(folder, "exported.jsonl");
        ExperienceStore.Export(exported, store.Read().Experiences);

        Assert.Equal((1, 0), other.Import(exported));
        Assert.Equal((0, 0), other.Import(exported));
        Assert.Equal(["jda", "tca"], other.Read().Experiences.Select(static e => e.Method));
    }

    [Fact]
    public void Import_OfAnotherFile_IsRefused()
    {
        string file = Path.Combine(folder, "letter.txt");
        System.IO.File.WriteAllText(file, "Dear reader,\n");
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => new ExperienceStore(File).Import(file));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => new ExperienceStore(File).Import(Path.Combine(folder, "none")));
    }
}

/// <summary>Experiences that nobody had.</summary>
internal static class Some
{
    public static readonly PairStatistics Pair = new(1000, 800, 256, 10, 1.5, 0.05, 0.4, 0.8, 0.7, 0.9, 0.3);

    public static Experience Experience(string method, double? gain, PairStatistics? pair = null, string target = "webcam") => new()
    {
        At = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
        Source = "amazon",
        Target = target,
        Statistics = pair ?? Pair,
        Method = method,
        Gain = gain,
        Acclimate = "0.1.0",
    };
}
