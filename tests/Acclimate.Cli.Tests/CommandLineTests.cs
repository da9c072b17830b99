using System.CommandLine;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Commands =>
        [.. CommandLine.Root(new Screen(TextWriter.Null, TextWriter.Null, false, false, 80), CancellationToken.None).Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_OfEveryCommand_EndsWithExamples(string command)
    {
        Answer answer = Session.Run(command, "--help");
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.Contains("Examples:", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"  acclimate {command}", answer.Out, StringComparison.Ordinal);
    }

    /// <summary>What the help tells people to type must be understood.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Examples_OfEveryCommand_Parse(string command)
    {
        using StringWriter nowhere = new();
        Command root = CommandLine.Root(new Screen(nowhere, nowhere, false, false, 80), CancellationToken.None);
        var examples = ((Cli.Commands.ExampledCommand)root.Subcommands.Single(c => c.Name == command)).Examples;
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            string typed = example.Split("    ")[0].Split(" | ")[0].Replace("'", "\"", StringComparison.Ordinal);
            Assert.Empty(root.Parse(typed).Errors);
        }
    }

    [Fact]
    public void Help_OfTheProgram_NamesEveryCommand()
    {
        Answer bare = Session.Run(), asked = Session.Run("--help");
        Assert.Equal(ExitCode.Success, bare.ExitCode);
        Assert.Equal(asked.Out, bare.Out);
        Assert.All(Commands, row => Assert.Contains($"  {row.Data}", asked.Out, StringComparison.Ordinal));
        foreach (string command in (string[])["demo", "train", "predict", "evaluate", "inspect", "methods", "doctor"])
            Assert.Contains($"  {command} ", asked.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trian", "'train'")]
    [InlineData("inspekt", "'inspect'")]
    public void UnknownCommand_NearAKnownOne_NamesIt(string typed, string meant)
    {
        Answer answer = Session.Run(typed);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains($"did you mean {meant}?", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    [Theory]
    [InlineData("methods", "--jsn")]
    [InlineData("train", "a", "b", "--steps", "many")]
    [InlineData("predict", "onlyone")]
    [InlineData("evaluate")]
    [InlineData("train")]
    [InlineData("train", "a")]
    [InlineData("train", "a", "b", "--steps", "3", "--epochs", "1")]
    [InlineData("train", "a", "b", "--set", "lambda")]
    [InlineData("train", "a", "b", "--method", "dam")]
    [InlineData("train", "a", "b", "--resume", "c")]
    [InlineData("demo", "--steps", "0")]
    [InlineData("methods", "nosuch")]
    [InlineData("nosuch")]
    public void WrongUse_ExitsWith2AndSaysWhy(params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.StartsWith("error: ", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    /// <summary>Not the word behind it is wrong, and no TARGET is called so.</summary>
    [Theory]
    [InlineData("--frezze", "--freeze", "train", "a", "--frezze", "all", "--method", "source-only")]
    [InlineData("--frezze", "--freeze", "train", "a", "--frezze", "--method", "source-only")]
    [InlineData("--frezze", "--freeze", "train", "a", "--frezze=all", "--method", "source-only")]
    [InlineData("--quite", "--quiet", "train", "a", "b", "--out", "--quite")]
    [InlineData("--stepps", "--steps", "find-rate", "a", "--stepps", "9")]
    [InlineData("--labelz", "--labels", "verify", "run", "--labelz")]
    [InlineData("--jsn", "--json", "weights", "inspect", "--jsn")]
    public void MistypedOption_IsNamedWithWhatWasMeant(string typed, string meant, params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.StartsWith($"error: '{typed}' is not understood; did you mean '{meant}'?\nSee: ", answer.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void BareDashes_WhatStandsBehindThem_IsAPath()
    {
        Answer answer = Session.Run("inspect", "--", "--odd", "--odder");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("--odd: no such", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_KnownException_OneErrorAndNoStackTrace()
    {
        Answer answer = Session.Run("evaluate", "/nonexistent/model", "x");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.StartsWith("error: /nonexistent/model: no such folder", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_Verbose_HasTheStackTrace() =>
        Assert.Contains("   at ", Session.Run("evaluate", "/nonexistent/model", "x", "--verbose").Error, StringComparison.Ordinal);

    [Fact]
    public void PathThatIsNotThere_NearAnother_NamesIt()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.In("webcam.csv"), "a,label\n1,x\n2,y\n");
        Answer answer = Session.Run("inspect", folder.In("webcan.csv"), folder.In("webcam.csv"));
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("webcam.csv", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelThatIsNotThere_NearAnother_NamesIt()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.In("office"));
        Answer answer = Session.Run("predict", folder.In("ofice"), "x");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("did you mean 'office'?", answer.Error, StringComparison.Ordinal);
    }
}
