using System.CommandLine;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Runs;

namespace Acclimate.Cli.Commands;

/// <summary>What a training and the search for its learning rate ask alike: what is learnt from, by which method, from which weights on.</summary>
/// <param name="method">The method unless one is named.</param>
internal sealed class RunOptions(string method)
{
    private static readonly RunConfig Defaults = new();

    public Option<string[]> Also { get; } = new("--also") { Description = "A labelled domain that becomes one with SOURCE, classes united by name; can be repeated", HelpName = "PATH", DefaultValueFactory = _ => [] };

    public Option<bool> Balance { get; } = new("--balance") { Description = "With --also: let small data sets count as much as large ones" };

    public Option<string> Method { get; } = new("--method", "-m") { Description = "How to adapt; see acclimate methods", DefaultValueFactory = _ => method, HelpName = "NAME" };

    public Option<string[]> Set { get; } = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };

    public Option<string?> TargetLabels { get; } = new("--target-labels") { Description = "Labels of TARGET's own samples to learn from: CSV with the columns sample and label; or a number, to draw so many of each class of the labels that it comes with. The others stay hidden, and these are not scored", HelpName = "FILE|N" };

    public Option<string?> TargetLabelled { get; } = new("--target-labelled") { Description = "Other samples of the target's domain, labelled, to learn from", HelpName = "PATH" };

    public Option<string?> Weigh { get; } = new("--weigh") { Description = "For networks: what each source sample counts in the loss, by kmm, kliep, ulsif …; see acclimate methods", HelpName = "NAME" };

    public Option<string?> Backbone { get; } = new("--backbone") { Description = $"The network: {string.Join(", ", Networks.Names)}; the samples' shape decides if left out", HelpName = "NAME" };

    public Option<string?> Weights { get; } = new("--weights") { Description = "Start from these weights: a .safetensors or .pth file with torchvision's names, a run's folder, or a name that `acclimate weights list` knows", HelpName = "FILE" };

    public Option<string?> Freeze { get; } = new("--freeze") { Description = "Keep the backbone's front as it is: up to a stage's name, so many stages, or all (a linear probe)", HelpName = "STAGE" };

    public Option<string?> FreezeFrom { get; } = new("--freeze-from") { Description = "Keep the backbone's back as it is, from this stage on", HelpName = "STAGE" };

    public Option<bool> Gradual { get; } = new("--gradual") { Description = "Let stages join the training one after another, the last first" };

    public Option<double?> BackboneRate { get; } = new("--backbone-rate") { Description = "What the learning rate is multiplied by in the backbone, 0 to 1", HelpName = "FACTOR" };

    public Option<double?> LayerDecay { get; } = new("--layer-decay") { Description = "What each stage's rate is of the one's behind it, above 0 to 1", HelpName = "FACTOR" };

    public Option<int?> Lora { get; } = new("--lora") { Description = "Keep the backbone's weights, and learn matrices of this rank beside them: LoRA", HelpName = "RANK" };

    public Option<double?> LoraAlpha { get; } = new("--lora-alpha") { Description = "How much those add: ALPHA / RANK times their product; RANK if left out", HelpName = "ALPHA" };

    public Option<int?> Adapters { get; } = new("--adapters") { Description = "Keep the backbone's weights, and learn small layers of this width between its own: bottleneck adapters", HelpName = "WIDTH" };

    public Option<int?> Size { get; } = new("--size") { Description = "Resize pictures to this side", HelpName = "PIXELS" };

    public Option<bool> Augment { get; } = new("--augment") { Description = "Shift, mirror and recolour pictures at random while training: for photographs, not for digits" };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Refuse a folder of pictures with other files in it, instead of skipping them" };

    public Option<bool> OpenSet { get; } = new("--open-set") { Description = "Labels for scoring may have classes that the source lacks; they count as one class, unknown" };

    public Option<int> BatchSize { get; } = new("--batch-size") { Description = "Samples of each domain in a step", DefaultValueFactory = _ => Defaults.BatchSize, HelpName = "N" };

    public Option<double> WeightDecay { get; } = new("--weight-decay") { Description = "The L2 penalty", DefaultValueFactory = _ => Defaults.WeightDecay, HelpName = "WEIGHT" };

    public Option<string> Precision { get; } = new("--precision") { Description = "What the network computes in: float32, bf16, or auto, which takes bf16 where the processor has it", DefaultValueFactory = _ => Defaults.Precision, HelpName = "NAME" };

    public Option<string> BatchNorm { get; } = new("--batch-norm") { Description = "Whether batch norm sees both domains in one batch (shared) or each by itself (per-domain)", DefaultValueFactory = _ => Defaults.BatchNorm, HelpName = "NAME" };

    public Option<long> Seed { get; } = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = _ => 0, HelpName = "N" };

    /// <summary>What of a run these options say.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="entry">The method that is meant.</param>
    public RunConfig Config(ParseResult parsed, MethodEntry entry)
    {
        string[] others = parsed.GetValue(Also)!;
        return new RunConfig
        {
            Also = others.Length > 0 ? others : null,
            Balance = parsed.GetValue(Balance),
            TargetLabels = parsed.GetValue(TargetLabels),
            TargetLabelled = parsed.GetValue(TargetLabelled),
            Weigh = parsed.GetValue(Weigh),
            Method = entry.About.Name,
            Options = TrainCommand.Pairs(parsed.GetValue(Set)!),
            Backbone = parsed.GetValue(Backbone),
            Weights = parsed.GetValue(Weights),
            Freeze = parsed.GetValue(Freeze),
            FreezeFrom = parsed.GetValue(FreezeFrom),
            Gradual = parsed.GetValue(Gradual),
            BackboneRate = parsed.GetValue(BackboneRate),
            LayerDecay = parsed.GetValue(LayerDecay),
            Lora = parsed.GetValue(Lora),
            LoraAlpha = parsed.GetValue(LoraAlpha),
            Adapters = parsed.GetValue(Adapters),
            Size = parsed.GetValue(Size),
            Augment = parsed.GetValue(Augment),
            Strict = parsed.GetValue(Strict),
            OpenSet = parsed.GetValue(OpenSet),
            BatchSize = parsed.GetValue(BatchSize),
            WeightDecay = parsed.GetValue(WeightDecay),
            Precision = parsed.GetValue(Precision)!,
            BatchNorm = parsed.GetValue(BatchNorm)!,
            Seed = parsed.GetValue(Seed),
        };
    }
}
