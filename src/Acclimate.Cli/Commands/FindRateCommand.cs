using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Looks for a learning rate before training.</summary>
internal sealed class FindRateCommand : ExampledCommand
{
    private static readonly RateRange DefaultRange = new();

    private readonly RunOptions run = new("source-only");
    private readonly Argument<string> source = new("SOURCE") { Description = "The labelled domain, as for train" };
    private readonly Argument<string?> target = new("TARGET") { Description = "The domain to adapt to, for a method that takes one", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<double> from = new("--from") { Description = "The first rate", DefaultValueFactory = _ => DefaultRange.From, HelpName = "RATE" };
    private readonly Option<double> to = new("--to") { Description = "The last rate", DefaultValueFactory = _ => DefaultRange.To, HelpName = "RATE" };
    private readonly Option<int> steps = new("--steps") { Description = "How many rates to try, one a step", DefaultValueFactory = _ => DefaultRange.Steps, HelpName = "N" };
    private readonly Option<bool> json = CommandLine.Json();
    private readonly Option<bool> quiet = CommandLine.Quiet();

    public FindRateCommand(Screen screen, CancellationToken cancellation)
        : base("find-rate", "Try rising learning rates for some steps, and suggest one")
    {
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[run.Also, run.Balance, run.Method, run.Set, run.TargetLabels, run.TargetLabelled, run.Weigh, run.Backbone, run.Weights, run.Freeze, run.FreezeFrom, run.Gradual, run.BackboneRate, run.LayerDecay, run.Lora, run.LoraAlpha, run.Adapters, run.Size, run.Augment, run.Strict, run.OpenSet, run.BatchSize, run.WeightDecay, run.Precision, run.BatchNorm, run.Seed, from, to, steps, json, quiet])
            Add(option);
        SetAction(parsed =>
        {
            RunConfig config = Config(parsed);
            RateRange range = new() { From = parsed.GetValue(from), To = parsed.GetValue(to), Steps = parsed.GetValue(steps) };
            using ProgressLine line = new(screen with { Quiet = parsed.GetValue(quiet) }, "trying rates", toError: true);
            int tried = 0;
            RateSearch found = RateRun.Find(config, range, _ => line.Report(++tried, range.Steps, string.Empty, "steps"), cancellation);
            if (parsed.GetValue(json))
                screen.Json(new { found.Suggested, found.Steepest, LowestAt = found.Lowest?.Rate, found.Exploded, found.Stage, found.Points });
            else
                RateView.Write(found, range, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate find-rate photos/studio",
        "acclimate find-rate photos/studio photos/phone --method dann --backbone resnet18 --weights resnet18.safetensors",
        "acclimate find-rate photos/studio photos/phone --method label-efficient --target-labels labelled-by-anna.csv",
        "acclimate find-rate photos/few --backbone resnet18 --weights resnet18.safetensors --lora 4 --json",
    ];

    private RunConfig Config(ParseResult parsed) => run.Config(parsed, MethodsCommand.Find(parsed.GetValue(run.Method)!)) with
    {
        Source = parsed.GetRequiredValue(source),
        Target = parsed.GetValue(target) ?? string.Empty,
    };
}
