using System.CommandLine;
using Acclimate.Backbones;
using Acclimate.Cli.Rendering;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Folds low-rank matrices into the weights that they were trained beside; adapters, which can't be folded, are put beside them.</summary>
internal sealed class MergeCommand : ExampledCommand
{
    public MergeCommand(Screen screen)
        : base("merge", "Fold what --lora learnt into the weights, or put what --adapters learnt beside them")
    {
        Argument<string> model = new("MODEL") { Description = "A run's folder, a model's, or an adapter.safetensors" };
        Option<string?> weights = new("--weights") { Description = "For an adapter's file: the weights that it was trained beside", HelpName = "FILE" };
        Option<string> output = new("--out", "-o") { Description = "The whole model's folder", HelpName = "FOLDER", Required = true };
        Option<bool> json = CommandLine.Json();
        Add(model);
        Add(weights);
        Add(output);
        Add(json);
        SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model), folder = parsed.GetRequiredValue(output);
            if (Path.Exists(folder))
                throw new UsageException($"{folder} is there already: name another folder with --out");
            using TransferModel opened = Open(path, parsed.GetValue(weights));
            if (opened is MixtureModel mixture)
                throw new UsageException($"{path} holds several models that decide together ({string.Join(", ", mixture.Members.Select(static member => member.Name))}): name one of the folders in its model/members");
            if (opened is not NetworkModel { Network.Spec: { Addition: { } addition } spec } adapted)
                throw new UsageException($"{path} holds a plain model: there is nothing to fold in. Models trained with --lora have something");
            if (addition is Adapters adapters)
                return Join(adapted, adapters, path, folder, parsed.GetValue(json), screen);
            using NetworkModel merged = adapted.Merged();
            merged.Save(folder);
            int layers = adapted.Network.Modules().OfType<LowRankLayer>().Count(static layer => layer.LowRankA is not null);
            if (parsed.GetValue(json))
            {
                screen.Json(new { Model = folder, spec.LowRank!.Rank, Layers = layers, ParametersBefore = adapted.Network.ParameterCount, ParametersAfter = merged.Network.ParameterCount });
                return ExitCode.Success;
            }

            screen.Out.WriteLine(screen.Bold($"Folded matrices of rank {spec.LowRank!.Rank} into {Numbers.Count(layers)} layers: {folder} is a plain model."));
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

    /// <summary>An adapter's file and its weights as one whole model. A model that is whole stays: no plain one computes what it does.</summary>
    private static int Join(NetworkModel model, Adapters adapters, string path, string folder, bool json, Screen screen)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException(
                $"{path} holds adapters, which bend what goes through them: unlike LoRA's matrices they can't be folded into weights. The model is whole as it is: predict with it where it lies");
        }

        model.Save(folder);
        if (json)
        {
            screen.Json(new { Model = folder, Width = adapters.Size, Parameters = model.Network.ParameterCount });
            return ExitCode.Success;
        }

        screen.Out.WriteLine(screen.Bold($"Put adapters of width {adapters.Size} between the layers of the weights: {folder} is a whole model."));
        screen.Out.WriteLine("They stay layers of their own: they bend what goes through them, which no weight can do for them.");
        screen.Out.WriteLine($"Next: acclimate predict {folder} INPUT --out predictions.csv");
        return ExitCode.Success;
    }

    private static TransferModel Open(string path, string? weights)
    {
        if (!File.Exists(path))
            return weights is null ? Models.Open(path) : throw new UsageException($"--weights goes with an adapter's file; {path} is none");
        return NetworkModel.LoadAdapter(
            path, weights ?? throw new UsageException($"{path} is an adapter alone: name the weights that it was trained beside with --weights"));
    }
}
