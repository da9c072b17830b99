using Acclimate.Benchmarks;
using Acclimate.Classifiers;
using Acclimate.Data;

namespace Acclimate.Tests.Benchmarks;

public sealed class BenchmarkSuiteTests
{
    public static TheoryData<string> Suites => [.. BenchmarkSuites.All.Select(static suite => suite.Name)];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Rows_OfEverySuite_CanBeMade(string name)
    {
        BenchmarkSuite suite = BenchmarkSuites.Find(name);
        Assert.Equal(suite.Rows.Count, suite.Rows.Select(static row => row.Name).Distinct().Count());
        if (suite.Training is not null)
        {
            Assert.Equal("source-only", suite.Rows[0].Method);
            foreach (BenchmarkRow row in suite.Rows)
                suite.RunOf(row, 0, 1).Validate();
            return;
        }

        foreach (BenchmarkRow row in suite.Rows)
        {
            PreprocessingRecipe.Parse(row.Preprocess);
            ClassifierCatalog.Parse(row.Classifier);
            for (int task = 0; task < suite.Tasks.Count; task++)
                row.MethodFor(task).Validate();
            Assert.All(row.References, reference => Assert.True(reference.Cells.Count == suite.Tasks.Count || reference.GivenAverage is not null, $"{row.Name}: {reference.Table}"));
        }
    }

    [Fact]
    public void Tables_OfOfficeCaltech_AddUpToTheAveragesThatWereAddedUpBefore()
    {
        // Sums of the printed cells made elsewhere: a slip in copying a cell would show here.
        (ReferenceRow Row, double Average)[] sums =
        [
            (OfficeCaltechSurfTables.JdaPaper["NN"], 31.37), (OfficeCaltechSurfTables.JdaPaper["PCA"], 39.79), (OfficeCaltechSurfTables.JdaPaper["GFK"], 42.95),
            (OfficeCaltechSurfTables.JdaPaper["TCA"], 43.61), (OfficeCaltechSurfTables.JdaPaper["TSL"], 42.37), (OfficeCaltechSurfTables.JdaPaper["JDA"], 46.31),
            (OfficeCaltechSurfTables.JgsaPaper["SA"], 44.72), (OfficeCaltechSurfTables.JgsaPaper["SDA"], 44.52), (OfficeCaltechSurfTables.JgsaPaper["GFK"], 43.13),
            (OfficeCaltechSurfTables.JgsaPaper["TCA"], 43.26), (OfficeCaltechSurfTables.JgsaPaper["JDA"], 46.38), (OfficeCaltechSurfTables.JgsaPaper["TJM"], 46.33),
            (OfficeCaltechSurfTables.JgsaPaper["SCA"], 45.16), (OfficeCaltechSurfTables.JgsaPaper["JGSA primal"], 50.04),
            (OfficeCaltechSurfTables.JgsaPaper["JGSA linear"], 50.18), (OfficeCaltechSurfTables.JgsaPaper["JGSA rbf"], 50.58),
            (OfficeCaltechSurfTables.VdaPaper["FSSL"], 38.84), (OfficeCaltechSurfTables.VdaPaper["TCA"], 43.03), (OfficeCaltechSurfTables.VdaPaper["VDA"], 49.03),
            (OfficeCaltechSurfTables.TklPaper["SVM"], 45.04), (OfficeCaltechSurfTables.TklPaper["LapSVM"], 45.33), (OfficeCaltechSurfTables.TklPaper["KMM+SVM"], 45.38),
            (OfficeCaltechSurfTables.TklPaper["DTMKL+SVM"], 47.47), (OfficeCaltechSurfTables.TklPaper["SKM+SVM"], 46.90), (OfficeCaltechSurfTables.TklPaper["TKL+SVM"], 51.12),
            (OfficeCaltechSurfTables.Meda["PCA"], 43.6), (OfficeCaltechSurfTables.Meda["CORAL"], 48.8), (OfficeCaltechSurfTables.Meda["ARTL"], 44.3), (OfficeCaltechSurfTables.Meda["MEDA"], 52.7),
            (OfficeCaltechSurfTables.Recomputed["NN z"], 31.37), (OfficeCaltechSurfTables.Recomputed["NN z l2"], 40.93), (OfficeCaltechSurfTables.Recomputed["NN counts"], 25.60),
            (OfficeCaltechSurfTables.Recomputed["PCA k=30"], 43.57), (OfficeCaltechSurfTables.Recomputed["GFK d=20"], 44.72), (OfficeCaltechSurfTables.Recomputed["SA d=20"], 43.83),
            (OfficeCaltechSurfTables.Recomputed["SA d=30"], 45.42), (OfficeCaltechSurfTables.Recomputed["SA d=30 l2"], 45.63), (OfficeCaltechSurfTables.Recomputed["TCA linear k=100"], 45.45),
            (OfficeCaltechSurfTables.Recomputed["TCA linear k=30"], 46.19), (OfficeCaltechSurfTables.Recomputed["TCA linear k=20"], 45.21),
            (OfficeCaltechSurfTables.Recomputed["TCA primal k=30"], 46.56), (OfficeCaltechSurfTables.Recomputed["TCA primal k=100"], 43.61),
            (OfficeCaltechSurfTables.Recomputed["JDA linear k=100"], 46.36), (OfficeCaltechSurfTables.Recomputed["JDA linear k=30"], 46.98),
            (OfficeCaltechSurfTables.Recomputed["JDA primal k=100"], 43.94), (OfficeCaltechSurfTables.Recomputed["JGSA primal k=30"], 49.50),
            (OfficeCaltechSurfTables.Recomputed["TJM linear k=20"], 46.37), (OfficeCaltechSurfTables.Recomputed["CORAL 1-NN"], 35.71),
        ];

        // Rounded to two decimals, or to one where the table has one: half a unit of the last place, and of the average's own.
        Assert.All(sums, static sum => Assert.InRange(Math.Abs(sum.Row.Average!.Value - sum.Average), 0, sum.Row.Table.StartsWith("MEDA", StringComparison.Ordinal) ? 0.1 : 0.011));
    }

    [Fact]
    public void MethodFor_OptionWithBars_IsEachTasksOwn()
    {
        BenchmarkRow row = new("x", "pca", "dimensions=3|5", "none");
        Assert.Equal(3, Assert.IsType<Acclimate.Features.PrincipalComponents>(row.MethodFor(0)).Dimensions);
        Assert.Equal(5, Assert.IsType<Acclimate.Features.PrincipalComponents>(row.MethodFor(1)).Dimensions);
    }

    [Fact]
    public void Choose_Names_ByRowOrMethod()
    {
        BenchmarkSuite suite = BenchmarkSuites.Find("jda-digits");
        Assert.Equal(["jda-100"], suite.Choose(["jda"]).Select(static row => row.Name));
        Assert.Equal(["no-adaptation", "pca-100"], suite.Choose(["pca-100", "no-adaptation"]).Select(static row => row.Name));
        Assert.Same(suite.Rows, suite.Choose([]));
        Assert.Contains("did you mean 'jda'", Assert.Throws<ArgumentException>(() => suite.Choose(["jdaa"])).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'jda-digits'", Assert.Throws<ArgumentException>(() => BenchmarkSuites.Find("jda-digit")).Message, StringComparison.Ordinal);
    }
}
