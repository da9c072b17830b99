using System.CommandLine;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;
using Acclimate.Selection.Planning;

namespace Acclimate.Cli.Commands;

/// <summary>Says which way of transfer fits, and by which methods.</summary>
internal sealed class PlanCommand : ExampledCommand
{
    private readonly Argument<string?> source = new("SOURCE") { Description = "The domain to learn from, if it is there: what can be read off it is", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> target = new("TARGET") { Description = "The domain that the model is for", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<LabelState?> sourceLabels = new("--source-labels") { Description = "The source's labels: all, few or none", HelpName = "WHAT" };
    private readonly Option<LabelState?> targetLabels = new("--target-labels") { Description = "The target's labels that may be learnt from: all, few or none; none where they are for scoring only", HelpName = "WHAT" };
    private readonly Option<bool> sameTask = new("--same-task") { Description = "The same classes are told apart" };
    private readonly Option<bool> otherTask = new("--other-task") { Description = "Other classes are told apart" };
    private readonly Option<bool> sameDomain = new("--same-domain") { Description = "Samples were drawn in the same circumstance" };
    private readonly Option<bool> otherDomain = new("--other-domain") { Description = "They were drawn in another one" };
    private readonly Option<bool> sequential = new("--sequential") { Description = "One after the other: there is a model already, or one comes first" };
    private readonly Option<bool> atOnce = new("--at-once") { Description = "Both are learnt at once" };
    private readonly Option<SampleKind?> kind = new("--kind") { Description = "What samples are: rows, text or pictures", HelpName = "WHAT" };
    private readonly Option<ClassSets?> classes = new("--classes") { Description = "The target's classes: the same as the source's, partial (some of them), open (others too)", HelpName = "WHAT" };
    private readonly Option<bool> sourceFree = new("--source-free") { Description = "The source's samples can't be kept or shown while adapting" };
    private readonly Option<int?> sourceSamples = new("--source-samples") { Description = "How many samples the source has", HelpName = "N" };
    private readonly Option<int?> targetSamples = new("--target-samples") { Description = "How many the target has", HelpName = "N" };
    private readonly Option<string?> weights = new("--weights") { Description = "A pretrained network's weights that are there: a file, a run's folder, or a name of `acclimate weights list`", HelpName = "FILE" };
    private readonly Option<bool> noMeasure = new("--no-measure") { Description = "Don't measure the shift between SOURCE and TARGET, which takes seconds" };
    private readonly Option<bool> table = new("--table") { Description = "Every path with every state of labels, as a table in Markdown" };
    private readonly Option<bool> json = CommandLine.Json();

    public PlanCommand(Screen screen, CancellationToken cancellation)
        : base("plan", "Say which way of transfer fits what is known, and by which methods")
    {
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[sourceLabels, targetLabels, sameTask, otherTask, sameDomain, otherDomain, sequential, atOnce, kind, classes, sourceFree, sourceSamples, targetSamples, weights, noMeasure, table, json])
            Add(option);
        SetAction(parsed =>
        {
            if (parsed.GetValue(table))
            {
                WriteTable(parsed.GetValue(json), screen);
                return ExitCode.Success;
            }

            PlanFacts facts = Facts(parsed, cancellation);
            TransferPlan plan = Planner.Plan(facts);
            if (parsed.GetValue(json))
                screen.Json(PlanView.AsData(facts, plan));
            else
                PlanView.Write(facts, plan, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate plan photos/studio photos/phone",
        "acclimate plan amazon.mat webcam.mat --target-labels none",
        "acclimate plan --target-labels few --other-task --kind pictures --weights resnet18",
        "acclimate plan --source-free --kind pictures --json",
        "acclimate plan --table",
    ];

    private static void WriteTable(bool asJson, Screen screen)
    {
        if (asJson)
            screen.Json(PlanTable.Cells().Select(static cell => new { cell.Source, cell.Target, Plan = PlanView.AsData(null, cell.Plan) }));
        else
            screen.Out.Write(PlanTable.Markdown());
    }

    private PlanFacts Facts(ParseResult parsed, CancellationToken cancellation)
    {
        PlanFacts facts = parsed.GetValue(source) is { } from
            ? PlanReading.Read(from, parsed.GetValue(target), !parsed.GetValue(noMeasure), cancellation)
            : new PlanFacts();
        return facts with
        {
            SourceLabels = parsed.GetValue(sourceLabels) ?? facts.SourceLabels,
            TargetLabels = parsed.GetValue(targetLabels) ?? facts.TargetLabels,
            SameTask = Either(parsed, sameTask, otherTask) ?? facts.SameTask,
            SameDomain = Either(parsed, sameDomain, otherDomain) ?? facts.SameDomain,
            AtOnce = Either(parsed, atOnce, sequential) ?? facts.AtOnce,
            Kind = parsed.GetValue(kind) ?? facts.Kind,
            Classes = parsed.GetValue(classes) ?? facts.Classes,
            SourceStays = parsed.GetValue(sourceFree) ? false : facts.SourceStays,
            SourceSamples = parsed.GetValue(sourceSamples) ?? facts.SourceSamples,
            TargetSamples = parsed.GetValue(targetSamples) ?? facts.TargetSamples,
            Weights = parsed.GetValue(weights),
        };
    }

    private static bool? Either(ParseResult parsed, Option<bool> yes, Option<bool> no) => (parsed.GetValue(yes), parsed.GetValue(no)) switch
    {
        (true, true) => throw new UsageException($"{yes.Name} and {no.Name} say the opposite: give one of them"),
        (true, _) => true,
        (_, true) => false,
        _ => null,
    };
}
