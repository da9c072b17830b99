using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Selection.Planning;

namespace Acclimate.Cli.Commands;

/// <summary>Says how two domains differ, and what that asks for.</summary>
internal sealed class InspectCommand : ExampledCommand
{
    public InspectCommand(Screen screen, CancellationToken cancellation)
        : base("inspect", "Say how two domains differ: how far, in what, and what that puts at risk")
    {
        Argument<string> source = new("SOURCE") { Description = "One domain: a folder of images, .csv, .mat, .npz, IDX …" };
        Argument<string> target = new("TARGET") { Description = "The other; labels that it may have are compared with the source's" };
        Option<bool> json = CommandLine.Json();
        Add(source);
        Add(target);
        Add(json);
        SetAction(parsed =>
        {
            using DomainPair pair = DomainPair.Open(parsed.GetRequiredValue(source), parsed.GetRequiredValue(target));
            DomainShift found = DomainShift.OfSamples(pair.Source, pair.Target, cancellation: cancellation);
            if (parsed.GetValue(json))
            {
                screen.Json(ShiftView.AsData(pair.Source, pair.Target, found));
                return ExitCode.Success;
            }

            ShiftView.Write(pair.Source, pair.Target, found, parsed.GetValue(CommandLine.Verbose), screen);
            Advise(pair, found, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate inspect photos/studio photos/phone",
        "acclimate inspect reviews/books reviews/kitchen --verbose",
        "acclimate inspect amazon.mat webcam.mat --json",
    ];

    /// <summary>What the planner would start with; the target's labels, where there are any, count as kept aside.</summary>
    private static void Advise(DomainPair pair, DomainShift found, Screen screen)
    {
        bool differ = found.Kinds is { Inputs: Finding.Found } or { WithinClasses: Finding.Found } or { Balance: Finding.Found or Finding.Suspected };
        TransferPlan plan = Planner.Plan(new PlanFacts
        {
            Source = pair.Source.Provenance,
            Target = pair.Target.Provenance,
            SourceLabels = pair.Source.IsLabelled ? LabelState.All : LabelState.None,
            TargetLabels = LabelState.None,
            SameTask = true,
            SameDomain = !differ,
            SameFeatures = true,
            Kind = PlanReading.KindOf(pair.Source),
            SourceSamples = pair.Source.Count,
            TargetSamples = pair.Target.Count,
            Shift = found.Kinds,
        });
        screen.Out.WriteLine();
        if (plan.Methods.Count > 0)
        {
            screen.Out.WriteLine($"Start with: {plan.Methods[0].Commands[0]}");
            Prose.Hang(screen.Out, "  ", $"(why: {plan.Methods[0].Why})");
        }
        else
        {
            Prose.Hang(screen.Out, string.Empty, $"To adapt, the source needs labels. What there is without: {plan.Missing}.");
        }

        screen.Out.WriteLine($"All that fits: acclimate plan {Advice(pair.Source)} {Advice(pair.Target)} --target-labels none");

        static string Advice(Domain domain) => Shell.Quoted(domain.Provenance);
    }
}
