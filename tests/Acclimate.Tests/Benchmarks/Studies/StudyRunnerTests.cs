using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Studies;

namespace Acclimate.Tests.Benchmarks.Studies;

public sealed class StudyRunnerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Run_Twice_KeepsWhatIsDoneAndAFailureStopsNoOther()
    {
        using BenchmarkData data = new(folder.FullName);
        Counted study = new();
        BenchmarkOptions options = new() { Folder = folder.FullName };

        IReadOnlyList<StudyCell> first = StudyRunner.Run(study, [], [], data, options);
        int measured = study.Measured;
        IReadOnlyList<StudyCell> second = StudyRunner.Run(study, [], [], data, options);

        Assert.Equal(6, measured);
        Assert.Equal(6, study.Measured);
        Assert.Equal(first.Select(static cell => (cell.Row, cell.Seed, cell.Failure)), second.Select(static cell => (cell.Row, cell.Seed, cell.Failure)));
        Assert.Equal(11, StudyRunner.Figure(first, "steady", 0)!.Value.Mean, 1e-12);
        Assert.Equal(1, StudyRunner.Figure(first, "steady", 0)!.Value.Deviation, 1e-12);
        Assert.Equal(2, StudyRunner.Figure(first, "shaky", 0)!.Value.Count);
        Assert.Equal("not today", Assert.Single(first, static cell => cell.Failure is not null).Failure);

        (string csv, string markdown) = StudyTables.Save(study, first, folder.FullName);
        Assert.Equal(7, File.ReadAllLines(csv).Length);
        Assert.Contains("shaky,1,,", File.ReadAllText(csv), StringComparison.Ordinal);
        Assert.Contains("| steady | always right | 11.0 ± 1.0 |", File.ReadAllText(markdown), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_SomeRowsAndSeeds_MeasuresThemAlone()
    {
        using BenchmarkData data = new(folder.FullName);
        Counted study = new();

        Assert.Equal(("steady", 7L), StudyRunner.Run(study, ["steady"], [7], data, new BenchmarkOptions()).Select(static cell => (cell.Row, cell.Seed)).Single());
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => StudyRunner.Run(study, ["stedy"], [], data, new BenchmarkOptions()));
        Assert.Contains("'steady'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_NamesDifferFromEachOthersAndFromSuites() => Assert.Equal(
        StudyCatalog.All.Count + BenchmarkSuites.All.Count,
        StudyCatalog.All.Select(static study => study.Name).Union(BenchmarkSuites.All.Select(static suite => suite.Name)).Distinct().Count());

    private sealed class Counted : Study
    {
        public int Measured { get; private set; }

        public override string Name => "counted";

        public override string Title => "Made up";

        public override string Protocol => "None.";

        public override IReadOnlyList<string> Figures => ["accuracy"];

        public override IReadOnlyList<StudyRow> Rows => [new("steady", "always right"), new("shaky", "fails with seed 1")];

        public override IReadOnlyList<long> Seeds => [0, 1, 2];

        public override IReadOnlyList<string> Files => [];

        public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
        {
            Measured++;
            return row.Name == "shaky" && seed == 1 ? throw new InvalidOperationException("not today") : [10 + seed];
        }
    }
}
