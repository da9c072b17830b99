using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;

namespace Acclimate.Cli.Commands;

/// <summary>Decides with a few labels whether a run's adapted model is better than the source's own.</summary>
internal sealed class VerifyCommand : ExampledCommand
{
    public VerifyCommand(Screen screen)
        : base("verify", "Decide with a few labels whether adapting helped, and keep the better model")
    {
        Argument<string?> run = new("RUN") { Description = "The folder of a run that was hedged", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> labels = new("--labels") { Description = "CSV with the columns sample and label, filled in as far as you like; RUN/to-label/labels.csv if left out", HelpName = "FILE" };
        Option<int?> more = new("--more") { Description = "List so many further samples to label; labels in the run's table stay", HelpName = "N" };
        Option<bool> table = new("--table") { Description = "Say how many labels decide what, of any two models" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(run);
        foreach (Option option in (Option[])[labels, more, table, json])
            Add(option);
        SetAction(parsed =>
        {
            bool asData = parsed.GetValue(json);
            string? file = parsed.GetValue(labels);
            if (parsed.GetValue(run) is not { } path)
            {
                if (!parsed.GetValue(table) || file is not null || parsed.GetValue(more) is not null)
                    throw new UsageException("verify takes the folder of a RUN (or --table alone)");
                if (asData)
                    screen.Json(ChancesView.Grid());
                else
                    ChancesView.Write(screen);
                return ExitCode.Success;
            }

            if (parsed.GetValue(table))
                throw new UsageException("--table is of any two models: leave RUN out");
            RunFolder folder = new(path);
            ToLabel list = ToLabel.Load(folder);
            if (parsed.GetValue(more) is { } further)
            {
                if (file is not null)
                    throw new UsageException("--more lists samples and --labels reads labels: one after the other");
                if (further < 1)
                    throw new UsageException($"--more {further}: expected 1 or more");
                list = list.ListMore(folder, further);
            }
            else if (list.Order.Count > 0 && (file is not null || VerificationView.HasLabels(folder, list)))
            {
                Verification found = Verification.Of(folder, file);
                if (asData)
                    screen.Json(found);
                else
                    VerificationView.Write(found, list, folder, screen);
                return ExitCode.Success;
            }

            if (asData)
                screen.Json(new { list.Target, list.Samples, Disagreements = list.Order.Count, list.Listed, Table = list.Order.Count > 0 ? folder.Labels : null });
            else
                VerificationView.Write(list, folder, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate verify runs/studio-phone-dan",
        "acclimate verify runs/studio-phone-dan --labels labelled-by-anna.csv",
        "acclimate verify runs/studio-phone-dan --more 60",
        "acclimate verify --table",
    ];
}
