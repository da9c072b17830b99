using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>Lists the published weights that can be fetched, and which ones are there.</summary>
internal sealed class WeightsListCommand : ExampledCommand
{
    public WeightsListCommand(Screen screen)
        : base("list", "List the published weights that can be fetched, and which ones are there")
    {
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(json);
        SetAction(parsed =>
        {
            if (parsed.GetValue(json))
                screen.Json(WeightsCatalogue.All.Select(AsData));
            else
                Write(screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights list",
        "acclimate weights list --json",
    ];

    private static object AsData(WeightsEntry entry) => new
    {
        entry.Name,
        entry.Architecture,
        entry.Recipe,
        Default = entry.IsDefault,
        File = entry.File.Name,
        Bytes = entry.File.Size,
        entry.Top1,
        entry.Data,
        entry.Licence,
        entry.File.Sha256,
        Addresses = entry.File.Addresses.Select(static address => address.AbsoluteUri),
        Cached = WeightsCatalogue.Cached(entry),
    };

    private static void Write(Screen screen)
    {
        foreach (var group in WeightsCatalogue.All.GroupBy(static entry => (entry.Data, entry.Licence)))
        {
            screen.Out.WriteLine(screen.Bold($"{group.Key.Data,-22}    size    top-1"));
            foreach (WeightsEntry entry in group)
            {
                string top1 = entry.Top1 is { } share ? Numbers.Percent(share) : "–", there = WeightsCatalogue.Cached(entry) is null ? string.Empty : "   fetched";
                screen.Out.WriteLine($"  {entry.Name,-20} {Numbers.Bytes(entry.File.Size),8} {top1,8}{there}");
            }

            Prose.Hang(screen.Out, "  Licence: ", group.Key.Licence);
            screen.Out.WriteLine();
        }

        screen.Out.WriteLine($"Kept in {WeightsCatalogue.Folder}");
        screen.Out.WriteLine("Fetch with: acclimate weights get NAME");
    }
}
