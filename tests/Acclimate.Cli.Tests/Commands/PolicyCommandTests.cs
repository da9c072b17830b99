using System.Text.Json;

namespace Acclimate.Cli.Tests.Commands;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Policy_OfAnotherTask_ShortensLearning()
    {
        string light = folder.In("light.safetensors"), curve = folder.In("curve.csv");
        Answer learnt = Session.Run("policy", "light-cart", "--episodes", "150", "--out", light);
        Answer scratch = Session.Run("policy", "heavy-cart", "--until", "-200", "--episodes", "60", "--json"), transferred = Session.Run("policy", "heavy-cart", "--from", light, "--until", "-200", "--episodes", "60", "--curve", curve, "--json");

        Assert.True(learnt.ExitCode == ExitCode.Success, learnt.Error);
        Assert.Contains("Mean return of ten starts: -1000.0 before", learnt.Out, StringComparison.Ordinal);
        Assert.Contains(light, learnt.Out, StringComparison.Ordinal);
        using JsonDocument before = JsonDocument.Parse(scratch.Out), after = JsonDocument.Parse(transferred.Out);
        Assert.Equal(("light-cart", "value-init"), (after.RootElement.GetProperty("from").GetString(), after.RootElement.GetProperty("method").GetString()));
        long soon = after.RootElement.GetProperty("steps_to_return").GetInt64();
        Assert.True(before.RootElement.GetProperty("steps_to_return") is { ValueKind: JsonValueKind.Null } || before.RootElement.GetProperty("steps_to_return").GetInt64() > 5 * soon, $"{soon} steps transferred, {scratch.Out} from scratch");
        string[] lines = File.ReadAllLines(curve);
        Assert.Equal("episode,steps,return", lines[0]);
        Assert.Equal(after.RootElement.GetProperty("episodes").GetInt32(), lines.Length - 1);
    }

    [Theory]
    [InlineData("moon-cart", "there is no task 'moon-cart'")]
    [InlineData("engine=0", "expected a number above 0")]
    [InlineData("friction=1", "below 1")]
    [InlineData("wings=2", "a cart has engine, gravity and friction")]
    [InlineData("engine=fast", "expected engine, gravity or friction, and a number")]
    public void Policy_TaskThatIsNone_IsRefused(string task, string said) => Refused(said, "policy", task);

    [Fact]
    public void Policy_WhatMakesNoSense_IsRefused()
    {
        string junk = folder.In("junk.safetensors");
        File.WriteAllText(junk, "not a policy");

        Refused("--from names its file", "policy", "light-cart", "--method", "prq");
        Refused("transfers no policy", "policy", "light-cart", "--from", junk, "--method", "dan");
        Refused("junk.safetensors", "policy", "light-cart", "--from", junk);
        Refused("expected 1 or more", "policy", "light-cart", "--episodes", "0");
    }

    private static void Refused(string said, params string[] words)
    {
        Answer answer = Session.Run(words);
        Assert.NotEqual(ExitCode.Success, answer.ExitCode);
        Assert.Contains(said, answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not have happened", answer.Error, StringComparison.Ordinal);
    }
}
