using Acclimate.Data;
using Acclimate.Data.Transforms;

namespace Acclimate.Runs;

/// <summary>The samples of a further task, ready for a network.</summary>
/// <param name="Config">What was asked for.</param>
/// <param name="Samples">Its labelled samples.</param>
/// <param name="Scoring">Samples to score it on, coded as its classes are; none where none were given.</param>
/// <param name="Preprocessing">What is done to both.</param>
internal sealed record RunTask(TaskConfig Config, Domain Samples, Domain? Scoring, Preprocessing Preprocessing) : IDisposable
{
    public void Dispose()
    {
        Samples.Dispose();
        Scoring?.Dispose();
    }
}

/// <summary>The samples of a further task as they were read.</summary>
/// <param name="Config">What was asked for.</param>
/// <param name="Samples">Its labelled samples.</param>
/// <param name="Scoring">Samples to score it on.</param>
/// <param name="Own">Whether it is another domain than the source: its features are scaled by their own statistics.</param>
internal sealed record OpenTask(TaskConfig Config, Domain Samples, Domain? Scoring, bool Own)
{
    /// <summary>Reads a task's samples.</summary>
    /// <param name="task">What is asked for.</param>
    /// <param name="config">The run.</param>
    /// <param name="source">The run's source.</param>
    /// <param name="likeSource">How a domain is read whose features are the source's.</param>
    /// <param name="hold">Takes a domain to be disposed.</param>
    /// <exception cref="DataException">They can't be read, have no labels, or are of another shape than the source's; or the samples to score on have other classes.</exception>
    public static OpenTask Of(TaskConfig task, RunConfig config, Domain source, DomainOptions likeSource, Func<Domain, Domain> hold)
    {
        bool own = config.NormalisesEach;
        Domain samples = hold(Domain.Open(task.Source, own ? likeSource with { Encoder = null } : likeSource));
        Require(samples, task.Source);
        IReadOnlyList<long> shape = samples.SampleShape, expected = source.SampleShape;
        if (shape.Count != expected.Count || (shape.Count == 1 && shape[0] != expected[0]))
        {
            throw new DataException(
                $"the task {task.Name}: {task.Source} holds {DomainPair.Kind(shape)}, {source.Provenance} holds {DomainPair.Kind(expected)}.\n"
                + "  Tasks that share a trunk need samples of one shape; those of two shapes are two runs.");
        }

        if (task.Test is null)
            return new OpenTask(task, samples, null, own);
        Domain test = hold(Domain.Open(task.Test, likeSource with { Encoder = samples.Encoder }));
        Require(test, task.Test);
        DomainPair.Check(samples, test);
        return new OpenTask(task, samples, hold(RunData.Coded(test, samples, $"--task-test takes samples of the task's own classes, those of {task.Source}.")), own);

        void Require(Domain domain, string path)
        {
            if (!domain.IsLabelled)
                throw new DataException($"the task {task.Name}: {path} has no labels; a task needs them (for pictures: one folder a class)");
        }
    }

    /// <summary>The samples as the network is to see them.</summary>
    /// <param name="ofSource">What is done to the source's.</param>
    /// <param name="cancellation">Stops the work.</param>
    public RunTask Prepare(Preprocessing ofSource, CancellationToken cancellation)
    {
        Preprocessing own = Own && Samples.SampleShape.Count == 1 ? new Preprocessing([Standardise.Fit(Samples)]) : ofSource;
        return new RunTask(Config, Samples.Prepare(own, cancellation: cancellation), Scoring?.Prepare(own, cancellation: cancellation), own);
    }
}
