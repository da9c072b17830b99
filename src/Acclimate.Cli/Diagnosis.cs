using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Cli;

/// <summary>What the engine runs on.</summary>
/// <param name="Libtorch">libtorch's version.</param>
/// <param name="Location">libtorch's folder.</param>
/// <param name="System">Whether it is the system's own and not one that a variable names.</param>
/// <param name="Blas">The library behind matrix products.</param>
/// <param name="Bfloat16">Whether the processor multiplies bfloat16 in hardware.</param>
/// <param name="Threads">Threads an operation may use.</param>
/// <param name="CudaDevices">Graphics cards that can be used.</param>
/// <param name="NativeParts">Native parts that are built and loaded.</param>
/// <param name="Hints">What would make it better.</param>
internal sealed record Diagnosis(
    string Libtorch,
    string Location,
    bool System,
    string Blas,
    bool Bfloat16,
    int Threads,
    int CudaDevices,
    IReadOnlyList<string> NativeParts,
    IReadOnlyList<string> Hints)
{
    /// <summary>Starts the engine and looks.</summary>
    /// <exception cref="EngineNotFoundException">There is no libtorch, or a native part can't be built.</exception>
    public static Diagnosis Make()
    {
        Engine.Start();
        List<string> hints = [];
        string[] parts = [.. Parts(hints)];
        string? blas = LoadedLibrary("blas");
        bool slow = blas is not null && Path.GetDirectoryName(blas) is { } folder && folder.EndsWith("/blas", StringComparison.Ordinal);
        if (slow)
            hints.Add("matrix products run on the slow reference BLAS: apt-get install libopenblas0-openmp makes them many times faster");
        if (Engine.Threads < Environment.ProcessorCount)
            hints.Add($"{Engine.Threads} of {Environment.ProcessorCount} processors are used, as ACCLIMATE_THREADS says");
        return new(
            Engine.Version,
            Engine.Location,
            new[] { "ACCLIMATE_LIBTORCH", "LIBTORCH" }.All(v => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v))),
            blas switch
            {
                null => "its own BLAS",
                _ when slow => "reference BLAS",
                _ when blas.Contains("openblas", StringComparison.Ordinal) => "OpenBLAS",
                _ => Path.GetFileName(blas),
            },
            Engine.HasBfloat16,
            Engine.Threads,
            Engine.CudaDevices,
            parts,
            hints);
    }

    /// <summary>Builds and loads every native part; one that can't be is a hint, as only its file format needs it.</summary>
    private static IEnumerable<string> Parts(List<string> hints)
    {
        foreach (string name in Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "native")).Select(part => Path.GetFileName(part)!).Order())
        {
            bool loaded = false;
            try
            {
                loaded = NativeLibraries.Load($"acclimate_{name}") != 0;
            }
            catch (EngineNotFoundException e)
            {
                hints.Add(e.Message);
            }

            if (loaded)
                yield return name;
        }
    }

    /// <summary>The file of a library that this process has loaded, with links followed by the loader already.</summary>
    private static string? LoadedLibrary(string name)
    {
        const string Maps = "/proc/self/maps";
        return !File.Exists(Maps)
            ? null
            : File.ReadLines(Maps)
                .Select(line => line.IndexOf('/') is var at and >= 0 ? line[at..] : string.Empty)
                .FirstOrDefault(path => Path.GetFileName(path) is var file && file.StartsWith("lib", StringComparison.Ordinal)
                    && file.Contains(name, StringComparison.Ordinal) && file.Contains(".so", StringComparison.Ordinal)
                    && !file.Contains("cublas", StringComparison.Ordinal));
    }
}
