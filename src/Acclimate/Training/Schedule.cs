using Acclimate.Deep;

namespace Acclimate.Training;

/// <summary>A run's steps, shared out among its stages in order.</summary>
internal sealed class Schedule
{
    private readonly long[] ends;

    public Schedule(IReadOnlyList<Stage> stages, long steps)
    {
        Stages = stages;
        Steps = steps;
        double all = stages.Sum(static stage => stage.Share), sum = 0;
        ends = [.. stages.Select(stage => (long)Math.Round(steps * (sum += stage.Share) / all))];
        ends[^1] = steps;
    }

    public IReadOnlyList<Stage> Stages { get; }

    public long Steps { get; }

    /// <summary>The step with which the last stage begins, from 0.</summary>
    public long LastStage => ends.Length > 1 ? ends[^2] : 0;

    /// <summary>The stage that a step belongs to, and where that stands then.</summary>
    public (int Stage, StepInfo Info) At(long step)
    {
        int stage = Array.FindIndex(ends, end => step < end);
        long start = stage == 0 ? 0 : ends[stage - 1];
        return (stage, new StepInfo(step - start, ends[stage] - start));
    }
}
