using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Reports;
using Acclimate.Reports.TensorBoard;
using Acclimate.Runs;

namespace Acclimate.Cli.Commands;

/// <summary>Makes a run's report anew.</summary>
internal sealed class ReportCommand : ExampledCommand
{
    public ReportCommand(Screen screen, CancellationToken cancellation)
        : base("report", "Write a run's report.html anew, or its figures for TensorBoard")
    {
        Argument<string> run = new("RUN") { Description = "A run's folder" };
        Option<string?> against = new("--against") { Description = "A run on the same target to compare with class by class, such as one of source-only", HelpName = "RUN" };
        Option<string?> tensorBoard = new("--tensorboard") { Description = "Write a TensorBoard event file into this folder, and no report", HelpName = "DIR" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(run);
        Add(against);
        Add(tensorBoard);
        Add(json);
        SetAction(parsed =>
        {
            RunFolder folder = Models.Run(parsed.GetRequiredValue(run));
            RunFolder? other = parsed.GetValue(against) is { } named ? Models.Run(named) : null;
            if (parsed.GetValue(tensorBoard) is { } events)
            {
                if (other is not null)
                    throw new UsageException("--against is for the report: leave it out with --tensorboard");
                int figures = RunEvents.Write(folder, events);
                if (parsed.GetValue(json))
                    screen.Json(new { Events = Path.Combine(events, RunEvents.FileName), Figures = figures });
                else
                    screen.Out.WriteLine($"{Numbers.Count(figures)} figures in {Path.Combine(events, RunEvents.FileName)}\nLook at them with: tensorboard --logdir {events}");
                return ExitCode.Success;
            }

            string? leftOut = HtmlReport.Write(folder, other, cancellation);
            if (parsed.GetValue(json))
            {
                screen.Json(new { folder.Report, LeftOut = leftOut });
                return ExitCode.Success;
            }

            screen.Out.WriteLine(folder.Report);
            if (leftOut is not null)
                screen.Error.WriteLine($"The domains are not drawn. {leftOut}");
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate report runs/office",
        "acclimate report runs/office --against runs/office-source-only",
        "acclimate report runs/office --tensorboard runs/office/tensorboard",
    ];
}
