using System.Text.Json;
using Acclimate.Selection.Experience;

namespace Acclimate.Cli.Tests.Commands;

public sealed class ExperienceCommandTests : IDisposable
{
    private static readonly PairStatistics Pair = new(1000, 800, 256, 10, 1.5, 0.05, 0.4, 0.8, 0.7, 0.9, 0.3);

    private readonly string? before = Environment.GetEnvironmentVariable(ExperienceStore.Variable);
    private readonly TemporaryFolder folder = new();

    public ExperienceCommandTests()
    {
        Environment.SetEnvironmentVariable(ExperienceStore.Variable, folder.In("experience.jsonl"));
        ExperienceStore.OfUser()!.Add(One("jda", 1.25), One("tca", null) with { Source = "dslr" });
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ExperienceStore.Variable, before);
        folder.Dispose();
    }

    [Fact]
    public void List_SaysWhatIsKeptAndWhatIsNotKnown()
    {
        Answer answer = Session.Run("experience", "list");
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.Contains("amazon → webcam  jda  +1.3 points", answer.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("gain not known", answer.Out, StringComparison.Ordinal);
        Assert.Contains("2 kept in", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), static line => Assert.True(line.Length <= 80 || !line.TrimStart().Contains(' ', StringComparison.Ordinal) || line.Contains("kept in", StringComparison.Ordinal), line));
    }

    [Fact]
    public void List_Json_IsOneDocument()
    {
        using JsonDocument list = JsonDocument.Parse(Session.Run("experience", "list", "--json").Out);
        Assert.Equal(["jda", "tca"], list.RootElement.GetProperty("experiences").EnumerateArray().Select(static one => one.GetProperty("method").GetString()));
    }

    [Fact]
    public void ExportForgetImport_BringsBackTheSame()
    {
        string file = folder.In("team.jsonl");
        Assert.Equal(ExitCode.Success, Session.Run("experience", "export", file).ExitCode);
        Assert.Contains("Forgotten: 1", Session.Run("experience", "forget", "--source", "dslr").Out, StringComparison.Ordinal);
        Assert.Equal("jda", Assert.Single(ExperienceStore.OfUser()!.Read().Experiences).Method);
        Assert.Contains("New: 1", Session.Run("experience", "import", file).Out, StringComparison.Ordinal);
        Assert.Equal(2, ExperienceStore.OfUser()!.Read().Experiences.Count);
    }

    [Fact]
    public void Train_Hedged_KeepsWhatItTaughtAndABareRunNothing()
    {
        string[] train = ["train", "generated:digits-clean?count=60", "generated:digits-wild?count=60", "--method", "jda", "--size", "8", "--set", "rounds=1", "--json"];
        Answer bare = Session.Run([.. train, "--no-guard", "--out", folder.In("bare")]);
        Assert.True(bare.ExitCode == ExitCode.Success, bare.Error);
        Assert.Equal(2, ExperienceStore.OfUser()!.Read().Experiences.Count);

        Answer hedged = Session.Run([.. train, "--out", folder.In("hedged")]);

        Assert.True(hedged.ExitCode == ExitCode.Success, hedged.Error);
        Experience kept = ExperienceStore.OfUser()!.Read().Experiences[^1];
        using JsonDocument result = JsonDocument.Parse(hedged.Out);
        JsonElement guard = result.RootElement.GetProperty("guard");
        double gain = guard.GetProperty("bare").GetProperty("accuracy").GetDouble() - guard.GetProperty("source").GetProperty("accuracy").GetDouble();
        Assert.Equal(("generated:digits-clean", "generated:digits-wild", "jda", "1"), (kept.Source, kept.Target, kept.Method, kept.Options["rounds"]));
        Assert.Equal(100 * gain, kept.Gain!.Value, 1e-9);
        Assert.Equal(60, kept.Statistics.SourceSamples);
        Assert.NotEmpty(kept.Validators);

        // A finished run that is asked for again teaches nothing new.
        Assert.Equal(ExitCode.Success, Session.Run("train", "--resume", folder.In("hedged"), "--json").ExitCode);
        Assert.Equal(3, ExperienceStore.OfUser()!.Read().Experiences.Count);
    }

    [Fact]
    public void Forget_WithoutSayingWhat_IsRefusedAndForgetsNothing()
    {
        Answer answer = Session.Run("experience", "forget");
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains("--all", answer.Error, StringComparison.Ordinal);
        Assert.Equal(2, ExperienceStore.OfUser()!.Read().Experiences.Count);
    }

    [Theory]
    [InlineData("--method", "jda", 1)]
    [InlineData("--target", "webcam", 0)]
    [InlineData("--before", "2026-11-01", 2)]
    [InlineData("--before", "2026-12-01", 0)]
    public void Forget_ByWhatIsSaid_KeepsTheOthers(string option, string value, int left)
    {
        Assert.Equal(ExitCode.Success, Session.Run("experience", "forget", option, value).ExitCode);
        Assert.Equal(left, ExperienceStore.OfUser()!.Read().Experiences.Count);
    }

    [Fact]
    public void List_WhereKeepingIsOff_SaysSo()
    {
        Environment.SetEnvironmentVariable(ExperienceStore.Variable, "off");
        Answer answer = Session.Run("experience", "list");
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains(ExperienceStore.Variable, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_OfAFileThatIsNone_SaysWhatWasExpected()
    {
        string file = folder.In("letter.txt");
        File.WriteAllText(file, "Dear reader,\n");
        Answer answer = Session.Run("experience", "import", file);
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("acclimate experience export", answer.Error, StringComparison.Ordinal);
    }

    private static Experience One(string method, double? gain) => new()
    {
        At = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
        Source = "amazon",
        Target = "webcam",
        Statistics = Pair,
        Method = method,
        Gain = gain,
        Acclimate = "0.1.0",
    };
}
