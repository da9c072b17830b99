namespace Acclimate.Cli.Tests;

/// <summary>Commands that don't need libtorch work where it can't be found.</summary>
public sealed class WithoutEngineTests
{
    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("methods")]
    [InlineData("methods", "dan", "--json")]
    [InlineData("train", "--help")]
    public void Command_ThatNeedsNoEngine_Succeeds(params string[] arguments)
    {
        Answer answer = Session.RunWithoutEngine(arguments);
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.NotEmpty(answer.Out);
        Assert.Empty(answer.Error);
    }

    [Fact]
    public void Doctor_WithoutEngine_FailsAndSaysHowToMendIt()
    {
        Answer answer = Session.RunWithoutEngine("doctor");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("apt-get install libtorch-dev", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
    }
}
