using System.CommandLine;
using System.Text.Json;
using Acclimate.Catalog;
using Acclimate.Cli.Commands;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;
using Acclimate.Selection;
using Acclimate.Selection.Planning;

namespace Acclimate.Cli.Tests.Commands;

public sealed class PlanCommandTests
{
    [Fact]
    public void Plan_NothingKnown_PathFirstThenWhyAndWhatIsNotKnown()
    {
        Answer answer = Session.Run("plan");
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        string[] lines = answer.Out.Split('\n');
        Assert.StartsWith("Domain adaptation: start with ", lines[0], StringComparison.Ordinal);
        Assert.Contains("Try, in this order", lines);
        Assert.Contains("Not known, and it would change the answer", lines);
        Assert.Contains("(--other-task)", answer.Out, StringComparison.Ordinal);
        Assert.All(lines.Where(static line => !line.Contains("acclimate ", StringComparison.Ordinal)), static line => Assert.True(line.Length <= Screen.WidestTable, line));
    }

    [Theory]
    [InlineData("Multi-task learning: start with multi-task.", "--target-labels", "all", "--other-task", "--same-domain", "--at-once")]
    [InlineData("Task adaptation: start with fine-tune.", "--target-labels", "few", "--other-task", "--same-domain", "--sequential")]
    [InlineData("Domain adaptation: start with osbp.", "--classes", "open", "--kind", "pictures")]
    [InlineData("Domain adaptation: start with shot.", "--source-free")]
    [InlineData("Task adaptation: start with eszsl.", "--target-labels", "none", "--other-task", "--same-domain")]
    public void Plan_ByOptions_IsTheirPath(string verdict, params string[] options)
    {
        Answer answer = Session.Run(["plan", .. options]);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.StartsWith(verdict, answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfData_ReadsWhatItCan()
    {
        using TemporaryFolder folder = new();
        foreach ((string name, int away) in ((string, int)[])[("a.csv", 0), ("b.csv", 5)])
            File.WriteAllLines(folder.In(name), ["x,y,kind", .. Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{away + (i % 7 * 0.1)},{i % 2},{(i % 2 == 0 ? "ant" : "bee")}"))]);
        string source = folder.In("a.csv") + "?label=kind", target = folder.In("b.csv") + "?label=kind";
        using JsonDocument plan = JsonDocument.Parse(Session.Run("plan", source, target, "--target-labels", "none", "--json").Out);

        Assert.Equal("domain_adaptation", plan.RootElement.GetProperty("path").GetString());
        Assert.Equal("jda", plan.RootElement.GetProperty("methods")[0].GetProperty("method").GetString());
        Assert.Equal(40, plan.RootElement.GetProperty("facts").GetProperty("target_samples").GetInt32());
        Assert.Equal("found", plan.RootElement.GetProperty("facts").GetProperty("shift").GetProperty("inputs").GetString());
    }

    [Theory]
    [InlineData("say the opposite", "--same-task", "--other-task")]
    [InlineData("--target-labels", "--target-labels", "some")]
    public void Plan_WrongUse_IsSaid(string reason, params string[] options)
    {
        Answer answer = Session.Run(["plan", .. options]);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
    }

    /// <summary>Whatever is known, what the plan tells people to type must be understood, and name a method with options that it has.</summary>
    [Fact]
    public void Commands_OfEveryPlan_Parse()
    {
        using StringWriter nowhere = new();
        Command root = CommandLine.Root(new Screen(nowhere, nowhere, false, false, 80), CancellationToken.None);
        HashSet<string> commands = [];
        foreach (LabelState target in Enum.GetValues<LabelState>())
        {
            foreach (PathEntry path in PathEntry.All)
            {
                foreach (SampleKind? kind in (SampleKind?[])[null, SampleKind.Rows, SampleKind.Text, SampleKind.Pictures])
                {
                    PlanFacts facts = new() { SameTask = path.SameTask, SameDomain = path.SameDomain, AtOnce = path.AtOnce, TargetLabels = target, Kind = kind, Source = "my photos", Target = "generated:digits-wild?count=5&seed=1" };
                    foreach (PlanFacts more in (PlanFacts[])
                    [
                        facts, facts with { Classes = ClassSets.Partial }, facts with { Classes = ClassSets.Open }, facts with { SourceStays = false }, facts with { Weights = "resnet18" },
                        facts with { SourceLabels = LabelState.None }, facts with { Shift = new ShiftKinds(Finding.Found, Finding.Unknown, Finding.Suspected, Finding.Unknown) },
                    ])
                    {
                        commands.UnionWith(Planner.Plan(more).Methods.SelectMany(static method => method.Commands));
                    }
                }
            }
        }

        Assert.InRange(commands.Count, 50, 5000);
        Assert.All(commands, command =>
        {
            ParseResult parsed = root.Parse(command.Replace("'", "\"", StringComparison.Ordinal));
            Assert.True(parsed.Errors.Count == 0, $"{command}: {string.Join(", ", parsed.Errors.Select(static error => error.Message))}");

            if (parsed.CommandResult.Command is ZeroShotCommand or ClusterCommand)
                return;

            // What can be refused before anything is read isn't; weights are looked for, and these are nowhere.
            RunConfig config = Assert.IsType<TrainCommand>(parsed.CommandResult.Command).Config(parsed);
            if (config.Weights is null)
                config.Validate();
        });
    }

    /// <summary>The page says what the code does: regenerate it with <c>acclimate plan --table</c>.</summary>
    [Fact]
    public void Page_HasTheTableThatTheCodeDecides()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "docs/planning.md")))
            root = root.Parent;
        Assert.SkipWhen(root is null, "the documentation is not beside the tests");
        string page = File.ReadAllText(Path.Combine(root!.FullName, "docs/planning.md"));

        Assert.Contains(PlanTable.Markdown(), page, StringComparison.Ordinal);
        Assert.Equal(PlanTable.Markdown(), Session.Run("plan", "--table").Out);
        string paths = File.ReadAllText(Path.Combine(root.FullName, "docs/paths.md"));
        Assert.All(PathEntry.All, entry => Assert.Contains($"\n### {entry.Title}\n", paths, StringComparison.Ordinal));
    }
}
