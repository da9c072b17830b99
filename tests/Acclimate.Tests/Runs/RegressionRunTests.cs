using System.Globalization;
using Acclimate.Data;
using Acclimate.Generated;
using Acclimate.Regression;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

public sealed class RegressionRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("kmm", "ridge")]
    [InlineData("coral", "kernel-ridge")]
    [InlineData("tca", "3nn")]
    [InlineData("tradaboost", "ridge")]
    [InlineData("l2-sp", "kernel-ridge")]
    [InlineData("dann", null, 40L)]
    [InlineData("ddc", null, 40L)]
    public void Start_Tables_SavesAModelThatPredictsTheSame(string method, string? regressor, long? steps = null)
    {
        CovariateShift shift = CovariateShift.Draw(80, 60, 1);
        string source = Table("source.csv", shift.Source, "price"), target = Table("target.csv", shift.Target, null), test = Table("test.csv", CovariateShift.Draw(1, 50, 2).Target, "price");
        RunFolder run = new(Path.Combine(folder, "run"));
        RegressionConfig config = new(source, target, "price", method) { Regressor = regressor, Steps = steps, Test = test, TargetLabelled = RegressionTransfer.NeedsFew(method) ? Table("few.csv", CovariateShift.Draw(1, 20, 3).Target, "price") : null };

        RegressionResult result = RegressionRun.Start(config, run);

        Assert.Equal((80, 60, 50), (result.SourceSamples, result.TargetSamples, result.Honest!.Samples));
        Assert.True(File.Exists(run.Result));
        using RegressionModel model = Assert.IsType<RegressionModel>(TransferModel.Load(run.Model));
        using Domain samples = model.Open(test + "?label=price");
        double[] values = model.Values(samples), truth = [.. samples.Labels!.Indices.Select(at => double.Parse(samples.Labels.Classes[at], CultureInfo.InvariantCulture))];
        Assert.Equal(result.Honest.Rmse.Value, Math.Sqrt(values.Zip(truth, static (a, b) => (a - b) * (a - b)).Average()), 1e-12);
        Assert.Contains("price", Assert.Throws<DataException>(() => model.Predict(samples)).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => RegressionRun.Start(config, run));
    }

    [Fact]
    public void Start_NumberThatIsNone_IsRefusedAndNothingWritten()
    {
        string source = Path.Combine(folder, "bad.csv"), target = Table("target.csv", CovariateShift.Draw(5, 5, 1).Target, null);
        File.WriteAllText(source, "a,b,price\n1,2,3\n2,3,cheap\n");
        RunFolder run = new(Path.Combine(folder, "run"));

        Assert.Contains("'cheap'", Assert.Throws<DataException>(() => RegressionRun.Start(new RegressionConfig(source, target, "price", "kmm"), run)).Message, StringComparison.Ordinal);
        Assert.Contains("prise", Assert.Throws<DataException>(() => RegressionRun.Start(new RegressionConfig(source, target, "prise", "kmm"), run)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Path));
    }

    // A target that is priced in part: all rows are adapted to, as without the column, and those with a number are scored.
    [Fact]
    public void Start_TargetWithSomeNumbers_AdaptsToAllRowsAndScoresThose()
    {
        CovariateShift shift = CovariateShift.Draw(80, 60, 1);
        string source = Table("source.csv", shift.Source, "price"), bare = Table("bare.csv", shift.Target, null), whole = Table("whole.csv", shift.Target, "price");
        string part = Path.Combine(folder, "part.csv"), none = Path.Combine(folder, "none.csv");
        string[] lines = File.ReadAllLines(whole);
        File.WriteAllLines(part, lines.Select(static (line, i) => i > 0 && i % 3 != 0 ? line[..(line.LastIndexOf(',') + 1)] : line));
        File.WriteAllLines(none, lines.Select(static (line, i) => i > 0 ? line[..(line.LastIndexOf(',') + 1)] : line));

        RegressionResult[] results = [.. ((string[])[bare, whole, part, none]).Select((target, i) =>
            RegressionRun.Start(new RegressionConfig(source, target, "price", "kmm"), new RunFolder(Path.Combine(folder, $"run-{i}"))))];

        Assert.Equal([null, 60, 20, null], results.Select(static result => result.Honest?.Samples));
        Assert.All(results, static result => Assert.Equal(60, result.TargetSamples));
        Assert.EndsWith("adapted to all 60 target samples, and scored on the 20 that have a number", results[2].Protocol, StringComparison.Ordinal);
        Assert.DoesNotContain("adapted to all", results[1].Protocol, StringComparison.Ordinal);
        double[][] said = [.. results.Select((_, i) =>
        {
            using RegressionModel model = (RegressionModel)TransferModel.Load(new RunFolder(Path.Combine(folder, $"run-{i}")).Model);
            using Domain samples = model.Open(bare);
            return model.Values(samples);
        })];
        Assert.All(said, one => Assert.Equal(said[0], one));
        double[] truth = [.. shift.Target.Values];
        int[] rows = [.. Enumerable.Range(0, 60).Where(static row => (row + 1) % 3 == 0)];
        Assert.Equal(Math.Sqrt(rows.Average(row => Math.Pow(said[0][row] - truth[row], 2))), results[2].Honest!.Rmse.Value, 1e-6);
    }

    [Theory]
    [InlineData("a,b,price\n1,2,3\n", "has 1 sample")]
    [InlineData("a,b,price\n1,2,3\n1,2,4\n1,2,5\n", "all 3 samples have the same features")]
    [InlineData("a,b,price\n1,2,3\n1,3,\n1,2,5\n", "line 3, column 'price': the label is empty")]
    public void Start_SourceThatTeachesNothing_IsRefused(string table, string said)
    {
        string source = Path.Combine(folder, "source.csv"), target = Table("target.csv", CovariateShift.Draw(5, 5, 1).Target, null);
        File.WriteAllText(source, table);
        RunFolder run = new(Path.Combine(folder, "run"));

        Assert.Contains(said, Assert.Throws<DataException>(() => RegressionRun.Start(new RegressionConfig(source, target, "price", "kmm"), run)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Path));
    }

    [Fact]
    public void Start_NetworkThatIsStopped_WritesNothing()
    {
        string source = Table("source.csv", CovariateShift.Draw(40, 40, 1).Source, "price"), target = Table("target.csv", CovariateShift.Draw(40, 40, 1).Target, null);
        RunFolder run = new(Path.Combine(folder, "run"));
        using CancellationTokenSource stop = new();
        long heard = 0;

        Assert.Throws<OperationCanceledException>(() => RegressionRun.Start(new RegressionConfig(source, target, "price", "dann"), run, Heard, stop.Token));

        Assert.Equal(3, heard);
        Assert.False(Directory.Exists(run.Path));

        void Heard(RunProgress progress)
        {
            heard = progress.Step!.Step;
            if (heard == 3)
                stop.Cancel();
        }
    }

    [Fact]
    public void Start_StepsForWhatTrainsNoNetwork_AreRefused() => Assert.Contains(
        "leave --steps out", Assert.Throws<ArgumentException>(() => RegressionRun.Start(new RegressionConfig("a.csv", "b.csv", "y", "kmm") { Steps = 5 }, new RunFolder(Path.Combine(folder, "run")))).Message, StringComparison.Ordinal);

    // The default asks for the source's own scale: what each domain's own would do to a shift of means is to undo it.
    [Fact]
    public void Start_Generated_GainsByWeights()
    {
        RegressionResult result = RegressionRun.Start(
            new RegressionConfig("generated:shift-source?count=400", "generated:shift-target?count=400&seed=1", "y", "kmm"), new RunFolder(Path.Combine(folder, "run")));

        Assert.True(result.Honest!.Rmse.High < result.SourceOnly!.Rmse.Low);
    }

    private string Table(string name, CovariateShift.Side side, string? column)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllLines(path, [
            $"a,b{(column is null ? string.Empty : "," + column)}",
            .. Enumerable.Range(0, side.Values.Length).Select(i => FormattableString.Invariant($"{side.X[2 * i]},{side.X[(2 * i) + 1]}{(column is null ? string.Empty : FormattableString.Invariant($",{side.Values[i]:R}"))}"))]);
        return path;
    }
}
