using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Torch;

namespace Acclimate.Cli.Commands;

/// <summary>Writes weights as safetensors.</summary>
internal sealed class WeightsConvertCommand : ExampledCommand
{
    public WeightsConvertCommand(Screen screen)
        : base("convert", "Write a file of weights as safetensors, to the bit")
    {
        Argument<string> source = new("SOURCE") { Description = "A .pth or .pt file of PyTorch, or .safetensors" };
        Argument<string> destination = new("DESTINATION") { Description = "The .safetensors file to write" };
        Option<string> strip = new("--strip") { Description = "What names lose at their beginning, such as module.", DefaultValueFactory = static _ => string.Empty, HelpName = "PREFIX" };
        Option<bool> force = new("--force") { Description = "Overwrite DESTINATION" };
        Option<bool> json = CommandLine.Json();
        Add(source);
        Add(destination);
        Add(strip);
        Add(force);
        Add(json);
        SetAction(parsed =>
        {
            string to = parsed.GetRequiredValue(destination);
            if (File.Exists(to) && !parsed.GetValue(force))
                throw new IOException($"{to} is there already; --force overwrites it");
            StateOutline written = StateFile.Convert(parsed.GetRequiredValue(source), to, parsed.GetRequiredValue(strip));
            long bytes = written.Tensors.Sum(static t => t.Bytes);
            if (parsed.GetValue(json))
                screen.Json(new { Path = to, Tensors = written.Tensors.Count, Bytes = bytes });
            else
                screen.Out.WriteLine($"{to}: {Numbers.Count(written.Tensors.Count)} tensors, {Numbers.Bytes(bytes)}");
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights convert resnet18.pth resnet18.safetensors",
        "acclimate weights convert resnet20.th resnet20.safetensors --strip module.",
    ];
}
