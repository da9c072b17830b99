using Acclimate.Data;
using Acclimate.Deep;

namespace Acclimate.Training;

/// <summary>Where a run's batches come from.</summary>
/// <param name="Source">The source's.</param>
/// <param name="Target">The target's, where a stage draws from it.</param>
/// <param name="Known">Those of the few labelled target samples, where there are such.</param>
/// <param name="Tasks">The further tasks'.</param>
internal sealed record BatchLoaders(BatchLoader Source, BatchLoader? Target, BatchLoader? Known, IReadOnlyList<BatchLoader> Tasks);

/// <summary>The batches of one step; none of a domain that the stage doesn't draw from.</summary>
internal sealed record StepBatches(Batch? Source, Batch? Target, Batch? Known, IReadOnlyList<Batch> Tasks) : IDisposable
{
    public void Dispose()
    {
        Source?.Dispose();
        Target?.Dispose();
        Known?.Dispose();
        foreach (Batch batch in Tasks)
            batch.Dispose();
    }
}

/// <summary>The batches of a stage's steps in order, read ahead on other threads.</summary>
internal sealed class StageBatches : IDisposable
{
    private readonly IEnumerator<Batch>? source;
    private readonly IEnumerator<Batch>? target;
    private readonly IEnumerator<Batch>? known;
    private readonly IEnumerator<Batch>[] tasks;

    /// <summary>Begins at a step of the run.</summary>
    public StageBatches(BatchLoaders loaders, Stage stage, long step)
    {
        source = stage.UsesSource ? From(loaders.Source) : null;
        target = stage.UsesTarget && loaders.Target is { } ofTarget ? From(ofTarget) : null;
        known = stage.UsesTarget && loaders.Known is { } few ? From(few) : null;
        tasks = stage.UsesSource ? [.. loaders.Tasks.Select(From)] : [];

        IEnumerator<Batch> From(BatchLoader loader) => loader.From(step).GetEnumerator();
    }

    /// <summary>The next step's, to be disposed.</summary>
    public StepBatches Next() => new(Next(source), Next(target), Next(known), [.. tasks.Select(static task => Next(task)!)]);

    public void Dispose()
    {
        source?.Dispose();
        target?.Dispose();
        known?.Dispose();
        foreach (IEnumerator<Batch> task in tasks)
            task.Dispose();
    }

    private static Batch? Next(IEnumerator<Batch>? batches) => batches is not null && batches.MoveNext() ? batches.Current : null;
}
