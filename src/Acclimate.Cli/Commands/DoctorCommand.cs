using System.CommandLine;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>Says what the engine runs on, building its native parts where that is still to do.</summary>
internal sealed class DoctorCommand : ExampledCommand
{
    public DoctorCommand(Screen screen)
        : base("doctor", "Check the machine: libtorch, BLAS, threads, graphics cards, native parts")
    {
        Option<bool> brief = new("--brief") { Description = "One line, and hints only where something is amiss" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(brief);
        Add(json);
        SetAction(parsed =>
        {
            Diagnosis found = Diagnosis.Make();
            if (parsed.GetValue(json))
                screen.Json(found);
            else
                Write(found, parsed.GetValue(brief), screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate doctor           what the engine runs on, and what would make it faster",
        "acclimate doctor --json    the same for a program",
    ];

    private static void Write(Diagnosis found, bool brief, Screen screen)
    {
        string torch = $"libtorch {found.Libtorch} ({(found.System ? "system" : found.Location)})";
        string cards = found.CudaDevices switch { 0 => string.Empty, 1 => " · 1 CUDA card", int n => $" · {n} CUDA cards" };
        screen.Out.WriteLine(
            $"{screen.Bold("✓")} {torch}, {found.Blas}{(found.Bfloat16 ? ", bf16 in hardware" : string.Empty)}"
            + $" · {found.Threads} {(found.Threads == 1 ? "thread" : "threads")}{cards}");
        if (!brief)
        {
            screen.Out.WriteLine();
            screen.Fact("libtorch", $"  {found.Location}");
            screen.Fact("parts", $"  {string.Join(", ", found.NativeParts)}: built and loaded");
            screen.Fact("threads", $"  {found.Threads} (set another number with ACCLIMATE_THREADS)");
            screen.Fact("cards", found.CudaDevices == 0 ? "  none that this libtorch can use" : $"  {found.CudaDevices}");
        }

        foreach (string hint in found.Hints)
            screen.Out.WriteLine($"hint: {hint}");
    }
}
