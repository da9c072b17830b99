using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Catalog;
using Acclimate.Runs;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Benchmarks;

/// <summary>Suites that train networks: a perceptron of a few steps on tables of two classes.</summary>
public sealed class TrainedBenchmarkTests : IDisposable
{
    private readonly TemporaryFolder files = new(), output = new(), second = new();

    private readonly BenchmarkSuite suite = new(
        "toy",
        "Toy domains",
        BenchmarkSuites.Tasks("A>B B>A", static letter => $"{letter}.csv?label=class"),
        [new("source-only", "source-only", "", ""), new("dan", "dan", "", ""), new("dan-2", "dan", "lambda=0.5|2", "")])
    {
        Training = new RunConfig { Backbone = "mlp", Steps = 12, BatchSize = 8, CheckpointSteps = 5, Precision = "float32" },
        Seeds = [0, 1],
        Context = ReferenceTable.Parse("A paper", "NN | 60 -").Rows.ToArray(),
    };

    public TrainedBenchmarkTests()
    {
        Write("A", 0);
        Write("B", 0.8);
    }

    public void Dispose()
    {
        files.Dispose();
        output.Dispose();
        second.Dispose();
    }

    [Fact]
    public void Run_Whole_GoesSeedBySeedAndGivesWhatTheRunsGive()
    {
        List<string> heard = [];
        using BenchmarkData data = new(files.Path);

        IReadOnlyList<BenchmarkResult> results = BenchmarkRunner.Run(suite, data, In(output) with { Progress = p => heard.Add($"{p.Seed} {p.Row.Name} {p.Task.Name}") });

        Assert.Equal(
            from seed in suite.Seeds
            from row in suite.Rows
            from task in suite.Tasks
            select $"{seed} {row.Name} {task.Name}",
            heard);
        Assert.All(results.SelectMany(static r => r.Tasks), static task => Assert.Equal(2, task.Accuracy!.Value.Count));
        Assert.All(results.SelectMany(static r => r.Tasks).SelectMany(static t => t.Cells), static cell => Assert.True(cell.Oracle >= cell.Accuracy));
        Assert.Equal(results[1].Average - results[0].Average, results[1].Gain(results));
        Assert.Null(results[0].Gain(results));

        // The third row's second task has λ = 2, and its second seed is 1.
        RunResult alone = TransferRun.Start(
            suite.Training! with
            {
                Source = Path.Combine(files.Path, "B.csv") + "?label=class",
                Target = Path.Combine(files.Path, "A.csv") + "?label=class",
                Method = "dan",
                Options = new() { ["lambda"] = "2" },
                Seed = 1,
            },
            new RunFolder(Path.Combine(second.Path, "alone")));
        Assert.Equal(100 * alone.Honest!.Accuracy, results[2].Tasks[1].Cells[1].Accuracy);
        Assert.Equal(100 * alone.Oracle!.Accuracy, results[2].Tasks[1].Cells[1].Oracle);
    }

    [Fact]
    public void Run_Again_TakesWhatIsThereUntilAskedOrOtherwise()
    {
        BenchmarkSuite one = suite.Only(["dan-2"], ["A-B"], [0]);
        using BenchmarkData data = new(files.Path);
        BenchmarkCell first = Only(BenchmarkRunner.Run(one, data, In(output)));
        Assert.Equal(first, Only(BenchmarkRunner.Run(one, data, In(output))));

        BenchmarkSuite quick = one with { Training = one.Training! with { Steps = 6 } };
        BenchmarkCell quicker = Only(BenchmarkRunner.Run(quick, data, In(output)));
        Assert.NotEqual(first.Key, quicker.Key);
        Assert.Equal(2, Cells(output).Length);
        Assert.Equal(first, Only(BenchmarkRunner.Run(one, data, In(output))));

        // Threads are part of the key too, and one cell at a time with one thread is one of two at a time.
        int before = Acclimate.Torch.Engine.Threads;
        BenchmarkCell single = Only(BenchmarkRunner.Run(one, data, In(output) with { Parallel = 1 }));
        Assert.Equal(before, Acclimate.Torch.Engine.Threads);
        Assert.Equal(single, Only(BenchmarkRunner.Run(one, data, In(output) with { Parallel = 2 })));

        BenchmarkCell again = Only(BenchmarkRunner.Run(one, data, In(output) with { Again = true }));
        Assert.NotEqual(first.Seconds, again.Seconds);
        Assert.Equal((first.Key, first.Accuracy, first.Oracle), (again.Key, again.Accuracy, again.Oracle));

        Write("B", 0.9);
        using BenchmarkData other = new(files.Path);
        Assert.NotEqual(first.Key, Only(BenchmarkRunner.Run(one, other, In(output))).Key);
    }

    [Fact]
    public void Run_InterruptedRun_GoesOnFromItsCheckpoint()
    {
        BenchmarkSuite one = suite.Only(["dan-2"], ["A>B"], [1]);
        using BenchmarkData data = new(files.Path);
        BenchmarkCell whole = Only(BenchmarkRunner.Run(one, data, In(output)));
        string name = Path.GetFileNameWithoutExtension(Cells(output).Single());
        RunFolder folder = new(Path.Combine(second.Path, "runs", name));
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => TransferRun.Start(
            RunConfig.Load(Path.Combine(output.Path, "runs", name, "config.yaml")), folder, p => { if (p.Step?.Step == 7) stop.Cancel(); }, stop.Token));
        Assert.True(File.Exists(folder.Checkpoint));

        // Had it begun anew, the folder that is there would have been refused.
        BenchmarkCell resumed = Only(BenchmarkRunner.Run(one, data, In(second)));
        Assert.Null(resumed.Failure);
        Assert.Equal((whole.Key, whole.Accuracy, whole.Oracle), (resumed.Key, resumed.Accuracy, resumed.Oracle));
        Assert.False(File.Exists(folder.Checkpoint));
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatIsDone()
    {
        using BenchmarkData data = new(files.Path);
        using CancellationTokenSource stop = new();
        BenchmarkOptions options = In(output) with { Parallel = 2, Progress = p => { if (p.Done == 2) stop.Cancel(); }, Cancellation = stop.Token };
        Assert.ThrowsAny<OperationCanceledException>(() => BenchmarkRunner.Run(suite, data, options));
        Assert.InRange(Cells(output).Length, 2, 3);
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(12, 3)]
    [InlineData(270, 8)]
    [InlineData(7, 9)]
    public void Shares_OfAllCells_PartThemEqually(int cells, int shares)
    {
        int[][] parts = [.. Enumerable.Range(1, shares).Select(share => Enumerable.Range(0, cells)
            .Where(cell => CellRunner.IsInShare(cell, new BenchmarkOptions { Share = share, Shares = shares })).ToArray())];
        Assert.Equal(Enumerable.Range(0, cells), parts.SelectMany(static part => part).Order());
        Assert.InRange(parts.Max(static part => part.Length) - parts.Min(static part => part.Length), 0, 1);
        if (cells == 12 && shares == 3)
            Assert.All(parts, static part => Assert.True(part.Select(static cell => cell % 3).Distinct().Count() > 1));
    }

    [Fact]
    public void Run_Shares_MakeOneTableWhenCellsAreCopiedTogether()
    {
        using BenchmarkData data = new(files.Path);
        BenchmarkOptions first = In(output) with { Shares = 2, Share = 1 }, other = In(second) with { Shares = 2, Share = 2 };
        IReadOnlyList<BenchmarkResult> half = BenchmarkRunner.Run(suite, data, first);
        Assert.Equal(6, half.Sum(static r => r.Tasks.Sum(static t => t.Cells.Count)));
        BenchmarkRunner.Run(suite, data, other);
        foreach (string cell in Cells(second))
            File.Copy(cell, Path.Combine(output.Path, "cells", Path.GetFileName(cell)));

        List<int> done = [];
        IReadOnlyList<BenchmarkResult> all = BenchmarkRunner.Run(suite, data, first with { Progress = p => done.Add(p.Done) });
        Assert.Equal(12, all.Sum(static r => r.Tasks.Sum(static t => t.Cells.Count)));
        Assert.Equal(6, done.Count);
    }

    [Fact]
    public void Run_CellThatFails_SaysWhyAndStopsNoOther()
    {
        BenchmarkSuite one = suite with { Rows = [suite.Rows[0], new("diverges", "dan", "lambda=1e38", "")] };
        using BenchmarkData data = new(files.Path);

        IReadOnlyList<BenchmarkResult> results = BenchmarkRunner.Run(one.Only([], [], [0]), data, In(output));

        Assert.NotNull(results[0].Average);
        Assert.Null(results[1].Average);
        Assert.All(results[1].Tasks, static task => Assert.Contains("became", task.Cells[0].Failure, StringComparison.Ordinal));
        Assert.Contains(BenchmarkTables.Save(one, results, output.Path).Markdown, Directory.GetFiles(output.Path));
        string[] lines = File.ReadAllLines(Path.Combine(output.Path, "toy.md"));
        Assert.Contains(lines, static line => line.StartsWith("- diverges, A → B: ", StringComparison.Ordinal) && line.Contains("became", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("| diverges (lambda=1e38) | – | – | **–** |", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_WithMissingCells_SayHowManySeeds()
    {
        static BenchmarkCell Cell(double accuracy, double oracle) => new("", accuracy, 3) { Oracle = oracle };
        BenchmarkResult[] results =
        [
            new(suite.Rows[0], [new([Cell(50, 52), Cell(52, 53)]), new([Cell(60, 60)])]),
            new(suite.Rows[1], [new([Cell(71, 72), Cell(73, 74)]), new([])]),
            new(suite.Rows[2], [new([Cell(70, 72), new("", null, 3) { Failure = "the loss became NaN" }]), new([Cell(80, 80), Cell(82, 84)])]),
        ];

        (string csv, string markdown) = BenchmarkTables.Save(suite, results, output.Path);

        string[] lines = File.ReadAllLines(markdown);
        Assert.Contains("| source-only | 51.0 ± 1.4 | 60.0 (1) | **55.5** |  | 3 |", lines);
        Assert.Contains("| dan | 72.0 ± 1.4 | – | **–** |  | 3 |", lines);
        Assert.Contains("| dan-2 (lambda=0.5\\|2) | 70.0 (1) | 81.0 ± 1.4 | **75.5** | +20.0 | 3 |", lines);
        Assert.Contains("| dan-2 (lambda=0.5\\|2) | 72.0 (1) | 82.0 ± 2.8 | **77.0** |", lines);
        Assert.Contains("| A paper | NN | 60.00 | – |", lines);
        Assert.Contains(lines, static line => line.Contains("9 of 12 cells are measured", StringComparison.Ordinal));
        Assert.Contains("- dan-2, A → B: the loss became NaN", lines);
        Assert.Equal(
            [
                "row,method,options,task,seeds,failed,honest,honest_deviation,oracle,oracle_deviation,seconds",
                "source-only,source-only,,A>B,2,0,51.00,1.41,52.50,0.71,3.00",
                "source-only,source-only,,B>A,1,0,60.00,,60.00,,3.00",
                "dan,dan,,A>B,2,0,72.00,1.41,73.00,1.41,3.00",
                "dan,dan,,B>A,0,0,,,,,",
                "dan-2,dan,lambda=0.5|2,A>B,2,1,70.00,,72.00,,3.00",
                "dan-2,dan,lambda=0.5|2,B>A,2,0,81.00,1.41,82.00,2.83,3.00",
            ],
            File.ReadAllLines(csv));
    }

    [Fact]
    public void Run_OpenSet_ScoresUnknownClassesToo()
    {
        File.WriteAllLines(Path.Combine(files.Path, "C.csv"), [.. File.ReadAllLines(Path.Combine(files.Path, "B.csv")), "9,9,other", "8,9,other"]);
        BenchmarkSuite open = suite with
        {
            Tasks = [new("A>C", "A.csv?label=class", "C.csv?label=class")],
            Rows = [suite.Rows[0]],
            Training = suite.Training! with { OpenSet = true },
        };
        using BenchmarkData data = new(files.Path);

        IReadOnlyList<BenchmarkResult> results = BenchmarkRunner.Run(open, data, In(output));

        // A classifier of the source's classes is wrong on all others, so that HOS is 0 and OS two thirds of OS*.
        Assert.Equal(0, results[0].Hos);
        Assert.All(results[0].Tasks[0].Cells, static cell => Assert.Equal(2 * cell.OpenSet!.OsStar!.Value / 3, cell.OpenSet.Os, 1e-12));
        BenchmarkTables.Save(open, results, output.Path);
        Assert.Contains(File.ReadAllLines(Path.Combine(output.Path, "toy.md")), static line => line.StartsWith("| source-only | 0.0 ± 0.0 | **0.0** | ", StringComparison.Ordinal) && line.EndsWith(" | 0.0 |", StringComparison.Ordinal));
        Assert.EndsWith(",0.00,0.00,0.00", File.ReadAllLines(Path.Combine(output.Path, "toy.csv"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Only_Tasks_KeepsTheirOptionsAndReferences()
    {
        BenchmarkSuite one = suite.Only(["dan-2"], ["B>A"], [1]);
        Assert.Equal("lambda=2", one.Rows.Single().Options);
        Assert.Equal([null], one.Context[0].Cells);
        Assert.Equal([1L], one.Seeds);
        Assert.Contains("it has: A>B, B>A", Assert.Throws<ArgumentException>(() => suite.Only([], ["C>A"], [])).Message, StringComparison.Ordinal);
        Assert.Contains("shallow", Assert.Throws<ArgumentException>(() => BenchmarkSuites.Find("jda-digits").Only([], [], [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunOf_MethodOfFewTargetLabels_TakesSomeAndDoesNotScoreThem()
    {
        string few = MethodCatalog.All.First(static entry => entry.About.Setting == LabelSetting.FewTargetLabels).About.Name;
        BenchmarkSuite digits = BenchmarkSuites.Find("digits-deep");
        RunConfig own = digits.RunOf(new("few", few, "", ""), 2, 1), test = digits.RunOf(new("few", few, "", ""), 0, 2);
        Assert.Equal(("mnist_m?take=5&draw=1", "mnist_m?leave=5&draw=1"), (own.TargetLabelled, own.Test));
        Assert.Equal("usps/usps.npz?features=x_train&labels=y_train&take=5&draw=2", test.TargetLabelled);
        Assert.Equal("usps/usps.npz?features=x_test&labels=y_test", test.Test);
        Assert.Null(digits.RunOf(digits.Rows[0], 2, 1).TargetLabelled);
    }

    [Fact]
    public void RunOf_TasksThatShowLabelsOrHaveSeveralSources_SaySo()
    {
        BenchmarkSuite few = BenchmarkSuites.Find("few-target-labels-deep"), seen = BenchmarkSuites.Find("generalisation");
        int three = few.Tasks.ToList().FindIndex(static task => task.Name == "U>M+3");
        BenchmarkRow Row(BenchmarkSuite of, string name) => of.Rows.Single(row => row.Name == name);

        Assert.Equal("3", few.RunOf(Row(few, "mean-teacher"), three, 1).TargetLabels);
        Assert.Null(few.RunOf(Row(few, "source-only"), three, 1).TargetLabels);
        Assert.Null(few.RunOf(Row(few, "mean-teacher"), 0, 1).TargetLabels);

        RunConfig left = seen.RunOf(Row(seen, "group-dro"), 2, 1);
        Assert.Equal(("mnist?part=train&take=700", "", "mnist_m"), (left.Source, left.Target, left.Test));
        Assert.Equal(["usps/usps.npz?features=x_train&labels=y_train"], left.Also!);
        Assert.True(left.Balance);
    }

    /// <summary>The teacher is the very network that its own row gives, and lies there no longer than the cell needs it.</summary>
    [Fact]
    public void Run_RowWithATeacher_LearnsFromThatRowsNetwork()
    {
        BenchmarkRow teacher = new("dan-2", "dan", "lambda=0.5|2", ""), taught = new("taught", "distil", "lambda=0.5", "") { Teacher = teacher };
        BenchmarkSuite one = (suite with { Rows = [suite.Rows[0], taught] }).Only(["taught"], ["B>A"], [1]);
        using BenchmarkData data = new(files.Path);

        BenchmarkCell cell = Only(BenchmarkRunner.Run(one, data, In(output)));

        Assert.Null(cell.Failure);
        Assert.Contains("; taught by dan-2: ", cell.Key, StringComparison.Ordinal);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(output.Path, "runs")));
        RunConfig student = RunConfig.Load(new RunFolder(run).Config);
        Assert.Equal(run + "-teacher", Path.GetDirectoryName(student.Options["teacher"]));
        RunConfig first = student with { Method = "dan", Options = new() { ["lambda"] = "2" } };
        RunFolder by = new(Path.Combine(second.Path, "by"));
        TransferRun.Start(first, by);
        RunResult alone = TransferRun.Start(student with { Options = new(student.Options) { ["teacher"] = by.Model } }, new RunFolder(Path.Combine(second.Path, "alone")));
        Assert.Equal(100 * alone.Honest!.Accuracy, cell.Accuracy);
        Assert.Equal(cell, Only(BenchmarkRunner.Run(one, data, In(output))));

        // Another teacher is another cell.
        BenchmarkSuite other = one with { Rows = [one.Rows[0] with { Teacher = suite.Rows[0] }] };
        Assert.NotEqual(cell.Key, Only(BenchmarkRunner.Run(other, data, In(output))).Key);
    }

    [Fact]
    public void Run_InterruptedWhileTaught_GoesOnWithTheTeacherThatIsThere()
    {
        BenchmarkRow taught = new("taught", "distil", "", "") { Teacher = suite.Rows[0] };
        BenchmarkSuite one = (suite with { Rows = [taught] }).Only([], ["A>B"], [0]);
        using BenchmarkData data = new(files.Path);
        BenchmarkCell whole = Only(BenchmarkRunner.Run(one, data, In(output)));
        string name = Path.GetFileNameWithoutExtension(Cells(output).Single());
        RunFolder folder = new(Path.Combine(second.Path, "runs", name)), teacher = new(folder.Path + "-teacher");
        RunConfig student = RunConfig.Load(Path.Combine(output.Path, "runs", name, "config.yaml"));
        TransferRun.Start(student with { Method = "source-only", Options = [] }, teacher);
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => TransferRun.Start(
            student with { Options = new() { ["teacher"] = teacher.Model } }, folder, p => { if (p.Step?.Step == 7) stop.Cancel(); }, stop.Token));

        BenchmarkCell resumed = Only(BenchmarkRunner.Run(one, data, In(second)));

        Assert.Null(resumed.Failure);
        Assert.Equal((whole.Key, whole.Accuracy, whole.Oracle), (resumed.Key, resumed.Accuracy, resumed.Oracle));
        Assert.False(Directory.Exists(teacher.Path));
    }

    /// <summary>Cells took minutes each: what they are called by stays as it is, whatever rows and settings come to be.</summary>
    [Theory]
    [InlineData("scratch", "; method: source-only; backbone: mobilenetv1-0.25; size: 128")]
    [InlineData("linear-probe", "; method: source-only; backbone: mobilenetv1-0.25; weights: W; freeze: all; size: 128")]
    [InlineData("lora", "; method: source-only; backbone: mobilenetv1-0.25; weights: W; lora: 4; size: 128")]
    [InlineData("fine-tune", "; method: fine-tune; backbone: mobilenetv1-0.25; weights: W; size: 128")]
    [InlineData("adapters", "; method: source-only; backbone: mobilenetv1-0.25; weights: W; adapters: 8; size: 128")]
    [InlineData("distil", "; method: distil; backbone: mobilenetv1-0.25; size: 128")]
    public void RunOf_FewLabels_IsCalledAsItsKeptCells(string row, string words)
    {
        BenchmarkSuite few = BenchmarkSuites.Find("few-labels");
        RunConfig config = few.RunOf(few.Rows.Single(r => r.Name == row), few.Tasks.ToList().FindIndex(static task => task.Name == "P20"), 0);

        string key = string.Join("; ", (config with { Threads = 1, Precision = "bf16" }).Settled().Summary());

        const string Weights = "weights_mobilenet/mobilenet_v1_025_224.safetensors";
        Assert.Equal(
            "format_version: 1; source: pacs/photo?take=20&draw=0; test: pacs/photo?leave=20&draw=0" + words.Replace(": W;", $": {Weights};", StringComparison.Ordinal)
            + "; steps: 300; batch_size: 32; learning_rate: 0.01; weight_decay: 0.0005; checkpoint_steps: 300; precision: bf16; batch_norm: shared; threads: 1",
            key);
        Assert.Equal(row == "distil" ? "fine-tune" : null, few.Rows.Single(r => r.Name == row).Teacher?.Name);
    }

    private static BenchmarkOptions In(TemporaryFolder folder) => new() { Folder = folder.Path };

    private static BenchmarkCell Only(IReadOnlyList<BenchmarkResult> results) => results.Single().Tasks.Single().Cells.Single();

    private static string[] Cells(TemporaryFolder folder) => Directory.GetFiles(Path.Combine(folder.Path, "cells"));

    private void Write(string name, double shift)
    {
        IEnumerable<string> lines = Enumerable.Range(0, 40).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Sin(i * 1.7) + (i % 2 * 1.5) + shift:F4},{Math.Cos(i * i * 0.9) - shift:F4},{(i % 2 == 0 ? "even" : "odd")}"));
        File.WriteAllLines(Path.Combine(files.Path, name + ".csv"), ["x,y,class", .. lines]);
    }
}
