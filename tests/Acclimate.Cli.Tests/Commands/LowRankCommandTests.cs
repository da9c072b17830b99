using System.Text.Json;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>Low-rank adaptation from the command line: training, the adapter, merging; and the search for a learning rate.</summary>
public sealed class LowRankCommandTests
{
    private const string Source = "generated:digits-wild?count=60";

    [Fact]
    public void Train_Lora_ThenMerge_SaysTheSame()
    {
        using TemporaryFolder folder = new();
        string weights = Base(folder), run = folder.In("run"), merged = folder.In("merged"), again = folder.In("again");
        string adapter = Path.Combine(run, "model", "adapter.safetensors");

        Answer trained = Session.Run([.. Lora(weights), "--steps", "4", "--out", run]);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);

        // lenet on 3×28×28 in rank 2: 2·(75 + 32), 2·(800 + 48), 2·(768 + 256), and a classifier of 10 × 257.
        Assert.Contains("LoRA of rank 2: trains 6,528 of 244,432 parameters (2.7 %)", trained.Out, StringComparison.Ordinal);
        Assert.Contains(adapter, trained.Out, StringComparison.Ordinal);
        Answer folded = Session.Run("merge", run, "--out", merged);
        Assert.True(folded.ExitCode == ExitCode.Success, folded.Error);
        Assert.StartsWith("Folded matrices of rank 2 into 3 layers", folded.Out, StringComparison.Ordinal);
        Answer alone = Session.Run("merge", adapter, "--weights", weights, "--out", again);
        Assert.True(alone.ExitCode == ExitCode.Success, alone.Error);

        // The same additions on the same weights, folded by the same sums.
        Assert.Equal(File.ReadAllBytes(Path.Combine(merged, "model.safetensors")), File.ReadAllBytes(Path.Combine(again, "model.safetensors")));
        Assert.Equal(Said(run), Said(merged));

        string[] Said(string model)
        {
            Answer predicted = Session.Run("predict", model, Source);
            Assert.True(predicted.ExitCode == ExitCode.Success, predicted.Error);
            return [.. predicted.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(',')[1])];
        }
    }

    [Fact]
    public void Merge_WhatCanNotBe_IsRefusedWithWhatToDo()
    {
        using TemporaryFolder folder = new();
        string weights = Base(folder), run = folder.In("run");
        Assert.Equal(ExitCode.Success, Session.Run([.. Lora(weights), "--steps", "1", "--out", run]).ExitCode);
        string adapter = Path.Combine(run, "model", "adapter.safetensors");

        Assert.Contains("holds a plain model", Refused("merge", folder.In("base"), "--out", folder.In("a")), StringComparison.Ordinal);
        Assert.Contains("is there already", Refused("merge", run, "--out", run), StringComparison.Ordinal);
        Assert.Contains("--weights", Refused("merge", adapter, "--out", folder.In("a")), StringComparison.Ordinal);
        Assert.Contains("other values", Refused("merge", adapter, "--weights", Path.Combine(Trained(folder, "other", "--seed", "1"), "model", "model.safetensors"), "--out", folder.In("a")), StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.In("a")));
    }

    [Theory]
    [InlineData("say which with --weights", "--lora", "2")]
    [InlineData("give a rank with --lora", "--lora-alpha", "2")]
    [InlineData("lora is 0", "--lora", "0", "--weights", "x", "--backbone", "lenet")]
    [InlineData("only one of the two", "--lora", "2", "--freeze", "all", "--weights", "x", "--backbone", "lenet")]
    [InlineData("--lora is for methods that train a network", "--lora", "2", "--method", "jda")]
    [InlineData("say which with --weights", "--adapters", "2")]
    [InlineData("adapters is 0", "--adapters", "0", "--weights", "x", "--backbone", "lenet")]
    [InlineData("only one of the two", "--adapters", "2", "--lora", "2", "--weights", "x", "--backbone", "lenet")]
    [InlineData("--adapters is to learn in them", "--adapters", "2", "--freeze", "all", "--weights", "x", "--backbone", "lenet")]
    [InlineData("--adapters is for methods that train a network", "--adapters", "2", "--method", "jda")]
    public void Train_AdditionThatCanNotBe_IsRefusedBeforeAnythingIsWritten(string words, params string[] options)
    {
        using TemporaryFolder folder = new();
        string[] method = options.Contains("--method") ? [] : ["--method", "source-only"];
        string error = Refused([.. (string[])["train", Source, Source, "--out", folder.In("run")], .. method, .. options]);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("run")));
    }

    [Fact]
    public void Train_Adapters_ThenMergeWithTheWeights_IsTheWholeModelAgain()
    {
        using TemporaryFolder folder = new();
        string weights = Base(folder), run = folder.In("run"), again = folder.In("again");
        string adapter = Path.Combine(run, "model", "adapter.safetensors");

        Answer trained = Session.Run([.. Beside(weights, "--adapters"), "--steps", "4", "--out", run]);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);

        // lenet in width 2: 2·2·32 + 2 + 32, 2·2·48 + 2 + 48, 2·2·256 + 2 + 256, and a classifier of 10 × 257.
        Assert.Contains("adapters of width 2: trains 4,256 of 242,160 parameters (1.8 %)", trained.Out, StringComparison.Ordinal);
        Assert.Contains($"acclimate merge {adapter} --weights FILE --out FOLDER", trained.Out, StringComparison.Ordinal);
        Answer whole = Session.Run("merge", adapter, "--weights", weights, "--out", again);
        Assert.True(whole.ExitCode == ExitCode.Success, whole.Error);
        Assert.StartsWith("Put adapters of width 2 between the layers of the weights", whole.Out, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(run, "model", "model.safetensors")), File.ReadAllBytes(Path.Combine(again, "model.safetensors")));
        Assert.True(Session.Run("predict", again, Source).ExitCode == ExitCode.Success);

        Assert.Contains("they can't be folded into weights", Refused("merge", run, "--out", folder.In("folded")), StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.In("folded")));
        Assert.Contains("start from the weights that they were trained beside", Refused("train", Source, "--method", "source-only", "--weights", run, "--out", folder.In("on")), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FromARunOfOtherClasses_SaysThatTheClassifierIsNew()
    {
        using TemporaryFolder folder = new();
        string[] lines = [.. Enumerable.Range(0, 12).Select(static i => $"{i % 3}.5,{i % 5},{(i % 2 == 0 ? "even" : "odd")}")];
        File.WriteAllLines(folder.In("a.csv"), ["x,y,class", .. lines]);
        File.WriteAllLines(folder.In("b.csv"), ["x,y,class", .. lines.Select(static line => line.Replace("odd", "queer", StringComparison.Ordinal))]);
        string[] short_ = ["--method", "source-only", "--steps", "2"];
        Assert.Equal(ExitCode.Success, Session.Run(["train", folder.In("a.csv") + "?label=class", .. short_, "--out", folder.In("first")]).ExitCode);

        Answer other = Session.Run(["train", folder.In("b.csv") + "?label=class", .. short_, "--weights", folder.In("first"), "--out", folder.In("other")]);
        Answer same = Session.Run(["train", folder.In("a.csv") + "?label=class", .. short_, "--weights", folder.In("first"), "--out", folder.In("same")]);

        Assert.Contains("backbone; its classifier of other classes (even, odd) gives way to a new one", other.Out, StringComparison.Ordinal);
        Assert.Contains("backbone and classifier", same.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void FindRate_SuggestionFirstThenTheLosses()
    {
        string[] command = ["find-rate", Source, "--backbone", "lenet", "--steps", "40", "--batch-size", "16", "--precision", "float32"];
        Answer answer = Session.Run(command);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Matches(@"^Take --learning-rate [0-9.e-]+\.\n", answer.Out);
        Assert.Contains("━", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), static line => Assert.True(line.Length <= 80, line));

        using JsonDocument found = JsonDocument.Parse(Session.Run([.. command, "--json"]).Out);
        double suggested = found.RootElement.GetProperty("suggested").GetDouble();
        Assert.Equal(found.RootElement.GetProperty("lowest_at").GetDouble() / 10, suggested);
        Assert.InRange(found.RootElement.GetProperty("points").GetArrayLength(), 2, 40);
        Assert.Equal(1e-6, found.RootElement.GetProperty("points")[0].GetProperty("rate").GetDouble());
    }

    [Theory]
    [InlineData("trains no network", "--method", "jda")]
    [InlineData("the last rate is 1e-07", "--to", "1e-7")]
    [InlineData("dan adapts to a target", "--method", "dan")]
    public void FindRate_WhatCanNotBe_IsRefused(string words, params string[] options) =>
        Assert.Contains(words, Refused(["find-rate", Source, .. options]), StringComparison.OrdinalIgnoreCase);

    /// <summary>Each of these changes what a training begins with, and so the losses on the way.</summary>
    [Theory]
    [InlineData("--layer-decay", "0.1")]
    [InlineData("--backbone-rate", "0")]
    [InlineData("--gradual")]
    [InlineData("--batch-norm", "per-domain")]
    [InlineData("--also", "generated:digits-wild?count=40&seed=3")]
    [InlineData("--weigh", "ulsif")]
    [InlineData("--target-labels", "2")]
    public void FindRate_OptionsOfTrain_AreHeeded(params string[] options)
    {
        Assert.NotEqual(Losses(), Losses(options));

        static double[] Losses(params string[] options)
        {
            Answer answer = Session.Run(["find-rate", Source, "generated:digits-wild?count=40&seed=2", "--method", "dan", "--backbone", "lenet",
                "--from", "1e-4", "--steps", "10", "--batch-size", "8", "--precision", "float32", "--json", .. options]);
            Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
            using JsonDocument found = JsonDocument.Parse(answer.Out);
            return [.. found.RootElement.GetProperty("points").EnumerateArray().Select(static point => point.GetProperty("loss").GetDouble())];
        }
    }

    [Fact]
    public void FindRate_MethodThatNeedsTargetLabels_TakesThem()
    {
        string[] command = ["find-rate", Source, "generated:digits-wild?count=40&seed=2", "--method", "label-efficient", "--steps", "10", "--batch-size", "8", "--size", "16"];
        Assert.Contains("--target-labels", Refused(command), StringComparison.Ordinal);
        Answer answer = Session.Run([.. command, "--target-labels", "2"]);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
    }

    private static string[] Lora(string weights) => Beside(weights, "--lora");

    private static string[] Beside(string weights, string kind) =>
        ["train", Source, "--method", "source-only", "--backbone", "lenet", "--weights", weights, "--size", "28", kind, "2", "--learning-rate", "0.05"];

    /// <summary>The weights of a small model.</summary>
    private static string Base(TemporaryFolder folder) => Path.Combine(Trained(folder, "base"), "model", "model.safetensors");

    private static string Trained(TemporaryFolder folder, string name, params string[] options)
    {
        string run = folder.In(name);
        Answer trained = Session.Run(["train", Source, "--method", "source-only", "--backbone", "lenet", "--steps", "3", "--out", run, .. options]);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        return run;
    }

    private static string Refused(params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.NotEqual(ExitCode.Success, answer.ExitCode);
        Assert.StartsWith("error: ", answer.Error, StringComparison.Ordinal);
        return answer.Error;
    }
}
