using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Honest;

namespace Acclimate.Tests.Benchmarks.Honest;

public sealed class AutoCellTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_Pair_IsMeasuredOnceAndLeavesNoRunBehind()
    {
        Write("source.csv", 0);
        Write("target.csv", 0.5);
        using BenchmarkData data = new(folder);
        HonestPair pair = new("own", "source>target", "source.csv", "target.csv", "zscore");
        BenchmarkOptions options = new() { Folder = Path.Combine(folder, "out") };

        AutoCell cell = Assert.Single(AutoCell.Run([pair], [0], 0.5, data, options)), again = Assert.Single(AutoCell.Run([pair], [0], 0.5, data, options));

        Assert.Equal(cell, again);
        Assert.Equal(("own", "source>target", 0L, 0.5), (cell.Suite, cell.Pair, cell.Seed, cell.Budget));

        // 40 target samples: accuracies are multiples of 2.5 points.
        Assert.All((double[])[cell.Source, cell.Auto], static accuracy => Assert.Equal(0, Math.IEEERemainder(accuracy, 2.5), 1e-9));
        Assert.Equal(cell.Tried > 0, cell.Best is not null);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "out", "auto")));
    }

    [Fact]
    public void Markdown_Auto_IsALineOfItsOwnWithItsGainOverItsOwnSourceModel()
    {
        HonestCell cell = new(
            "key", "own", "a>b", false, 0, 60, new Dictionary<string, double> { ["x"] = 70 }, ShareRule.All.ToDictionary(static rule => rule.Name, static _ => 65.0), new Dictionary<string, string>(), 1);
        AutoCell auto = new("key", "own", "a>b", 0, 60, Source: 61, Auto: 68, Best: 72, Tried: 5, Admitted: 2, Seconds: 60);

        string page = string.Join('\n', HonestTables.Markdown([cell], ShareRule.Shown, [auto])), without = string.Join('\n', HonestTables.Markdown([cell], ShareRule.Shown));

        Assert.Contains("| auto | 1 | +7.00 | 70 % |", page, StringComparison.Ordinal);
        Assert.Contains("tried 5.0 ways, of which 2.0 have a part in its answer; the best of them by the target's labels would gain +11.00.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("auto", without, StringComparison.Ordinal);
    }

    /// <summary>Two classes along the first feature; the target's lie a little further on.</summary>
    private void Write(string name, double moved) => File.WriteAllLines(Path.Combine(folder, name), [
        "a,b,label",
        .. Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{(i % 2 * 2) + moved + (0.9 * Math.Sin(i))},{Math.Cos(3 * i)},{(i % 2 == 0 ? "no" : "yes")}"))]);
}
