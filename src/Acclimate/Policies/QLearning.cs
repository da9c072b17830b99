using Acclimate.Generated;

namespace Acclimate.Policies;

/// <summary>
/// Q-learning: after each step Q(s, a) moves towards r + max_a′ Q(s′, a′), or towards r at the goal. Watkins, "Learning from delayed rewards", 1989.
/// Every random choice is a function of the seed and of the episode.
/// </summary>
/// <param name="task">The environment.</param>
/// <param name="seed">Where every random choice starts from.</param>
public sealed class QLearning(ValleyTask task, long seed)
{
    private const double Rate = 0.3;
    private const int Starts = 10;

    /// <summary>By chance: the share of actions that are tried out.</summary>
    internal const float Exploration = 0.05f;

    /// <summary>Learns.</summary>
    /// <param name="transfer">The way of using what was learnt elsewhere; none starts from nothing.</param>
    /// <param name="episodes">How many episodes, 1 or more.</param>
    /// <param name="enough">Stops once this return was kept, as <see cref="LearningCurve.StepsTo"/> counts; never where left out.</param>
    /// <param name="progress">Hears of every episode, on the calling thread.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no episode.</exception>
    public LearningCurve Learn(PolicyLearning? transfer, int episodes, double? enough = null, Action<CurvePoint>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        transfer ??= new PolicyLearning(new ActionValues());
        List<CurvePoint> points = [];
        long steps = 0;
        for (int episode = 0; episode < episodes; episode++)
        {
            cancellation.ThrowIfCancellationRequested();
            RandomStream random = new(seed, episode);
            steps += Episode(transfer, ref random);
            points.Add(new CurvePoint(steps, Return(transfer.Chosen)));
            progress?.Invoke(points[^1]);
            if (enough is { } wanted && points.Count > 1 && points[^1].Return >= wanted && points[^2].Return >= wanted)
                break;
        }

        return new LearningCurve(points, transfer.Chosen);
    }

    /// <summary>The mean return of the best actions by some values, from ten starts of the task's own.</summary>
    /// <param name="values">The values.</param>
    public double Return(ActionValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        long steps = 0;
        for (int start = 0; start < Starts; start++)
        {
            CartState state = new(-0.6 + (0.2 * (start + 0.5) / Starts), 0);
            int taken = 0;
            for (; taken < ValleyTask.MostSteps && !ValleyTask.IsDone(state); taken++)
                state = task.Next(state, values.Best(state));
            steps += taken;
        }

        return -(double)steps / Starts;
    }

    private int Episode(PolicyLearning transfer, ref RandomStream random)
    {
        ActionValues values = transfer.Values;
        transfer.Begin(ref random);
        CartState state = ValleyTask.Start(ref random);
        int taken = 0;
        while (taken < ValleyTask.MostSteps && !ValleyTask.IsDone(state))
        {
            int action = transfer.Act(state, taken++, ref random);
            CartState next = task.Next(state, action);
            double after = ValleyTask.IsDone(next) ? 0 : values[next, values.Best(next)];
            values.Learn(state, action, -1 + after, Rate);
            state = next;
        }

        transfer.End(taken, ValleyTask.IsDone(state));
        return taken;
    }
}
