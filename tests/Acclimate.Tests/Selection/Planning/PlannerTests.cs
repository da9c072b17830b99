using Acclimate.Catalog;
using Acclimate.Selection;
using Acclimate.Selection.Planning;

namespace Acclimate.Tests.Selection.Planning;

public sealed class PlannerTests
{
    /// <summary>Everything that can be known and changes a plan, in every combination.</summary>
    internal static IEnumerable<PlanFacts> AllFacts() =>
        from source in (LabelState?[])[null, LabelState.None, LabelState.All]
        from target in (LabelState?[])[null, LabelState.None, LabelState.Few, LabelState.All]
        from task in (bool?[])[null, true, false]
        from domain in (bool?[])[null, true, false]
        from once in (bool?[])[null, true, false]
        from kind in (SampleKind?[])[null, SampleKind.Rows, SampleKind.Text, SampleKind.Pictures]
        from more in (Func<PlanFacts, PlanFacts>[])
        [
            static f => f,
            static f => f with { Classes = ClassSets.Partial },
            static f => f with { Classes = ClassSets.Open },
            static f => f with { SourceStays = false },
            static f => f with { SameFeatures = false },
            static f => f with { Weights = "resnet18", SourceSamples = 100, TargetSamples = 100 },
            static f => f with { SourceSamples = 30_000, TargetSamples = 10_000 },
            static f => f with { Shift = new ShiftKinds(Finding.Found, Finding.Unknown, Finding.Suspected, Finding.Unknown) },
        ]
        select more(new PlanFacts { SourceLabels = source, TargetLabels = target, SameTask = task, SameDomain = domain, AtOnce = once, Kind = kind });

    [Fact]
    public void Plan_AllThatCanBeKnown_NamesMethodsThatExistOrSaysWhatIsMissing()
    {
        foreach (PlanFacts facts in AllFacts())
        {
            TransferPlan plan = Planner.Plan(facts);
            Assert.True(plan.Methods.Count > 0 || plan.Missing is { Length: > 0 }, facts.ToString());
            foreach (PlannedMethod method in plan.Methods)
            {
                MethodEntry entry = MethodCatalog.Find(method.Method);
                string last = method.Commands[^1];
                Assert.Contains($" --method {method.Method}", last, StringComparison.Ordinal);
                Assert.False(string.IsNullOrWhiteSpace(method.Why));

                // What a method cannot be run without, and what it refuses.
                Assert.True(entry.About.Setting is not (LabelSetting.FewTargetLabels or LabelSetting.TargetOnly) || last.Contains("--target-labelled", StringComparison.Ordinal), last);
                Assert.True(entry.IsShallow == last.Contains("--preprocess", StringComparison.Ordinal), last);
                Assert.True(!entry.IsShallow || !last.Contains("--weights", StringComparison.Ordinal), last);
                Assert.Contains($"acclimate {entry.Command} ", last, StringComparison.Ordinal);
                Assert.True(!entry.NeedsTarget || last.Contains("TARGET --auxiliary SOURCE", StringComparison.Ordinal) || facts.TargetLabels == LabelState.All || last.Contains("SOURCE TARGET", StringComparison.Ordinal), last);
            }
        }
    }

    [Theory]
    [InlineData(true, true, false, TransferPath.TaskFineTuning)]
    [InlineData(true, false, false, TransferPath.DomainAdaptation)]
    [InlineData(false, true, false, TransferPath.TaskAdaptation)]
    [InlineData(false, false, false, TransferPath.ModalityTransfer)]
    [InlineData(true, true, true, TransferPath.DataSetMerging)]
    [InlineData(true, false, true, TransferPath.WeightSharing)]
    [InlineData(false, true, true, TransferPath.MultiTaskLearning)]
    [InlineData(false, false, true, TransferPath.ParallelTraining)]
    public void Plan_ThreeAnswers_IsTheirPath(bool task, bool domain, bool once, TransferPath path) =>
        Assert.Equal(path, Planner.Plan(new PlanFacts { SameTask = task, SameDomain = domain, AtOnce = once }).Path.Path);

    [Theory]
    [InlineData(LabelState.All, LabelState.All, true, LabelQuadrant.Both, null)]
    [InlineData(LabelState.All, LabelState.Few, true, LabelQuadrant.Both, null)]
    [InlineData(LabelState.All, LabelState.None, true, LabelQuadrant.SourceOnly, null)]
    [InlineData(LabelState.All, LabelState.None, false, LabelQuadrant.SourceOnly, null)]
    [InlineData(LabelState.None, LabelState.All, true, LabelQuadrant.TargetOnly, null)]
    [InlineData(LabelState.None, LabelState.None, true, LabelQuadrant.Neither, null)]
    public void Plan_Labels_AreTheirQuadrantAndWhatIsMissingIsSaid(LabelState source, LabelState target, bool sameTask, LabelQuadrant quadrant, string? missing)
    {
        TransferPlan plan = Planner.Plan(new PlanFacts { SourceLabels = source, TargetLabels = target, SameTask = sameTask });
        Assert.Equal(quadrant, plan.Quadrant);
        if (missing is null)
            Assert.Null(plan.Missing);
        else
            Assert.StartsWith(missing, plan.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_NothingKnown_SaysWhatWouldChangeIt()
    {
        TransferPlan plan = Planner.Plan(new PlanFacts());
        Assert.Equal(TransferPath.DomainAdaptation, plan.Path.Path);
        Assert.Equal(
            ["--source-labels none", "--target-labels few", "--other-task", "--same-domain", "--at-once", "--classes partial", "--source-free", "--kind pictures"],
            plan.Assumptions.Select(static a => a.Option));
        Assert.All(plan.Assumptions.SkipLast(1), open => Assert.NotEqual(Planner.InShort(plan), open.Otherwise));
    }

    [Fact]
    public void Plan_AllKnown_AssumesNothing() => Assert.Empty(Planner.Plan(new PlanFacts
    {
        SourceLabels = LabelState.All,
        TargetLabels = LabelState.None,
        SameTask = true,
        SameDomain = false,
        AtOnce = false,
        Classes = ClassSets.Same,
        SourceStays = true,
        Kind = SampleKind.Rows,
    }).Assumptions);

    [Theory]
    [InlineData(SampleKind.Rows, "jda")]
    [InlineData(SampleKind.Text, "scl")]
    [InlineData(SampleKind.Pictures, "dsan")]
    public void Plan_KindOfSamples_DecidesWhatComesFirst(SampleKind kind, string first)
    {
        TransferPlan plan = Planner.Plan(new PlanFacts { Kind = kind });
        Assert.Equal(first, plan.Methods[0].Method);
        Assert.Contains("reference", plan.Methods[^1].Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LabelState.All, LabelState.None, false, "eszsl")]
    [InlineData(LabelState.None, LabelState.Few, true, "self-taught")]
    [InlineData(LabelState.None, LabelState.None, true, "stc")]
    public void Plan_LabelsMissing_NamesWhatNeedsNone(LabelState source, LabelState target, bool sameTask, string first)
    {
        TransferPlan plan = Planner.Plan(new PlanFacts { SourceLabels = source, TargetLabels = target, SameTask = sameTask, Kind = SampleKind.Rows });
        Assert.Equal(first, plan.Methods[0].Method);
        Assert.Null(plan.Missing);
    }

    [Fact]
    public void Plan_OtherFeatures_NeedAFewLabelsOfTheTarget()
    {
        PlanFacts facts = new() { SourceLabels = LabelState.All, TargetLabels = LabelState.Few, SameTask = true, SameFeatures = false, Kind = SampleKind.Rows };
        Assert.Equal("cdls", Planner.Plan(facts).Methods[0].Method);
        Assert.StartsWith("methods for samples of different features", Planner.Plan(facts with { TargetLabels = LabelState.None }).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ManyRows_TakesWhatNeedsMomentsAlone() =>
        Assert.Equal("coral", Planner.Plan(new PlanFacts { Kind = SampleKind.Rows, SourceSamples = 900_000, TargetSamples = 100_000 }).Methods[0].Method);

    [Fact]
    public void Plan_BalanceChanged_WarnsAndLeavesMatchingWholesOut()
    {
        TransferPlan plan = Planner.Plan(new PlanFacts { Kind = SampleKind.Rows, Shift = new ShiftKinds(Finding.Found, Finding.Found, Finding.Suspected, Finding.Unknown) });
        Assert.DoesNotContain(plan.Methods, static m => m.Method is "coral" or "jda" or "dan");
        Assert.Contains(plan.Reasons, static reason => reason.StartsWith("No method is safe", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SampleKind.Rows, Finding.Found, Finding.NoSign, true)]
    [InlineData(SampleKind.Rows, Finding.Found, Finding.Unknown, true)]
    [InlineData(SampleKind.Rows, Finding.Found, Finding.Suspected, false)]
    [InlineData(SampleKind.Rows, Finding.NoSign, Finding.NoSign, false)]
    [InlineData(SampleKind.Text, Finding.Found, Finding.NoSign, false)]
    public void Plan_InputsMovedAndNothingSpeaksAgainst_NamesWeighing(SampleKind kind, Finding inputs, Finding concept, bool weighs)
    {
        TransferPlan plan = Planner.Plan(new PlanFacts { Kind = kind, SameDomain = false, Shift = new ShiftKinds(inputs, Finding.Found, Finding.NoSign, concept) });

        PlannedMethod? weighing = plan.Methods.FirstOrDefault(static method => method.Method == "kmm");
        Assert.Equal(weighs, weighing is not null);
        Assert.Equal(weighs, plan.Reasons.Any(static reason => reason.Contains("weighing the source's samples", StringComparison.Ordinal)));
        if (weighs)
            Assert.Equal("acclimate train SOURCE TARGET --method kmm --preprocess zscore-source --classifier logistic", weighing!.Commands[0]);
    }

    [Fact]
    public void Plan_PathWithSpaces_IsQuoted() =>
        Assert.StartsWith("acclimate train 'my photos' 'it'\\''s new' --method", Planner.Plan(new PlanFacts { Source = "my photos", Target = "it's new" }).Methods[0].Commands[0], StringComparison.Ordinal);
}
