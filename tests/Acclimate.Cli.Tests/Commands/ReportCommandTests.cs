using System.Globalization;
using System.Text.Json;
using Acclimate.Cli.Commands;
using Acclimate.Cli.Rendering;
using Acclimate.Reports;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>Reports, comparisons, and the command line that makes a run again.</summary>
public sealed class ReportCommandTests
{
    private const string Source = "generated:digits-clean?count=60";
    private const string Target = "generated:digits-wild?count=60";

    [Fact]
    public void ReportAndCompare_OfTwoRuns_TellWhatIsThere()
    {
        using TemporaryFolder folder = new();
        string plain = folder.In("plain"), adapted = folder.In("adapted"), page = folder.In("both.html");
        foreach ((string method, string run) in ((string, string)[])[("no-adaptation", plain), ("coral", adapted)])
        {
            Answer trained = Session.Run("train", Source, Target, "--method", method, "--size", "8", "--out", run);
            Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
            Assert.Contains("report.html · model", trained.Out, StringComparison.Ordinal);
        }

        File.Delete(Path.Combine(adapted, "report.html"));
        Answer reported = Session.Run("report", adapted, "--against", plain, "--json");
        Assert.True(reported.ExitCode == ExitCode.Success, reported.Error);
        using JsonDocument report = JsonDocument.Parse(reported.Out);
        Assert.Contains("No adaptation", File.ReadAllText(report.RootElement.GetProperty("report").GetString()!), StringComparison.Ordinal);

        Answer compared = Session.Run("compare", plain, adapted, "--classes", "--html", page);
        Assert.True(compared.ExitCode == ExitCode.Success, compared.Error);
        Assert.All(compared.Out.Split('\n').Where(line => !line.Contains(folder.Path, StringComparison.Ordinal)), static line => Assert.True(line.Length <= 80, line));
        Assert.Contains("coral", compared.Out, StringComparison.Ordinal);
        Assert.Contains("Right, in %", compared.Out, StringComparison.Ordinal);
        Assert.Contains("side by side", File.ReadAllText(page), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Session.Run("compare", plain, adapted, "--json").Out);
        Assert.Equal(2, json.RootElement.GetProperty("runs").GetArrayLength());
        Assert.True(json.RootElement.GetProperty("same_target").GetBoolean());
    }

    [Fact]
    public void Compare_WrongUse_SaysWhatToDo()
    {
        using TemporaryFolder folder = new();
        Answer alone = Session.Run("compare", folder.Path), missing = Session.Run("report", folder.In("nowhere")), empty = Session.Run("report", folder.Path);

        Assert.Equal(ExitCode.WrongUse, alone.ExitCode);
        Assert.Contains("two runs or more", alone.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, missing.ExitCode);
        Assert.Contains("no such folder", missing.Error, StringComparison.Ordinal);
        Assert.Contains("holds no run", empty.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TensorBoard_WritesAnEventFileThatReportWritesToo()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");
        Answer trained = Session.Run("train", Source, Target, "--steps", "20", "--batch-size", "8", "--precision", "float32", "--no-guard", "--out", run, "--tensorboard");
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        byte[] events = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(run, "tensorboard"))));
        File.Delete(Path.Combine(run, "report.html"));

        Answer reported = Session.Run("report", run, "--tensorboard", folder.In("events"));

        Assert.Equal(events, File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.In("events")))));
        Assert.Contains("tensorboard --logdir", reported.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
    }

    /// <summary>Every property of a configuration is set to something else than its default, so that one added later is not forgotten.</summary>
    [Fact]
    public void CommandLine_OfAnyConfiguration_IsReadBackAsIt()
    {
        RunConfig everything = new()
        {
            Source = "a source's folder",
            Also = ["b", "c d"],
            Balance = true,
            Target = "target?label=x&draw=1",
            Test = "test",
            Method = "multi-task",
            Options = new() { ["x"] = "1,2" },
            Classifier = "svm:C=10",
            Preprocess = "rowsum,zscore",
            TargetLabelled = "few",
            TargetLabels = "3",
            Weigh = "kmm",
            Tasks = [new TaskConfig { Name = "colour", Source = "by colour", Test = "tested" }],
            Backbone = "resnet18",
            Weights = "resnet18",
            Freeze = "stage1",
            FreezeFrom = "stage3",
            Gradual = true,
            BackboneRate = 0.1,
            LayerDecay = 0.75,
            Cache = FrontCache.Disk,
            Lora = 4,
            LoraAlpha = 8.5,
            Adapters = 16,
            Size = 96,
            Strict = true,
            OpenSet = true,
            Guard = true,
            Augment = true,
            Steps = 123,
            BatchSize = 7,
            LearningRate = 1e-5,
            WeightDecay = 1e-7,
            Seed = -3,
            CheckpointSteps = 50,
            Precision = "bf16",
            BatchNorm = "per-domain",
        };
        RunConfig usual = new();
        Assert.All(
            typeof(RunConfig).GetProperties().Where(static property => property.CanWrite && property.Name is not (nameof(RunConfig.FormatVersion) or nameof(RunConfig.Threads) or nameof(RunConfig.Epochs) or nameof(RunConfig.Auto))),
            property => Assert.False(Equals(property.GetValue(usual), property.GetValue(everything)), $"{property.Name} is at its default: add it here, and to Reproduction"));

        foreach (RunConfig config in (RunConfig[])[everything, everything with { Steps = usual.Steps, Epochs = 2.5 }, new RunConfig { Source = "s", Target = "t", Method = "jda", Options = new() { ["dimensions"] = "10" } }])
            Assert.Equal(Text(config with { Precision = config.IsShallow ? "auto" : config.Precision }), Text(Read(config)));
    }

    [Fact]
    public void CommandLine_OfARunThatChoosesByItself_IsReadBackAsIt()
    {
        RunConfig config = new()
        {
            Source = "source.csv",
            Target = "target.csv",
            Test = "test.csv",
            Classifier = "svm:C=10",
            Preprocess = "zscore",
            Backbone = "lenet",
            Weights = "weights.safetensors",
            Size = 28,
            Augment = true,
            Strict = true,
            Seed = 5,
            Auto = new AutoOptions { Budget = 90.5, Methods = ["jda", "tca"], Exclude = ["tca"] },
        };
        using StringWriter output = new(CultureInfo.InvariantCulture);
        AutoCommand command = new(new Screen(output, output, Live: false, Colour: false, Screen.WidestTable), CancellationToken.None);

        System.CommandLine.ParseResult parsed = command.Parse([.. Reproduction.Words(config).Skip(1)]);

        Assert.Empty(parsed.Errors);
        Assert.Equal(Text(config), Text(command.Config(parsed)));
    }

    [Fact]
    public void CommandLine_AwkwardNames_AreQuotedForAShell()
    {
        string line = Reproduction.CommandLine(new RunConfig { Source = "a b", Target = "it's $HOME", Threads = 2 });

        Assert.StartsWith("ACCLIMATE_THREADS=2 acclimate train 'a b' 'it'\\''s $HOME' --method dan", line, StringComparison.Ordinal);
    }

    private static RunConfig Read(RunConfig config)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture);
        TrainCommand command = new(new Screen(output, output, Live: false, Colour: false, Screen.WidestTable), CancellationToken.None);
        return command.Config(command.Parse([.. Reproduction.Words(config).Skip(1)]));
    }

    private static string Text(RunConfig config) => string.Join('\n', config.Summary());
}
