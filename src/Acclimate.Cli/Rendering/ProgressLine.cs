using System.Diagnostics;
using System.Globalization;

namespace Acclimate.Cli.Rendering;

/// <summary>
/// How far a long piece of work has come: on a terminal one line that is drawn over, ten times a second at most;
/// elsewhere a plain line at each tenth of the way.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarWidth = 20;
    private const int NameWidth = 20;

    /// <summary>Below it, a pace would be rounded to none.</summary>
    private const double SlowestPace = 0.05;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter writer;
    private readonly Screen screen;
    private readonly string name;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan drawnAt = -Frame;
    private long first = -1;
    private long saidTenths;
    private string last = string.Empty;
    private IReadOnlyList<string> below = [];

    /// <summary>Starts at nothing done.</summary>
    /// <param name="screen">Where to draw.</param>
    /// <param name="name">What is being done.</param>
    /// <param name="toError">Whether standard output must be kept for the result.</param>
    public ProgressLine(Screen screen, string name, bool toError = false)
    {
        this.screen = toError ? screen with { Live = false } : screen;
        this.name = name;
        writer = toError ? screen.Error : screen.Out;
    }

    /// <summary>Tells how far it has come.</summary>
    /// <param name="done">Units done.</param>
    /// <param name="total">Units in all.</param>
    /// <param name="figures">What to say beside it, such as the loss.</param>
    /// <param name="unit">What is counted, as "steps".</param>
    /// <param name="more">On a terminal, lines to draw under it.</param>
    public void Report(long done, long total, string figures, string unit, Func<IReadOnlyList<string>>? more = null)
    {
        if (screen.Quiet)
            return;
        if (first < 0)
        {
            // The pace is counted from here: what came before was reading.
            first = done;
            clock.Restart();
        }

        double pace = (done - first) / clock.Elapsed.TotalSeconds;
        string rate = done == first || pace < SlowestPace ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{pace:0.#} {unit}/s");
        string left = done == first || done >= total || !(pace > 0) ? string.Empty : $"{Numbers.Duration(Math.Ceiling((total - done) / pace))} left";
        if (!screen.Live)
        {
            long tenths = 10 * done / total;
            if (tenths > saidTenths)
                writer.WriteLine($"  {name}: {done}/{total}{Beside(", ", figures)}{Beside(", ", rate)}{Beside(", ", left)}");
            saidTenths = Math.Max(saidTenths, tenths);
            return;
        }

        last = $"  {name.PadRight(NameWidth)}{Bar(done, total)} {done}/{total}{Beside("  ", figures)}{Beside("   ", rate)}{Beside("   ", left)}";
        if (done < total && clock.Elapsed - drawnAt < Frame)
            return;
        drawnAt = clock.Elapsed;
        below = more?.Invoke() ?? [];
        Draw();
    }

    /// <summary>Leaves the line as it stands.</summary>
    public void Dispose()
    {
        if (!screen.Live || last.Length == 0)
            return;
        Draw();
        for (int line = 0; line <= below.Count; line++)
            writer.WriteLine();
    }

    /// <summary>A bar of heavy strokes for what is done and light ones for what is left, so that it reads without colour.</summary>
    internal static string Bar(long done, long total)
    {
        int filled = (int)Math.Clamp(BarWidth * done / Math.Max(total, 1), 0, BarWidth);
        return new string('━', filled) + new string('─', BarWidth - filled);
    }

    private static string Beside(string before, string figures) => figures.Length == 0 ? string.Empty : before + figures;

    private void Draw()
    {
        writer.Write($"\r{Fitting(last)}\e[K");
        foreach (string line in below)
            writer.Write($"\n{Fitting(line)}\e[K");

        // What was drawn further down before goes, and the cursor goes back to the first line.
        if (below.Count > 0)
            writer.Write($"\e[J\e[{below.Count}A");
        writer.Flush();
    }

    private string Fitting(string line) => line.Length < screen.Width ? line : line[..(screen.Width - 1)];
}
