using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// How many points of accuracy each trial is above the source's own model, where the target came with labels for scoring: looked at when
/// everything is chosen, weighed and saved, for the report and for what other runs may learn of it.
/// </summary>
internal static class TrialGains
{
    /// <summary>The trials with their gains; as they were where no label tells.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="store">What the trials say of the target's samples.</param>
    /// <param name="result">What the run came to.</param>
    public static RunResult With(RunConfig config, RunData data, TrialStore store, RunResult result)
    {
        // Labels in a file of their own are of other samples than the trials spoke of.
        if (data.Scoring is not { } scoring || config.Test is not null || result.Guard?.Source is not { } source || result.Auto is not { } auto)
            return result;
        return result with { Auto = auto with { Trials = [.. auto.Trials.Select(Scored)] } };

        AutoTrial Scored(AutoTrial trial)
        {
            if (!trial.IsJudged || !store.HasSaid(trial))
                return trial;
            using TensorScope scope = TensorScope.Begin();
            int[] labels = [.. store.SaidBy(trial).ArgMax(1).ToArray<long>().Select(static label => (int)label)];
            (Score score, _) = TransferRun.ScoreOf(scoring, labels, data.Classes.Count);
            return trial with { Gain = 100 * (score.Accuracy - source.Accuracy) };
        }
    }
}
