using System.Text.Json;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Inspect_Rows_VerdictKindsDriftsClassesRiskAndWhatNext()
    {
        Answer answer = Session.Run("inspect", Rows("a.csv", 0), Rows("b.csv", 4));
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        string[] lines = answer.Out.Split('\n');

        Assert.Equal("The domains differ.", lines[0]);
        Assert.Contains("covariate shift", string.Join(' ', lines[1..4]), StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.StartsWith("  width  ", StringComparison.Ordinal));
        Assert.Contains("1 of 2 features drifted", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Classes, by the labels of both", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Risk that adapting does harm: ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Start with: acclimate train '", answer.Out, StringComparison.Ordinal);
        Assert.All(lines.Where(static line => !line.Contains("acclimate ", StringComparison.Ordinal)), static line => Assert.True(line.Length <= Screen.WidestTable, line));
    }

    [Fact]
    public void Inspect_NoTargetLabels_SaysWhoseClassesTheyAre()
    {
        Answer answer = Session.Run("inspect", Rows("a.csv", 0), Rows("b.csv", 4, labelled: false));
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Classes, by the source's classifier (no target labels)", answer.Out, StringComparison.Ordinal);
        Assert.Contains("concept, p(y|x) can't be told; it takes target labels", string.Join(' ', answer.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Json_HasAllOfIt()
    {
        using JsonDocument found = JsonDocument.Parse(Session.Run("inspect", Rows("a.csv", 0), Rows("b.csv", 4, labelled: false), "--json").Out);
        JsonElement root = found.RootElement;
        Assert.Equal("found", root.GetProperty("kinds").GetProperty("inputs").GetString());
        Assert.Equal("unknown", root.GetProperty("kinds").GetProperty("concept").GetString());
        Assert.Equal(2, root.GetProperty("drifts").GetArrayLength());
        Assert.InRange(root.GetProperty("mmd").GetProperty("p_value").GetDouble(), 0, 0.01);
        Assert.InRange(root.GetProperty("wasserstein").GetProperty("sliced").GetProperty("distance").GetDouble(), 0.1, 100);
        Assert.InRange(root.GetProperty("classes").GetProperty("label_shift").GetProperty("black_box_soft").GetProperty("total_variation").GetDouble(), 0, 1);
        Assert.False(root.GetProperty("classes").GetProperty("target_labels_given").GetBoolean());
        Assert.Equal(JsonValueKind.Array, root.GetProperty("risk").GetProperty("evidence").ValueKind);
    }

    [Fact]
    public void Inspect_Pictures_FitsEightyColumns()
    {
        Answer answer = Session.Run("inspect", "generated:digits-clean?count=150", "generated:digits-wild?count=120", "--verbose");
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("of 5 features drifted", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n').Where(static line => !line.Contains("acclimate ", StringComparison.Ordinal)), static line => Assert.True(line.Length <= Screen.WidestTable, line));
    }

    /// <summary>Sixty rows of two features; the first may be moved.</summary>
    private string Rows(string name, double away, bool labelled = true)
    {
        string path = folder.In(name);
        string[] kinds = ["ant", "bee"];
        File.WriteAllLines(path,
            [labelled ? "width,height,kind" : "width,height", .. Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"{away + (i * 37 % 11 * 0.1)},{(i % 2 * 3) + (i * 17 % 7 * 0.1)}{(labelled ? "," + kinds[i % 2] : string.Empty)}"))]);
        return labelled ? path + "?label=kind" : path;
    }
}
