using System.Diagnostics;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>Something to try.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Method">The method.</param>
/// <param name="Family">What it has in common with others.</param>
/// <param name="Options">Its options that are not at their defaults.</param>
/// <param name="Why">Why now.</param>
internal sealed record AutoAttempt(string Name, string Method, string Family, IReadOnlyDictionary<string, string> Options, string Why);

/// <summary>What a trial came to.</summary>
/// <param name="Evidence">What the checks say of the source's own model and of it.</param>
/// <param name="Said">What it says of the target's samples, where the store is to keep that; it stays the caller's.</param>
internal readonly record struct JudgedTrial(IReadOnlyList<GuardEvidence> Evidence, Tensor? Said);

/// <summary>Tries one thing after another while there is time; what throws, or takes longer than there is time, is noted and passed over.</summary>
/// <param name="clock">The time.</param>
/// <param name="store">What was tried before.</param>
/// <param name="progress">Hears when something begins and when it is done.</param>
internal sealed class AutoTrials(AutoClock clock, TrialStore store, Action<RunProgress>? progress)
{
    private readonly List<AutoTrial> all = [];

    /// <summary>All so far.</summary>
    public IReadOnlyList<AutoTrial> All => all;

    /// <summary>Those that have a part in the answer.</summary>
    public IReadOnlyList<AutoTrial> Admitted => [.. all.Where(static trial => trial.Outcome == TrialOutcome.Admitted)];

    /// <summary>Tries something, unless it was tried before or the time is not enough.</summary>
    /// <param name="attempt">What.</param>
    /// <param name="fit">Fits and judges it; its tensors are freed here.</param>
    /// <exception cref="IOException">What was found can't be written.</exception>
    public void Try(AutoAttempt attempt, Func<CancellationToken, JudgedTrial> fit)
    {
        if (store.Find(attempt.Name) is { } before)
        {
            all.Add(before);
            return;
        }

        double expected = Expected(attempt);
        if (clock.IsOver || clock.Left < expected)
        {
            string why = clock.Interrupted ? "the run was interrupted before"
                : clock.Left <= 0 ? "the time was over before"
                : $"about {Numbers.Duration(Math.Ceiling(expected))} as others of its kind took was more than was left";
            all.Add(Outcome(attempt, TrialOutcome.OutOfTime) with { Reason = why });
            return;
        }

        Tell(attempt, null);
        using TensorScope scope = TensorScope.Begin();
        Stopwatch watch = Stopwatch.StartNew();
        (AutoTrial trial, Tensor? said) = Fit(attempt, fit);
        trial = trial with { Seconds = watch.Elapsed.TotalSeconds, At = clock.Spent };
        if (trial.Outcome != TrialOutcome.OutOfTime)
            store.Add(trial, said);
        all.Add(trial);
        Tell(attempt, trial);
    }

    private (AutoTrial Trial, Tensor? Said) Fit(AutoAttempt attempt, Func<CancellationToken, JudgedTrial> fit)
    {
        using CancellationTokenSource deadline = clock.Deadline();
        try
        {
            JudgedTrial judged = fit(deadline.Token);
            AutoTrial trial = Outcome(attempt, TrialOutcome.NotAdmitted) with { Evidence = judged.Evidence };
            return (trial.Preferring >= HalfAndHalfRule.Needed ? trial with { Outcome = TrialOutcome.Admitted } : trial, judged.Said);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            string why = clock.Interrupted ? "the run was interrupted while it was fitted" : "the time was over while it was fitted";
            return (Outcome(attempt, TrialOutcome.OutOfTime) with { Reason = why }, null);
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
        {
            return (Outcome(attempt, TrialOutcome.Failed) with { Reason = e.Message.Split('\n')[0] }, null);
        }
    }

    /// <summary>Seconds that earlier fits took: of the method, else of its family, else the median of all; 0 before there is one.</summary>
    private double Expected(AutoAttempt attempt)
    {
        AutoTrial[] judged = [.. all.Where(static trial => trial.IsJudged)];
        double[] same = [.. judged.Where(trial => trial.Method == attempt.Method).Select(static trial => trial.Seconds)];
        if (same.Length == 0)
            same = [.. judged.Where(trial => trial.Family == attempt.Family).Select(static trial => trial.Seconds)];
        double[] others = [.. judged.Select(static trial => trial.Seconds).Order()];
        return same.Length > 0 ? same.Average() : others.Length > 0 ? others[others.Length / 2] : 0;
    }

    private void Tell(AutoAttempt attempt, AutoTrial? done) => progress?.Invoke(new RunProgress("trying")
    {
        Auto = new AutoProgress(attempt.Name, done, all.Count(static trial => trial.IsJudged), Admitted.Count, clock.Left),
    });

    private static AutoTrial Outcome(AutoAttempt attempt, TrialOutcome outcome) =>
        new(attempt.Name, attempt.Method, attempt.Family, attempt.Options, attempt.Why, outcome);

    /// <summary>Takes in what an earlier stretch of the run tried and this one had no occasion to.</summary>
    public void Recall() => all.AddRange(store.All.Where(kept => !all.Any(trial => trial.Name == kept.Name)).OrderBy(static kept => kept.At));

    /// <summary>What became of all.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="plan">What was planned.</param>
    /// <param name="order">Where the order came from.</param>
    /// <param name="beside">What the answer has beside them.</param>
    public AutoReport Report(AutoOptions options, AutoPlan plan, AutoOrder order, string beside) => new()
    {
        Verdict = Verdict(beside),
        Plan = plan.InWords(),
        Order = order.Words,
        Budget = options.Budget,
        Seconds = clock.Spent,
        Interrupted = clock.Interrupted,
        Trials = [.. all],
    };

    private string Verdict(string beside)
    {
        int judged = all.Count(static trial => trial.IsJudged), failed = Count(TrialOutcome.Failed), left = Count(TrialOutcome.OutOfTime), admitted = Admitted.Count;
        if (judged + failed == 0)
            return $"Nothing was tried beside {beside}, which took {Numbers.Duration(clock.Spent)}: {(clock.Interrupted ? "the run was interrupted" : $"there was no time for {left}")}.";
        string text = $"Tried {judged + failed} in {Numbers.Duration(clock.Spent)}, beside {beside}";
        text += admitted == 0
            ? $": none has a part in the answer, since fewer than {HalfAndHalfRule.Needed} checks without labels prefer it to the source's own model"
            : $": {admitted} {(admitted == 1 ? "has" : "have")} a part in the answer, since {HalfAndHalfRule.Needed} or more checks without labels prefer {(admitted == 1 ? "it" : "each")} to the source's own model";
        if (failed > 0)
            text += $"; {failed} failed";
        if (left > 0)
            text += $"; for {left} there was no time";
        return text + (clock.Interrupted ? ". It was interrupted: this is the best so far." : ".");

        int Count(TrialOutcome outcome) => all.Count(trial => trial.Outcome == outcome);
    }
}
