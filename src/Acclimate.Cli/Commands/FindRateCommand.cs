using System.CommandLine;
using Acclimate.Backbones;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Looks for a learning rate before training.</summary>
internal sealed class FindRateCommand : ExampledCommand
{
    private static readonly RunConfig Defaults = new();
    private static readonly RateRange DefaultRange = new();

    private readonly Argument<string> source = new("SOURCE") { Description = "The labelled domain, as for train" };
    private readonly Argument<string?> target = new("TARGET") { Description = "The domain to adapt to, for a method that takes one", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> method = new("--method", "-m") { Description = "The method; its first stage is tried", DefaultValueFactory = _ => "source-only", HelpName = "NAME" };
    private readonly Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<string?> backbone = new("--backbone") { Description = $"The network: {string.Join(", ", Networks.Names)}", HelpName = "NAME" };
    private readonly Option<string?> weights = new("--weights") { Description = "Start from these weights: a file, or published ones that are fetched, by name", HelpName = "FILE" };
    private readonly Option<string?> freeze = new("--freeze") { Description = "Keep the backbone's front as it is", HelpName = "STAGE" };
    private readonly Option<string?> freezeFrom = new("--freeze-from") { Description = "Keep the backbone's back as it is, from this stage on", HelpName = "STAGE" };
    private readonly Option<int?> lora = new("--lora") { Description = "Learn matrices of this rank beside the backbone's weights", HelpName = "RANK" };
    private readonly Option<double?> loraAlpha = new("--lora-alpha") { Description = "How much those add; RANK if left out", HelpName = "ALPHA" };
    private readonly Option<int?> adapters = new("--adapters") { Description = "Learn small layers of this width between the backbone's", HelpName = "WIDTH" };
    private readonly Option<int?> size = new("--size") { Description = "Resize pictures to this side", HelpName = "PIXELS" };
    private readonly Option<bool> augment = new("--augment") { Description = "Shift, mirror and recolour pictures at random" };
    private readonly Option<int> batchSize = new("--batch-size") { Description = "Samples of each domain in a step", DefaultValueFactory = _ => Defaults.BatchSize, HelpName = "N" };
    private readonly Option<double> weightDecay = new("--weight-decay") { Description = "The L2 penalty", DefaultValueFactory = _ => Defaults.WeightDecay, HelpName = "WEIGHT" };
    private readonly Option<string> precision = new("--precision") { Description = "float32, bf16 or auto", DefaultValueFactory = _ => Defaults.Precision, HelpName = "NAME" };
    private readonly Option<long> seed = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = _ => 0, HelpName = "N" };
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
        foreach (Option option in (Option[])[method, set, backbone, weights, freeze, freezeFrom, lora, loraAlpha, adapters, size, augment, batchSize, weightDecay, precision, seed, from, to, steps, json, quiet])
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
        "acclimate find-rate photos/few --backbone resnet18 --weights resnet18.safetensors --lora 4 --json",
    ];

    private RunConfig Config(ParseResult parsed) => new()
    {
        Source = parsed.GetRequiredValue(source),
        Target = parsed.GetValue(target) ?? string.Empty,
        Method = MethodsCommand.Find(parsed.GetValue(method)!).About.Name,
        Options = TrainCommand.Pairs(parsed.GetValue(set)!),
        Backbone = parsed.GetValue(backbone),
        Weights = parsed.GetValue(weights),
        Freeze = parsed.GetValue(freeze),
        FreezeFrom = parsed.GetValue(freezeFrom),
        Lora = parsed.GetValue(lora),
        LoraAlpha = parsed.GetValue(loraAlpha),
        Adapters = parsed.GetValue(adapters),
        Size = parsed.GetValue(size),
        Augment = parsed.GetValue(augment),
        BatchSize = parsed.GetValue(batchSize),
        WeightDecay = parsed.GetValue(weightDecay),
        Precision = parsed.GetValue(precision)!,
        Seed = parsed.GetValue(seed),
    };
}
