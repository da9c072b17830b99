using Acclimate.Reports;
using Acclimate.Runs;

namespace Acclimate.Tests.Reports;

public sealed class ComparisonTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_TwoRuns_ShowsWhatDiffersAndNothingElse()
    {
        RunFolder one = Run("one", "t", 0.7, 1), other = Run("other", "t", 0.8, 2);

        Comparison comparison = Comparison.Of([one, other]);

        Assert.Equal(["A", "B"], comparison.Runs.Select(static run => run.Letter));
        Assert.Equal([0.7, 0.8], comparison.Runs.Select(static run => run.Honest!.Accuracy));
        Assert.Equal(["1", "2"], Assert.Single(comparison.Differences, static difference => difference.Name == "dan lambda").Values);
        Assert.DoesNotContain(comparison.Differences, static difference => difference.Name is "source" or "method" or "dan kernels");
        Assert.Equal([0.9, 0.9], comparison.Classes.Single(static shares => shares.Class == "ant").Right.Select(static share => share!.Value));
        Assert.Contains("overlaps", ComparisonPage.Verdict(comparison), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DifferentTargets_IsRefusedUnlessAsked()
    {
        RunFolder one = Run("one", "t", 0.7, 1), other = Run("other", "u", 0.8, 1);

        string refused = Assert.Throws<ArgumentException>(() => Comparison.Of([one, other])).Message;

        Assert.Contains("is scored on t", refused, StringComparison.Ordinal);
        Assert.Contains("--different-targets", refused, StringComparison.Ordinal);
        Comparison all = Comparison.Of([one, other], differentTargets: true);
        Assert.False(all.SameTarget);
        Assert.Contains("say nothing of each other", ComparisonPage.Of(all), StringComparison.Ordinal);
        Assert.DoesNotContain("most often", ComparisonPage.Verdict(all), StringComparison.Ordinal);
    }

    /// <summary>One target, named in two ways.</summary>
    [Fact]
    public void Of_OneFileNamedTwice_IsOneTarget()
    {
        string target = Samples.Table(Path.Combine(folder, "t.csv"), 3, 1, 0, ["ant", "bee"]);
        RunFolder one = Run("one", target, 0.7, 1), other = Run("other", Path.Combine(folder, "..", Path.GetFileName(folder), "t.csv"), 0.8, 1);

        Assert.True(Comparison.Of([one, other]).SameTarget);
    }

    [Fact]
    public void Of_WhatCantBeCompared_IsRefused()
    {
        RunFolder one = Run("one", "t", 0.7, 1), open = new(Path.Combine(folder, "open"));
        open.Create(new RunConfig { Source = "s", Target = "t" });

        Assert.Throws<ArgumentException>(() => Comparison.Of([one]));
        Assert.Contains("named twice", Assert.Throws<ArgumentException>(() => Comparison.Of([one, new RunFolder(one.Path + "/")])).Message, StringComparison.Ordinal);
        Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => Comparison.Of([one, open])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "A")]
    [InlineData(25, "Z")]
    [InlineData(26, "AA")]
    [InlineData(52, "BA")]
    public void Letter_OfARun_GoesOnBehindZ(int run, string letter) => Assert.Equal(letter, Comparison.Letter(run));

    /// <summary>A comparison of so many runs, made up.</summary>
    internal static Comparison Made(int count) => new(
        [.. Enumerable.Range(0, count).Select(static i => new ComparedRun(
            Comparison.Letter(i), $"runs/a-rather-long-name-of-a-run/{new string('y', 40)}-{i}", "dan", new Score(0.5 + (i / 100.0), 0.4, 0.7, 0.5, 100), new Oracle(0.8, 100), null, 61, "the model of the last step", "t"))],
        [new Difference(Samples.Hostile, [.. Enumerable.Range(0, count).Select(static i => i == 0 ? null : new string('v', 30))])],
        [new ClassShares(Samples.Hostile, [.. Enumerable.Repeat((double?)0.5, count)])],
        SameTarget: true);

    private RunFolder Run(string name, string target, double accuracy, int lambda)
    {
        RunFolder run = new(Path.Combine(folder, name));
        RunConfig config = new() { Source = "s", Target = target, Options = new() { ["lambda"] = $"{lambda}" }, Threads = 1, Precision = "float32" };
        run.Create(config);
        new RunResult
        {
            Method = "dan",
            Options = new Dictionary<string, string> { ["lambda"] = $"{lambda}", ["kernels"] = "5" },
            Source = "s",
            Target = target,
            Seed = 0,
            Precision = "float32",
            Threads = 1,
            Seconds = 10,
            Versions = new Dictionary<string, string> { ["acclimate"] = "0.1.0" },
            Classes = ["ant", "bee"],
            Honest = new Score(accuracy, accuracy - 0.1, accuracy + 0.1, accuracy, 20),
            Confusion = [[9, 1], [5, 5]],
        }.Save(run.Result);
        return run;
    }
}
