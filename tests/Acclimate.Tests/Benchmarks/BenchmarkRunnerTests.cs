using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Data;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Benchmarks;

public sealed class BenchmarkRunnerTests : IDisposable
{
    private readonly TemporaryFolder files = new(), output = new();

    private readonly BenchmarkSuite suite = new(
        "toy",
        "Toy domains",
        BenchmarkSuites.Tasks("A>B B>A", static letter => $"{letter}.csv?label=class"),
        [
            new("plain", "no-adaptation", "", "none", ReferenceTable.Parse("Toy paper", "NN | 60 -")["NN"], ReferenceTable.Parse("recomputed", "NN | 50.5 70.5")["NN"]),
            new("two", "jda", "dimensions=1|2 rounds=2", "zscore"),
        ]);

    public BenchmarkRunnerTests()
    {
        Write("A", 0);
        Write("B", 0.8);
    }

    public void Dispose()
    {
        files.Dispose();
        output.Dispose();
    }

    [Fact]
    public void Run_Rows_MeasuresEachTaskAndReports()
    {
        List<BenchmarkProgress> heard = [];
        using BenchmarkData data = new(files.Path);

        IReadOnlyList<BenchmarkResult> results = BenchmarkRunner.Run(suite, data, new() { Progress = heard.Add });

        // What 1-NN gets of these clouds, counted by hand: by comparing every pair.
        Assert.Equal([ByHand("A", "B"), ByHand("B", "A")], results[0].Tasks.Select(static task => task.Accuracy!.Value.Mean));
        Assert.Equal((ByHand("A", "B") + ByHand("B", "A")) / 2, results[0].Average!.Value, 1e-12);
        Assert.Null(results[0].Above(results[0].Reference));
        Assert.Equal(results[0].Average!.Value - 60.5, results[0].Above(results[0].Row.References[1])!.Value, 1e-12);
        Assert.Equal([1, 2, 3, 4], heard.Select(static p => p.Done));
        Assert.Equal([null, "plain", null, "two"], heard.Select(static p => p.Finished?.Row.Name));
        Assert.InRange(results[1].EigenResidual!.Value, 0, 1e-8);
    }

    // Two draws of three labels a class, by hand: neighbours among A's samples and those of B that are shown; the others are scored.
    [Fact]
    public void Run_TaskThatShowsLabels_LearnsFromTheseAndScoresTheOthers()
    {
        using BenchmarkData data = new(files.Path);
        BenchmarkSuite few = suite with { Tasks = [suite.Tasks[0] with { Labels = 3, Draws = 2 }], Rows = [suite.Rows[0]] };
        (double X, double Y, string Class)[] from = Read("A"), to = Read("B");
        Labels labels = Labels.FromNames([.. to.Select(static t => t.Class)]);
        int right = 0;
        for (int draw = 0; draw < 2; draw++)
        {
            HashSet<int> shown = Acclimate.Data.Readers.SampleChoice.Draws(labels, Enumerable.Range(0, 40), 3, draw, "B");
            Assert.Equal(6, shown.Count);
            (double X, double Y, string Class)[] known = [.. from, .. shown.Order().Select(i => to[i])];
            right += Enumerable.Range(0, 40).Except(shown).Count(i => known.MinBy(f => Squared(f, to[i])).Class == to[i].Class);
        }

        Assert.Equal(100.0 * right / 68, BenchmarkRunner.Run(few, data)[0].Tasks[0].Accuracy!.Value.Mean, 1e-12);
        Assert.NotEqual(ByHand("A", "B"), 100.0 * right / 68);

        static double Squared((double X, double Y, string) f, (double X, double Y, string) t) => ((f.X - t.X) * (f.X - t.X)) + ((f.Y - t.Y) * (f.Y - t.Y));
    }

    [Fact]
    public void Run_TaskOfTwoSources_LearnsFromBoth()
    {
        Write("C", 0.4);
        using BenchmarkData data = new(files.Path);
        BenchmarkSuite both = suite with { Tasks = [suite.Tasks[0] with { Also = ["C.csv?label=class"] }], Rows = [suite.Rows[0], new("each", "multi-source", "weights=even", "none")] };

        IReadOnlyList<BenchmarkResult> results = BenchmarkRunner.Run(both, data, Kept);

        File.AppendAllLines(Path.Combine(files.Path, "A.csv"), File.ReadLines(Path.Combine(files.Path, "C.csv")).Skip(1));
        Assert.Equal(ByHand("A", "B"), results[0].Tasks[0].Accuracy!.Value.Mean);
        Assert.NotNull(results[1].Tasks[0].Accuracy);
        Assert.Contains("C.csv", results[0].Tasks[0].Cells[0].Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Again_TakesFinishedCells()
    {
        using BenchmarkData data = new(files.Path);
        IReadOnlyList<BenchmarkResult> first = BenchmarkRunner.Run(suite, data, Kept);
        IReadOnlyList<BenchmarkResult> again = BenchmarkRunner.Run(suite, data, Kept);

        // Seconds to the last bit: they were not measured again.
        Assert.Equal(first.SelectMany(static r => r.Tasks).SelectMany(static t => t.Cells), again.SelectMany(static r => r.Tasks).SelectMany(static t => t.Cells));
    }

    [Fact]
    public void Run_OtherOptionOrData_MeasuresAnew()
    {
        using (BenchmarkData data = new(files.Path))
            BenchmarkRunner.Run(suite, data, Kept);
        Dictionary<string, DateTime> before = Written();
        BenchmarkSuite other = suite with { Rows = [suite.Rows[0], suite.Rows[1] with { Options = "dimensions=1|1 rounds=2" }] };

        using (BenchmarkData data = new(files.Path))
            BenchmarkRunner.Run(other, data, Kept);
        Assert.Equal(["two-B-A.json"], Changed(before));

        Write("B", 0.9);
        using (BenchmarkData data = new(files.Path))
            BenchmarkRunner.Run(other, data, Kept);
        Assert.Equal(4, Changed(before).Length);
    }

    [Fact]
    public void Run_DamagedCell_MeasuresItAnew()
    {
        using BenchmarkData data = new(files.Path);
        BenchmarkSuite plain = suite.Only(["plain"], [], []);
        double? right = BenchmarkRunner.Run(plain, data, Kept)[0].Average;
        File.WriteAllText(Path.Combine(output.Path, "cells", "plain-A-B.json"), "{");
        Assert.Equal(right, BenchmarkRunner.Run(plain, data, Kept)[0].Average);
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatIsDone()
    {
        using BenchmarkData data = new(files.Path);
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            BenchmarkRunner.Run(suite, data, Kept with { Progress = p => { if (p.Done == 3) stop.Cancel(); }, Cancellation = stop.Token }));
        Assert.Equal(3, Written().Count);
    }

    [Fact]
    public void Data_Missing_SaysWhichVariableAndFile()
    {
        Assert.Contains("ACCLIMATE_DATA", Assert.Throws<DataException>(() => new BenchmarkData(Path.Combine(files.Path, "nowhere"))).Message, StringComparison.Ordinal);
        using BenchmarkData data = new(output.Path);
        string message = Assert.Throws<DataException>(() => BenchmarkRunner.Run(suite, data)).Message;
        Assert.Contains("A.csv: no such file", message, StringComparison.Ordinal);
        Assert.Contains("ACCLIMATE_DATA", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_Results_HaveMeasuredAndPrintedRows()
    {
        BenchmarkResult[] results =
        [
            new(suite.Rows[0], [new([new("", 61.234, 1.5)]), new([new("", 70, 0.5)])]),
            new(suite.Rows[1], [new([new("", 50, 1, 1e-15)]), new([new("", 51, 1, 2e-15)])]),
        ];

        (string csv, string markdown) = BenchmarkTables.Save(suite, results, output.Path);

        Assert.Equal(
            [
                "row,from,method,options,preprocess,classifier,A>B,B>A,average,difference,seconds",
                "plain,measured,no-adaptation,,none,1nn,61.23,70.00,65.62,,2.00",
                "plain,Toy paper,NN,,,,60.00,,,,",
                "plain,recomputed,NN,,,,50.50,70.50,60.50,5.12,",
                "two,measured,jda,dimensions=1|2 rounds=2,zscore,1nn,50.00,51.00,50.50,,2.00",
            ],
            File.ReadAllLines(csv));
        string[] lines = File.ReadAllLines(markdown);
        Assert.Contains("| **plain** | 61.23 | 70.00 | **65.62** |  | 2.00 |", lines);
        Assert.Contains("| recomputed: NN | 50.50 | 70.50 | 60.50 | +5.12 |  |", lines);
        Assert.Contains("| two | jda | dimensions=1\\|2 rounds=2 | zscore | 1nn |", lines);
    }

    private BenchmarkOptions Kept => new() { Folder = output.Path };

    private Dictionary<string, DateTime> Written() =>
        Directory.GetFiles(Path.Combine(output.Path, "cells")).ToDictionary(static file => Path.GetFileName(file), File.GetLastWriteTimeUtc);

    private string[] Changed(Dictionary<string, DateTime> before) => [.. Written().Where(now => before[now.Key] != now.Value).Select(static now => now.Key).Order()];

    private double ByHand(string source, string target)
    {
        (double X, double Y, string Class)[] from = Read(source), to = Read(target);
        int right = to.Count(t => from.MinBy(f => ((f.X - t.X) * (f.X - t.X)) + ((f.Y - t.Y) * (f.Y - t.Y))).Class == t.Class);
        return 100.0 * right / to.Length;
    }

    private (double X, double Y, string Class)[] Read(string name) =>
        [.. File.ReadLines(Path.Combine(files.Path, name + ".csv")).Skip(1).Select(static line => line.Split(','))
            .Select(static cells => (double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[1], CultureInfo.InvariantCulture), cells[2]))];

    private void Write(string name, double shift)
    {
        IEnumerable<string> lines = Enumerable.Range(0, 40).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Sin(i * 1.7) + (i % 2 * 1.5) + shift:F4},{Math.Cos(i * i * 0.9) - shift:F4},{(i % 2 == 0 ? "even" : "odd")}"));
        File.WriteAllLines(Path.Combine(files.Path, name + ".csv"), ["x,y,class", .. lines]);
    }
}
