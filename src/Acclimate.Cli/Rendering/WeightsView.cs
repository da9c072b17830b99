using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Cli.Rendering;

/// <summary>Shows what a file of weights holds.</summary>
internal static class WeightsView
{
    /// <summary>What batch norm counts up while it trains: state, but nothing that is learned.</summary>
    private static readonly string[] Statistics = ["running_mean", "running_var", "num_batches_tracked", "moving_mean", "moving_variance"];

    public static object AsData(StateOutline outline, RecognisedBackbone? backbone) => new
    {
        Format = outline.Format switch
        {
            StateFormat.PyTorchZip => "pytorch-zip",
            StateFormat.PyTorchLegacy => "pytorch-legacy",
            _ => "safetensors",
        },
        Parameters = Parameters(outline),
        RunningStatistics = RunningStatistics(outline),
        Backbone = backbone,
        outline.CommonPrefix,
        outline.Metadata,
        outline.LeftOut,
        Tensors = outline.Tensors.Select(static t => new { t.Name, Type = TypeName(t.Type), t.Shape, t.Bytes }),
    };

    public static void Write(StateOutline outline, string network, long fileBytes, Screen screen)
    {
        string statistics = RunningStatistics(outline) is > 0 and var counted ? $" and {Numbers.Count(counted)} running statistics" : string.Empty;
        screen.Out.WriteLine(screen.Bold($"{Numbers.Count(Parameters(outline))} parameters{statistics} in {Numbers.Count(outline.Tensors.Count)} tensors."));
        screen.Out.WriteLine();
        screen.Fact("Format", $"{Name(outline.Format)}, {Numbers.Bytes(fileBytes)}");
        screen.Fact("Network", network);
        if (outline.CommonPrefix is { Length: > 0 } prefix)
            screen.Fact("Prefix", $"{Shown.Text(prefix)} (every name begins with it)");
        foreach ((string name, string value) in outline.Metadata)
            Prose.Hang(screen.Out, "Value   ", $"{Shown.Text(name)} = {Shown.Text(value)}");
        foreach ((string name, string what) in outline.LeftOut)
            Prose.Hang(screen.Out, "Other   ", $"{Shown.Text(name)}: {what} (not read)");
        screen.Out.WriteLine();
        string[][] rows = [["Tensor", "shape", "type", "size"], .. outline.Tensors.Select(static t => (string[])[Shown.Text(t.Name), Shape(t), TypeName(t.Type), Numbers.Bytes(t.Bytes)])];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            screen.Out.WriteLine($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}");
    }

    private static long Parameters(StateOutline outline) => outline.Tensors.Where(static t => !IsStatistic(t)).Sum(static t => t.Count);

    private static long RunningStatistics(StateOutline outline) => outline.Tensors.Where(IsStatistic).Sum(static t => t.Count);

    private static bool IsStatistic(TensorOutline tensor) => Array.Exists(Statistics, end => tensor.Name.EndsWith(end, StringComparison.Ordinal));

    private static string Shape(TensorOutline tensor) => tensor.Shape.Count == 0 ? "one number" : string.Join(" × ", tensor.Shape);

    private static string TypeName(ScalarType type) => type.ToString().ToLowerInvariant();

    private static string Name(StateFormat format) => format switch
    {
        StateFormat.PyTorchZip => "PyTorch, ZIP (1.6 or later)",
        StateFormat.PyTorchLegacy => "PyTorch, legacy (before 1.6)",
        _ => "safetensors",
    };
}
