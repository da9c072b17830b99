using System.CommandLine;
using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;
using Acclimate.Relations;
using Acclimate.Relations.Transfer;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>Makes a network of the target by means of the source's.</summary>
internal sealed class RelationsTransferCommand : ExampledCommand
{
    public RelationsTransferCommand(Screen screen, CancellationToken cancellation)
        : base("transfer", "Make a network for few facts of a target by means of a source with other predicates")
    {
        Argument<string> source = new("SOURCE") { Description = "The source's .mln file; tamar maps its clauses" };
        Argument<string> target = new("TARGET") { Description = "The target's .mln file; its declarations alone count" };
        Option<string[]> sourceData = RelationsOptions.Data("--source-data", "The source's facts, which dtm judges cliques by; can be repeated");
        Option<string[]> data = RelationsOptions.Data("--data", "The target's facts: what is not said is false; can be repeated, each file is a world of its own");
        Option<string> method = new("--method", "-m") { Description = $"{string.Join(" or ", Known)}; see acclimate methods", DefaultValueFactory = static _ => "tamar", HelpName = "NAME" };
        Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = static _ => [] };
        Option<string?> query = RelationsOptions.Query("The target's predicates to predict, with commas between, the others being given; all if left out");
        Option<string?> output = RelationsOptions.Output();
        Option<bool> json = CommandLine.Json(), quiet = CommandLine.Quiet();
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[sourceData, data, method, set, query, output, json, quiet])
            Add(option);
        SetAction(parsed =>
        {
            (string from, string into) = (parsed.GetRequiredValue(source), parsed.GetRequiredValue(target));
            string to = RelationsOptions.Destination(parsed.GetValue(output), from, into);
            RelationalTransfer transfer = Create(parsed.GetRequiredValue(method), TrainCommand.Pairs(parsed.GetRequiredValue(set)));
            MarkovNetwork sourceNetwork = MarkovNetwork.Read(from), targetNetwork = MarkovNetwork.Read(into);
            FactBase[] sourceFacts = [.. parsed.GetRequiredValue(sourceData).Select(file => FactBase.Read(file, sourceNetwork))];
            FactBase[] facts = RelationsOptions.Facts(parsed.GetRequiredValue(data), targetNetwork, "--data");
            if (transfer is DeepTransfer && sourceFacts.Length == 0)
                throw new UsageException("dtm judges cliques by the source's facts: name them with --source-data FILE");
            Screen beside = parsed.GetValue(json) ? screen.Beside() : screen;
            TransferredNetwork found = transfer.Transfer(
                new RelationalDomain(sourceNetwork, sourceFacts), new RelationalDomain(targetNetwork, facts), RelationsOptions.Predicates(parsed.GetValue(query), targetNetwork),
                parsed.GetValue(quiet) ? null : beside.Out.WriteLine, cancellation);
            found.Learnt.Network.Write(to, [
                $"Transferred by {MethodCatalog.NameOf(transfer)} from {Path.GetFileName(from)}; weights learnt from {string.Join(", ", facts.Select(static one => Path.GetFileName(one.Name)))}",
                .. found.Notes.Select(static note => string.Create(CultureInfo.InvariantCulture, $"{note.From} -> {note.To ?? "nothing"} ({note.Score:0.00})"))]);
            if (parsed.GetValue(json))
                screen.Json(new { Method = MethodCatalog.NameOf(transfer), Transferred = found.Notes, Network = RelationsOptions.AsData(to, found.Learnt) });
            else
                RelationsView.Write(found.Learnt, to, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate relations transfer university.mln movie.mln --data movie-1.db -o movies.mln",
        "acclimate relations transfer university.mln movie.mln --source-data university-1.db --data movie-1.db --method dtm -o movies.mln",
        "acclimate relations transfer university.mln movie.mln --data movie-1.db --query WorkedUnder --set prior=1 -o movies.mln",
    ];

    private static IEnumerable<string> Known => MethodCatalog.All.Where(static entry => entry.About.Family == Family.Relations).Select(static entry => entry.About.Name);

    private static RelationalTransfer Create(string name, Dictionary<string, string> options)
    {
        try
        {
            RelationalTransfer? made = Known.Contains(name) ? (RelationalTransfer)MethodCatalog.Find(name).Create(options) : null;
            made?.Validate();
            return made ?? throw new UsageException($"--method '{name}' is no way of transferring relations{NearestName.HintOrStop(name, Known)} Expected {string.Join(" or ", Known)}");
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
