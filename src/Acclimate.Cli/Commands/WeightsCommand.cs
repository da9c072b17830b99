using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>What can be done with files of weights.</summary>
internal sealed class WeightsCommand : ExampledCommand
{
    public WeightsCommand(Screen screen)
        : base("weights", "Look into files of weights, convert them")
    {
        Add(new WeightsInspectCommand(screen));
        Add(new WeightsConvertCommand(screen));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights inspect resnet18.pth",
        "acclimate weights convert resnet18.pth resnet18.safetensors",
    ];
}
