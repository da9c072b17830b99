using System.Text;

namespace Acclimate.Selection.Planning;

/// <summary>The planner's decisions as a table in Markdown: the eight paths by what labels there are.</summary>
public static class PlanTable
{
    private static readonly (string Title, LabelState Source, LabelState Target)[] Columns =
    [
        ("source labelled, target not", LabelState.All, LabelState.None),
        ("source labelled, target a little", LabelState.All, LabelState.Few),
        ("both labelled", LabelState.All, LabelState.All),
        ("target alone labelled", LabelState.None, LabelState.All),
        ("no labels", LabelState.None, LabelState.None),
    ];

    /// <summary>A row a path, a column for each state of the labels; where the project has no method, what is missing.</summary>
    public static string Markdown()
    {
        StringBuilder table = new();
        table.Append("| path |").AppendJoin("", Columns.Select(static column => $" {column.Title} |")).Append('\n');
        table.Append("| --- |").AppendJoin("", Columns.Select(static _ => " --- |")).Append('\n');
        foreach (PathEntry path in PathEntry.All)
        {
            table.Append($"| [{path.Title.ToLowerInvariant()}]({path.Page["docs/".Length..]}): {path.Answers} |");
            foreach ((_, LabelState source, LabelState target) in Columns)
                table.Append($" {Cell(Planner.Plan(Facts(path, source, target)))} |");
            table.Append('\n');
        }

        return table.ToString();
    }

    /// <summary>Every cell's plan, row by row.</summary>
    public static IEnumerable<(LabelState Source, LabelState Target, TransferPlan Plan)> Cells() =>
        PathEntry.All.SelectMany(static path => Columns.Select(column => (column.Source, column.Target, Planner.Plan(Facts(path, column.Source, column.Target)))));

    /// <summary>What stands for a path and labels in the table: nothing else is known.</summary>
    internal static PlanFacts Facts(PathEntry path, LabelState source, LabelState target) =>
        new() { SameTask = path.SameTask, SameDomain = path.SameDomain, AtOnce = path.AtOnce, SourceLabels = source, TargetLabels = target };

    private static string Cell(TransferPlan plan)
    {
        string methods = string.Join(", ", plan.Methods.Select(static method => $"`{method.Method}`").Distinct());
        string missing = plan.Missing is { } needed ? $"*{needed[..needed.IndexOfAny([',', ':', '.', '('])].TrimEnd()} is missing*" : string.Empty;
        return string.Join("; ", ((string[])[missing, methods]).Where(static part => part.Length > 0));
    }
}
