using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests.Rendering;

public sealed class DownloadViewTests
{
    [Fact]
    public void Report_ToAPipe_IsALineAtEachTenthWithRateAndTimeLeft()
    {
        using StringWriter output = new();
        HandClock clock = new();
        using (DownloadView view = new(new Screen(output, output, Live: false, Colour: false, 80), clock))
        {
            for (int done = 0; done <= 100; done++)
            {
                view.Report(new("a.bin", done * 1_000_000L, 100_000_000));
                clock.Advance(TimeSpan.FromSeconds(0.5));
            }
        }

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, lines.Length);
        Assert.Equal("  a.bin: 0 B of 100 MB", lines[0]);
        Assert.Equal("  a.bin: 10 MB of 100 MB, 2 MB/s, 45 s left", lines[1]);
        Assert.Equal("  a.bin: 100 MB of 100 MB, 2 MB/s", lines[10]);
    }

    [Fact]
    public void Report_Resumed_CountsTheRateFromThere()
    {
        using StringWriter output = new();
        HandClock clock = new();
        using DownloadView view = new(new Screen(output, output, Live: false, Colour: false, 80), clock);
        view.Report(new("a.bin", 50_000_000, 100_000_000));
        clock.Advance(TimeSpan.FromSeconds(10));
        view.Report(new("a.bin", 60_000_000, 100_000_000));
        Assert.Equal("  a.bin: 50 MB of 100 MB\n  a.bin: 60 MB of 100 MB, 1 MB/s, 40 s left\n", output.ToString());
    }

    [Fact]
    public void Report_OnATerminal_DrawsOverOneLine()
    {
        using StringWriter output = new();
        HandClock clock = new();
        using (DownloadView view = new(new Screen(output, output, Live: true, Colour: false, 80), clock))
        {
            view.Report(new("a.bin", 0, 100));
            view.Report(new("a.bin", 1, 100));
            clock.Advance(TimeSpan.FromSeconds(1));
            view.Report(new("a.bin", 50, 100));
            view.Report(new("a.bin", 100, 100));
        }

        Assert.Equal(
            "\r  a.bin  ──────────────────── 0 B of 100 B\e[K"
            + "\r  a.bin  ━━━━━━━━━━────────── 50 B of 100 B  50 B/s   1 s left\e[K"
            + "\r  a.bin  ━━━━━━━━━━━━━━━━━━━━ 100 B of 100 B  100 B/s\e[K\n",
            output.ToString());
    }

    [Fact]
    public void Report_Note_IsSaidOnce()
    {
        using StringWriter output = new();
        using DownloadView view = new(new Screen(output, output, Live: false, Colour: false, 80), TimeProvider.System);
        view.Report(new("a.bin", 0, 100, "waiting"));
        view.Report(new("a.bin", 0, 100, "waiting"));
        Assert.Equal("  a.bin: waiting\n", output.ToString());
    }

    private sealed class HandClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => now += time.Ticks;

        public override long GetTimestamp() => now;
    }
}
