using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;

namespace Acclimate.Training;

/// <summary>
/// Looks for a learning rate: trains for some steps while the rate rises exponentially, and watches the loss (Smith,
/// "Cyclical Learning Rates for Training Neural Networks", WACV 2017). The steps are those that the run would begin
/// with, in its first stage, but for their rate.
/// </summary>
/// <remarks>
/// It trains a copy of the network and an objective of its own, on generators of its own: the network, its buffers, and whatever
/// optimizer and generators it is trained with afterwards keep their bits.
/// </remarks>
public static class RateFinder
{
    /// <summary>The weight of what was seen before in the smoothed loss: it looks some ten steps back.</summary>
    private const double Memory = 0.9;

    /// <summary>The loss has exploded when it rises so many times its lowest value above it.</summary>
    private const double Explosion = 3;

    /// <summary>Tries the rates.</summary>
    /// <param name="network">The network; it stays as it is.</param>
    /// <param name="objective">Makes the method's objective; it is called once, and what it makes is disposed.</param>
    /// <param name="options">How the network is to be trained; the learning rate is not looked at.</param>
    /// <param name="source">The labelled domain.</param>
    /// <param name="target">The other domain; its labels are not seen.</param>
    /// <param name="preprocessing">What is done to both domains' samples.</param>
    /// <param name="range">The rates; 100 from 10⁻⁶ to 10 unless given.</param>
    /// <param name="known">A few target samples whose labels may be learnt from.</param>
    /// <param name="progress">Hears of every rate, on the calling thread.</param>
    /// <param name="sourceWeights">What each source sample counts in the classification loss; none counts each once.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <returns>The losses, and what they suggest.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the first stage of the method has a rate of its own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RateSearch Find(
        ClassifierNetwork network,
        Func<Objective> objective,
        TrainerOptions options,
        Domain source,
        Domain target,
        Preprocessing preprocessing,
        RateRange? range = null,
        Domain? known = null,
        Action<RatePoint>? progress = null,
        IReadOnlyList<double>? sourceWeights = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(options);
        range ??= new RateRange();
        range.Validate();
        using Objective tried = objective();
        Stage first = tried.Stages.First(static stage => stage.Share > 0);
        if (first.Optimizer?.LearningRate is { } own)
            throw new ArgumentException(FormattableString.Invariant($"the stage '{first.Name}', with which this method begins, has a learning rate of its own, {own}: there is none to find"));

        // The first stage is longer than the search, so that nothing of what comes behind it begins.
        double share = first.Share / tried.Stages.Sum(static stage => stage.Share);
        long steps = Math.Max(options.Steps, (long)Math.Ceiling((range.Steps + 1) / share));
        using ClassifierNetwork copy = network.Copy();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<RatePoint> points = [];
        double memory = 0, lowest = double.PositiveInfinity;
        bool exploded = false;
        try
        {
            new Trainer(copy, tried, options with { Steps = steps, Search = range, Cache = FrontCache.Off })
                .Fit(source, target, preprocessing, progress: See, known: known, sourceWeights: sourceWeights, cancellation: stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
        }
        catch (TrainingException)
        {
            exploded = true;
        }

        return new RateSearch(first.Name, points, exploded);

        void See(StepReport report)
        {
            double loss = LossOf(report);
            memory = (Memory * memory) + ((1 - Memory) * loss);
            RatePoint point = new(range.At(points.Count), loss, memory / (1 - Math.Pow(Memory, points.Count + 1)));
            points.Add(point);
            progress?.Invoke(point);
            lowest = Math.Min(lowest, point.Smoothed);
            exploded = point.Smoothed - lowest > Explosion * Math.Abs(lowest);
            if (exploded || points.Count == range.Steps)
                stop.Cancel();
        }
    }

    /// <summary>The classification loss, which all methods have in common, or, in a stage without it, the sum of what is descended.</summary>
    private static double LossOf(StepReport report)
    {
        string[] task = [.. report.Terms.Keys.Where(static name => name == "task" || name.StartsWith("task.", StringComparison.Ordinal))];
        return (task.Length > 0 ? task : report.Terms.Keys).Sum(name => report.Terms[name] * report.Weights[name]);
    }
}
