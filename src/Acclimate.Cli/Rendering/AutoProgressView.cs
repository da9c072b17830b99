using System.Diagnostics;
using Acclimate.Runs;

namespace Acclimate.Cli.Rendering;

/// <summary>
/// Shows a run that chooses by itself: what it does, the best so far, and the time left. On a terminal one line that is drawn over;
/// elsewhere a line for each thing that was tried.
/// </summary>
internal sealed class AutoProgressView(Screen screen, bool toError, bool quiet) : IDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    private readonly TextWriter writer = toError ? screen.Error : screen.Out;
    private readonly bool live = screen.Live && !toError;
    private readonly Stopwatch sinceDrawn = Stopwatch.StartNew();
    private readonly Stopwatch sinceTold = new();
    private AutoProgress? told;
    private string doing = string.Empty;
    private bool drawn;

    public void Report(RunProgress progress)
    {
        if (quiet)
            return;
        string before = doing;
        doing = progress switch
        {
            { Auto: { Done: null } trying } => $"trying {trying.Trying}",
            { Step: { } step } => $"{progress.Of}: step {Numbers.Count(step.Step)} of {Numbers.Count(step.Steps)}",
            { Round: { } round, Of: not null } => $"the guard's pool: {round.Round} of {round.Rounds}",
            { Auto: not null } => doing,
            _ => progress.Stage,
        };
        if (progress.Auto is { } auto)
        {
            told = auto;
            sinceTold.Restart();
        }

        if (live)
            Draw(doing != before);
        else if (progress.Auto is { Done: not null } done)
            writer.WriteLine($"  {AutoView.Line(done)}; {Numbers.Duration(done.Left)} left");
    }

    public void Dispose()
    {
        if (drawn)
            writer.Write("\r\e[K");
        writer.Flush();
    }

    private void Draw(bool now)
    {
        if (!now && sinceDrawn.Elapsed < Frame)
            return;
        sinceDrawn.Restart();
        string best = told is null ? string.Empty : $" · best so far: a hedge with {told.Admitted} of {told.Tried} tried · {Numbers.Duration(Math.Max(0, told.Left - sinceTold.Elapsed.TotalSeconds))} left";
        string line = $"  {doing}{best}";
        writer.Write($"\r{(line.Length < screen.Width ? line : line[..(screen.Width - 1)])}\e[K");
        writer.Flush();
        drawn = true;
    }
}
