using System.Text.Json;
using Acclimate.Cli.Rendering;
using Acclimate.Tests.Data.Readers;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>The benchmark on made-up files that lie as the suite's do.</summary>
public sealed class BenchmarkCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");

    public BenchmarkCommandTests()
    {
        Directory.CreateDirectory(folder.In("office_caltech10_surf"));
        foreach ((string name, int at) in ((string, int)[])[("Caltech10", 0), ("amazon", 1), ("webcam", 2), ("dslr", 3)])
        {
            double[] counts = [.. Enumerable.Range(0, 6 * 24).Select(i => (double)((i * 7 + at + (i % 24 % 3 * (i / 24))) % 11))];
            double[] labels = [.. Enumerable.Range(0, 24).Select(static i => (double)(1 + (i % 3)))];
            File.WriteAllBytes(folder.In($"office_caltech10_surf/{name}_SURF_L10.mat"), MatWriter.Write(false, ("fts", 24, 6, counts), ("labels", 24, 1, labels)));
        }

        Environment.SetEnvironmentVariable("ACCLIMATE_DATA", folder.Path);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ACCLIMATE_DATA", before);
        folder.Dispose();
    }

    [Fact]
    public void Benchmark_Rows_ShowsCellsPrintedRowsAndFiles()
    {
        Answer answer = Session.Run("benchmark", "office-caltech-surf", "--methods", "no-adaptation,jda-30", "--out", folder.In("out"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("  JDA paper, NN  31.37 (", answer.Out, StringComparison.Ordinal);
        Assert.Contains("    23.70 25.76 25.48 26.00 29.83 25.48 19.86 22.96 59.24 26.27 28.50 63.39", answer.Out, StringComparison.Ordinal);
        Assert.Matches(@"\njda-30 +\d+\.\d\d +46\.78 +[+−]?\d+\.\d\d +\d+\.\d   MEDA Table 2\n", answer.Out);
        Assert.All(answer.Out.Split('\n').Where(static line => !line.Contains(".csv", StringComparison.Ordinal)), static line => Assert.True(line.Length <= Screen.WidestTable, line));
        Assert.True(File.Exists(folder.In("out/office-caltech-surf.csv")));
        Assert.True(File.Exists(folder.In("out/office-caltech-surf.md")));
    }

    [Fact]
    public void Benchmark_Json_IsTheResultAlone()
    {
        Answer answer = Session.Run("benchmark", "office-caltech-surf", "-m", "pca-30", "-o", folder.In("out"), "--json");

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        using JsonDocument found = JsonDocument.Parse(answer.Out);
        JsonElement row = found.RootElement.GetProperty("rows")[0];
        Assert.Equal("pca-30", row.GetProperty("name").GetString());
        Assert.Equal(12, row.GetProperty("accuracies").GetArrayLength());
        Assert.Equal("MEDA Table 2", row.GetProperty("references")[0].GetProperty("table").GetString());
        Assert.Contains("office-caltech-surf", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Benchmark_Interrupted_GoesOnFromThere()
    {
        using CancellationTokenSource stop = new();
        using StopsAtCells output = new(stop, folder.In("out/cells"));
        using StringWriter error = new();
        int code = CommandLine.Run(
            ["benchmark", "office-caltech-surf", "-m", "no-adaptation,pca-30", "-o", folder.In("out")], new Screen(output, error, Live: false, Colour: false, 80), stop.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains($"kept in {folder.In("out")}: the same command goes on", error.ToString(), StringComparison.Ordinal);
        int done = Directory.GetFiles(folder.In("out/cells")).Length;
        Assert.InRange(done, 1, 59);

        Assert.Equal(ExitCode.Success, Session.Run("benchmark", "office-caltech-surf", "-m", "no-adaptation,pca-30", "-o", folder.In("out")).ExitCode);
    }

    [Fact]
    public void Benchmark_Networks_ShowsEachCellAndTheTable()
    {
        using TemporaryFolder data = new();
        foreach (string file in (string[])["mnist/train", "mnist/t10k", "mnist_m/train"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(data.In(file))!);
            File.WriteAllBytes(data.In($"{file}-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 28, .. Enumerable.Range(0, 20 * 28 * 28).Select(static i => (byte)(i * 7 % 251))]);
            File.WriteAllBytes(data.In($"{file}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 20, .. Enumerable.Range(0, 20).Select(static i => (byte)(i % 10))]);
        }

        Environment.SetEnvironmentVariable("ACCLIMATE_DATA", data.Path);
        Answer answer = Session.Run("benchmark", "digits-deep", "-m", "source-only", "--tasks", "M-MM", "--seeds", "0", "--steps", "2", "--precision", "float32", "-o", data.In("out"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Matches(@"\n  source-only M>MM seed 0: \d+\.\d \(best checkpoint \d+\.\d\) in \d+ s\n", answer.Out);
        Assert.Matches(@"\nsource-only has the best mean: \d+\.\d %\. 1 of 1 cells\.\n", answer.Out);
        Assert.Matches(@"\nsource-only +\d+\.\d +\d+\.\d +\d+\.\d\n", answer.Out);
    }

    [Fact]
    public void Benchmark_Misuse_IsRefusedInALine()
    {
        Answer suite = Session.Run("benchmark", "office-caltech");
        Assert.Equal((ExitCode.WrongUse, ""), (suite.ExitCode, suite.Out));
        Assert.Contains("office-caltech-surf", suite.Error, StringComparison.Ordinal);

        Answer row = Session.Run("benchmark", "jda-digits", "-m", "jdaa");
        Assert.Equal(ExitCode.WrongUse, row.ExitCode);
        Assert.Contains("did you mean 'jda'", row.Error, StringComparison.Ordinal);

        foreach ((string[] options, string said) in ((string[], string)[])[
            (["--cells", "9/8"], "'9/8' is no share"), (["--seeds", "a"], "'a' is no whole number"), (["--seeds", "1"], "shallow methods"), (["--steps", "9"], "--steps and --precision are for"),
            (["--parallel", "2"], "cells at a time are for"), (["--tasks", "M>X"], "it has: U>M, M>U")])
        {
            Answer option = Session.Run(["benchmark", "jda-digits", "-o", folder.In("out"), .. options]);
            Assert.Equal(ExitCode.WrongUse, option.ExitCode);
            Assert.Contains(said, option.Error, StringComparison.Ordinal);
        }

        Answer file = Session.Run("benchmark", "jda-digits", "-m", "jda", "-o", folder.In("out"));
        Assert.Equal(ExitCode.Failure, file.ExitCode);
        Assert.Contains("MNIST_vs_USPS.mat: no such file", file.Error, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable("ACCLIMATE_DATA", null);
        Answer variable = Session.Run("benchmark", "jda-digits", "-m", "jda", "-o", folder.In("out"));
        Assert.Equal(ExitCode.Failure, variable.ExitCode);
        Assert.StartsWith("error: ACCLIMATE_DATA is not set", variable.Error, StringComparison.Ordinal);
    }

    /// <summary>Cancels at the first line that is written once a cell is there.</summary>
    private sealed class StopsAtCells(CancellationTokenSource stop, string cells) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (Directory.Exists(cells) && Directory.EnumerateFiles(cells).Any())
                stop.Cancel();
        }
    }
}
