using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Relations.Generated;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>Writes worlds with a known answer, to try the other commands on.</summary>
internal sealed class RelationsGenerateCommand : ExampledCommand
{
    public RelationsGenerateCommand(Screen screen)
        : base("generate", "Write a generated domain: the network that it is drawn from, and worlds of facts")
    {
        Argument<string> domain = new("DOMAIN") { Description = string.Join(" or ", GeneratedRelations.All.Select(static known => known.Name)) };
        Option<int> worlds = new("--worlds") { Description = "How many, 1 to 1000", DefaultValueFactory = static _ => 4, HelpName = "N" };
        Option<long> seed = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = static _ => 0, HelpName = "N" };
        Option<string> output = new("--out", "-o") { Description = "The folder to write into", DefaultValueFactory = static _ => ".", HelpName = "FOLDER" };
        Option<bool> json = CommandLine.Json();
        Add(domain);
        foreach (Option option in (Option[])[worlds, seed, output, json])
            Add(option);
        SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(domain), folder = parsed.GetRequiredValue(output);
            GeneratedRelations found = GeneratedRelations.All.FirstOrDefault(known => known.Name == name)
                ?? throw new UsageException($"there is no domain '{name}'{NearestName.HintOrStop(name, GeneratedRelations.All.Select(static known => known.Name))} Expected {string.Join(" or ", GeneratedRelations.All.Select(static known => known.Name))}");
            if (parsed.GetValue(worlds) is not (>= 1 and <= 1000) and var many)
                throw new UsageException($"--worlds {many}: expected 1 to 1000");
            List<string> files = [Path.Combine(folder, $"{name}.mln")];
            found.Network.Write(files[0], $"The network that worlds of {name} are drawn from");
            for (int number = 0; number < parsed.GetValue(worlds); number++)
            {
                files.Add(Path.Combine(folder, $"{name}-{number + 1}.db"));
                found.World(parsed.GetValue(seed), number).Write(files[^1]);
            }

            if (parsed.GetValue(json))
                screen.Json(new { Domain = name, Files = files });
            else
                screen.Out.WriteLine(string.Join('\n', files));
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples => ["acclimate relations generate university --worlds 6 --out worlds", "acclimate relations generate movie --seed 1 --out worlds"];
}
