using System.Diagnostics;

namespace Acclimate.Runs;

/// <summary>The time that trying may take.</summary>
/// <param name="seconds">What there is of it from now on.</param>
/// <param name="before">Seconds that earlier stretches of the run took.</param>
/// <param name="user">The user's own wish to stop.</param>
internal sealed class AutoClock(double seconds, double before, CancellationToken user)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <summary>Seconds of the run so far, all stretches together.</summary>
    public double Spent => before + watch.Elapsed.TotalSeconds;

    /// <summary>Seconds left.</summary>
    public double Left => Math.Max(0, seconds - watch.Elapsed.TotalSeconds);

    /// <summary>Whether nothing more is to be begun.</summary>
    public bool IsOver => Interrupted || Left <= 0;

    /// <summary>Whether the user stopped it.</summary>
    public bool Interrupted => user.IsCancellationRequested;

    /// <summary>Stops what is under way when the time is over, or when the user stops it; to be disposed.</summary>
    public CancellationTokenSource Deadline()
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(user);
        source.CancelAfter(TimeSpan.FromSeconds(Left));
        return source;
    }
}
