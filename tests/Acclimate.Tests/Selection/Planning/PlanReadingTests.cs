using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Selection.Planning;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Selection.Planning;

public sealed class PlanReadingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_TwoTables_SaysLabelsSizesAndShift()
    {
        PlanFacts facts = PlanReading.Read(Table("a.csv", 60, 0, "ant", "bee"), Table("b.csv", 45, 5, "ant", "bee"), measure: true);

        Assert.Equal((LabelState.All, LabelState.All, true, false), (facts.SourceLabels, facts.TargetLabels, facts.SameTask, facts.SameDomain));
        Assert.Equal((60, 45, SampleKind.Rows, true, ClassSets.Same), (facts.SourceSamples, facts.TargetSamples, facts.Kind, facts.SameFeatures, facts.Classes));
        Assert.Equal(Finding.Found, facts.Shift!.Inputs);
    }

    [Theory]
    [InlineData("ant,bee", ClassSets.Partial, true)]
    [InlineData("ant,dog", ClassSets.Open, true)]
    [InlineData("dog,eel", null, false)]
    public void Read_OtherClasses_AreComparedByName(string target, ClassSets? classes, bool sameTask)
    {
        PlanFacts facts = PlanReading.Read(Table("a.csv", 60, 0, "ant", "bee", "cat"), Table("b.csv", 40, 0, target.Split(',')), measure: true);

        Assert.Equal((classes, sameTask), (facts.Classes, facts.SameTask));
    }

    [Fact]
    public void Read_OneDistribution_IsOneDomain() =>
        Assert.True(PlanReading.Read(Table("a.csv", 60, 0, "ant", "bee"), Table("b.csv", 60, 0, "ant", "bee"), measure: true).SameDomain);

    [Fact]
    public void Read_FewLabels_AreCalledFew() =>
        Assert.Equal(LabelState.Few, PlanReading.Read(Table("a.csv", 12, 0, "ant", "bee"), null, measure: true).SourceLabels);

    [Fact]
    public void Read_OtherFeatures_IsSaidNotRefused()
    {
        string wide = folder.Path + "/wide.csv";
        File.WriteAllLines(wide, ["x,y,z,kind", .. Enumerable.Range(0, 30).Select(static i => $"{i},{i % 3},{i % 5},{(i % 2 == 0 ? "ant" : "bee")}")]);
        PlanFacts facts = PlanReading.Read(Table("a.csv", 60, 0, "ant", "bee"), wide + "?label=kind", measure: true);

        Assert.False(facts.SameFeatures);
        Assert.Equal("cdls", Planner.Plan(facts).Methods[0].Method);
        Assert.Contains("heterogeneous", Planner.Plan(facts with { TargetLabels = LabelState.None }).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingThere_IsRefused() => Assert.Throws<DataException>(() => PlanReading.Read(folder.Path + "/none.csv", null, measure: false));

    private string Table(string name, int rows, double away, params string[] classes)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllLines(path, ["a,b,kind", .. Enumerable.Range(0, rows).Select(i => FormattableString.Invariant($"{away + (i * 37 % 11 * 0.1)},{i % classes.Length},{classes[i % classes.Length]}"))]);
        return path + "?label=kind";
    }
}
