using Acclimate.Runs;
using Acclimate.Selection;
using Acclimate.Selection.Planning;

namespace Acclimate.Tests.Runs.Auto;

public sealed class AutoTrialsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private TrialStore Store => new(new RunFolder(folder));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, TrialOutcome.NotAdmitted)]
    [InlineData(2, TrialOutcome.Admitted)]
    public void Try_IsAdmittedWhereTwoChecksPreferIt(int preferring, TrialOutcome outcome)
    {
        AutoTrials trials = new(Clock(600), Store, null);

        trials.Try(Attempt("jda"), _ => Says(preferring));

        AutoTrial trial = Assert.Single(trials.All);
        Assert.Equal((outcome, preferring), (trial.Outcome, trial.Preferring));
        Assert.Equal(trial.Evidence, Store.Find("jda")!.Evidence);
    }

    private static AutoPlan Plan { get; } = new(new ShiftKinds(Finding.Found, Finding.NoSign, Finding.NoSign, Finding.Unknown), Planner.Plan(new PlanFacts()));

    [Fact]
    public void Try_WhatThrows_IsNotedAndNotTriedAgain()
    {
        AutoTrials trials = new(Clock(600), Store, null), later = new(Clock(600), Store, null);

        trials.Try(Attempt("jda"), static _ => throw new ArgumentException("no eigenvalue\nwas found"));
        trials.Try(Attempt("tca"), static _ => Says(3));
        later.Try(Attempt("jda"), static _ => throw new InvalidOperationException("it is fitted twice"));

        Assert.Equal([TrialOutcome.Failed, TrialOutcome.Admitted], trials.All.Select(static trial => trial.Outcome));
        Assert.Equal("no eigenvalue", trials.All[0].Reason);
        Assert.Equal("no eigenvalue", Assert.Single(later.All).Reason);
        Assert.Contains("1 failed", trials.Report(new AutoOptions(), Plan, new AutoOrder([], "any"), "a pool").Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Try_OthersOfItsKindTookLongerThanIsLeft_IsNotBegun()
    {
        Store.Add(new AutoTrial("jda", "jda", "alignment", new Dictionary<string, string>(), "any", TrialOutcome.Admitted) { Seconds = 5000, At = 5001 }, null);
        Store.Add(new AutoTrial("coral", "coral", "subspaces", new Dictionary<string, string>(), "any", TrialOutcome.Admitted) { Seconds = 1, At = 1 }, null);
        AutoTrials trials = new(Clock(600), Store, null);
        Assert.Equal(5001, Store.Spent);

        foreach (string known in (string[])["jda", "coral"])
            trials.Try(Attempt(known), static _ => throw new InvalidOperationException("it is fitted twice"));
        trials.Try(Attempt("tca", "alignment"), static _ => throw new InvalidOperationException("it was begun"));
        trials.Try(Attempt("sa", "subspaces"), static _ => Says(0));

        Assert.Equal(TrialOutcome.OutOfTime, trials.All[2].Outcome);
        Assert.Contains("83 min 20 s", trials.All[2].Reason, StringComparison.Ordinal);
        Assert.Null(Store.Find("tca"));
        Assert.Equal(TrialOutcome.NotAdmitted, trials.All[3].Outcome);
    }

    [Fact]
    public void Try_TheTimeIsOverMeanwhile_IsStoppedAndTriedAgainLater()
    {
        AutoClock clock = Clock(0.05);
        AutoTrials trials = new(clock, Store, null), later = new(Clock(600), Store, null);

        trials.Try(Attempt("jda"), token =>
        {
            token.WaitHandle.WaitOne();
            SpinWait.SpinUntil(() => clock.IsOver);
            token.ThrowIfCancellationRequested();
            return Says(6);
        });
        trials.Try(Attempt("tca"), static _ => throw new InvalidOperationException("it was begun"));
        later.Try(Attempt("jda"), static _ => Says(6));

        Assert.Equal([TrialOutcome.OutOfTime, TrialOutcome.OutOfTime], trials.All.Select(static trial => trial.Outcome));
        Assert.Equal(TrialOutcome.Admitted, Assert.Single(later.All).Outcome);
    }

    [Fact]
    public void Find_ADamagedRecord_IsNamed()
    {
        Directory.CreateDirectory(Path.Combine(folder, "candidates"));
        File.WriteAllText(Path.Combine(folder, "candidates", "jda.json"), "{\"name\": \"jda\"");

        Assert.Contains("jda.json", Assert.Throws<InvalidDataException>(() => Store.Find("jda")).Message, StringComparison.Ordinal);
    }

    private static AutoClock Clock(double seconds) => new(seconds, 0, CancellationToken.None);

    private static AutoAttempt Attempt(string name, string family = "any") => new(name, name, family, new Dictionary<string, string>(), "the test");

    /// <summary>Six checks, of which so many prefer the candidate.</summary>
    private static JudgedTrial Says(int preferring) => new([.. Enumerable.Range(0, 6).Select(i => new GuardEvidence($"check-{i}", "Check", 0.5, i < preferring ? 0.6 : 0.4))], null);
}
