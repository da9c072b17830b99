using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Folds low-rank matrices into the weights that they were trained beside.</summary>
internal sealed class MergeCommand : ExampledCommand
{
    public MergeCommand(Screen screen)
        : base("merge", "Fold what --lora learnt into the weights: a plain model comes out")
    {
        Argument<string> model = new("MODEL") { Description = "A run's folder, a model's, or an adapter.safetensors" };
        Option<string?> weights = new("--weights") { Description = "For an adapter's file: the weights that it was trained beside", HelpName = "FILE" };
        Option<string> output = new("--out", "-o") { Description = "The plain model's folder", HelpName = "FOLDER", Required = true };
        Add(model);
        Add(weights);
        Add(output);
        SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model), folder = parsed.GetRequiredValue(output);
            if (Path.Exists(folder))
                throw new UsageException($"{folder} is there already: name another folder with --out");
            using TransferModel opened = Open(path, parsed.GetValue(weights));
            if (opened is MixtureModel mixture)
                throw new UsageException($"{path} holds several models that decide together ({string.Join(", ", mixture.Members.Select(static member => member.Name))}): name one of the folders in its model/members");
            if (opened is not NetworkModel { Network.Spec.LowRank: { } lowRank } adapted)
                throw new UsageException($"{path} holds a plain model: there is nothing to fold in. Models trained with --lora have something");
            using NetworkModel merged = adapted.Merged();
            merged.Save(folder);
            int layers = adapted.Network.Modules().OfType<LowRankLayer>().Count(static layer => layer.LowRankA is not null);
            screen.Out.WriteLine(screen.Bold($"Folded matrices of rank {lowRank.Rank} into {Numbers.Count(layers)} layers: {folder} is a plain model."));
            screen.Out.WriteLine($"{Numbers.Count(adapted.Network.ParameterCount)} parameters became {Numbers.Count(merged.Network.ParameterCount)}; what it says is the same, up to float32 rounding.");
            screen.Out.WriteLine($"Next: acclimate predict {folder} INPUT --out predictions.csv");
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate merge runs/few --out models/few",
        "acclimate merge adapter.safetensors --weights resnet18.safetensors --out models/few",
    ];

    private static TransferModel Open(string path, string? weights)
    {
        if (!File.Exists(path))
            return weights is null ? Models.Open(path) : throw new UsageException($"--weights goes with an adapter's file; {path} is none");
        return NetworkModel.LoadAdapter(
            path, weights ?? throw new UsageException($"{path} is an adapter alone: name the weights that it was trained beside with --weights"));
    }
}
