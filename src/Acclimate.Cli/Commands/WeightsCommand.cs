using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>What can be done with files of weights.</summary>
internal sealed class WeightsCommand : ExampledCommand
{
    public WeightsCommand(Screen screen, CancellationToken cancellation)
        : base("weights", "Fetch published weights; look into files of weights, convert them")
    {
        Add(new WeightsListCommand(screen));
        Add(new WeightsGetCommand(screen, cancellation));
        Add(new WeightsInspectCommand(screen));
        Add(new WeightsConvertCommand(screen));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights list",
        "acclimate weights get resnet18",
        "acclimate weights inspect resnet18.pth",
        "acclimate weights convert resnet18.pth resnet18.safetensors",
    ];
}
