using Acclimate.Downloads;

namespace Acclimate.Cli.Rendering;

/// <summary>
/// How far a download has come, how fast it is and how long it still takes: on a terminal one line that is drawn over, elsewhere a
/// plain line at each tenth of the way.
/// </summary>
internal sealed class DownloadView(Screen screen, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private long startedAt, drawnAt, first = -1, tenths = -1;
    private string? note;
    private bool drawn;

    /// <summary>Shows it.</summary>
    public void Report(DownloadProgress progress)
    {
        if (screen.Quiet)
            return;
        lock (gate)
        {
            if (progress.Note is not null)
            {
                Say(progress.Name, progress.Note);
                return;
            }

            note = null;
            if (first < 0 || progress.Done < first)
            {
                // The rate is counted from here: what is there already came before.
                (first, startedAt, tenths) = (progress.Done, time.GetTimestamp(), -1);
            }

            Show(progress);
        }
    }

    /// <summary>Leaves the line as it stands.</summary>
    public void Dispose()
    {
        if (drawn)
            screen.Out.WriteLine();
        drawn = false;
    }

    /// <summary>Something other than bytes; the same words are not said twice in a row.</summary>
    private void Say(string name, string words)
    {
        if (words == note)
            return;
        Dispose();
        note = words;
        first = -1;
        screen.Out.WriteLine($"  {name}: {words}");
    }

    private void Show(DownloadProgress progress)
    {
        bool last = progress.Done >= progress.Total;
        string amount = $"{Numbers.Bytes(progress.Done)} of {Numbers.Bytes(progress.Total)}";
        if (screen.Live)
        {
            if (!last && drawn && time.GetElapsedTime(drawnAt) < Frame)
                return;
            (drawn, drawnAt) = (true, time.GetTimestamp());
            string line = $"  {progress.Name}  {ProgressLine.Bar(progress.Done, progress.Total)} {amount}{Pace(progress, "  ", "   ")}";
            screen.Out.Write($"\r{(line.Length < screen.Width ? line : line[..(screen.Width - 1)])}\e[K");
            screen.Out.Flush();
            return;
        }

        long now = 10 * progress.Done / Math.Max(progress.Total, 1);
        if (now > tenths)
            screen.Out.WriteLine($"  {progress.Name}: {amount}{Pace(progress, ", ", ", ")}");
        tenths = Math.Max(tenths, now);
    }

    /// <summary>Rate and time left, once there is something to tell them by.</summary>
    private string Pace(DownloadProgress progress, string before, string between)
    {
        double seconds = time.GetElapsedTime(startedAt).TotalSeconds;
        if (progress.Done == first || seconds <= 0)
            return string.Empty;
        double rate = (progress.Done - first) / seconds;
        long left = Math.Max(progress.Total - progress.Done, 0);
        string rest = left == 0 ? string.Empty : $"{between}{Numbers.Duration(Math.Ceiling(left / rate))} left";
        return $"{before}{Numbers.Bytes((long)rate)}/s{rest}";
    }
}
