using System.CommandLine;
using Acclimate.Backbones;
using Acclimate.Cli.Rendering;
using Acclimate.Torch;

namespace Acclimate.Cli.Commands;

/// <summary>Says what a file of weights holds.</summary>
internal sealed class WeightsInspectCommand : ExampledCommand
{
    public WeightsInspectCommand(Screen screen)
        : base("inspect", "Say what a file of weights holds; nothing in it is executed")
    {
        Argument<string> file = new("FILE") { Description = "A .safetensors file, or a .pth or .pt file of PyTorch" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(file);
        Add(json);
        SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            StateOutline outline = StateFile.Inspect(path);
            (RecognisedBackbone? backbone, string network) = Recognise(outline);
            if (parsed.GetValue(json))
                screen.Json(WeightsView.AsData(outline, backbone));
            else
                WeightsView.Write(outline, network, new FileInfo(path).Length, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights inspect resnet18.pth",
        "acclimate weights inspect resnet20.th --json",
    ];

    /// <summary>Only this takes the engine; without one the rest is said all the same.</summary>
    private static (RecognisedBackbone? Backbone, string InWords) Recognise(StateOutline outline)
    {
        try
        {
            RecognisedBackbone? found = BackboneRecognition.Find(outline);
            string classifier = found?.Classes is { } classes ? $"with a classifier of {Numbers.Count(classes)} classes" : "without a classifier";
            return (found, found is null ? "none that is known by its names and shapes" : $"{found.Backbone}, {classifier}");
        }
        catch (EngineNotFoundException)
        {
            return (null, "not told without libtorch: see acclimate doctor");
        }
    }
}
