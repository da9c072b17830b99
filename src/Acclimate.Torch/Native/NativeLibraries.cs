using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Acclimate.Torch.Native;

/// <summary>
/// Finds, builds and loads the native parts. Each is a folder under <c>native/</c> that CMake compiles once for the
/// libraries of this machine, into a cache keyed by its sources and by the library it is built against.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The bridge to libtorch.</summary>
    internal const string Torch = "acclimate_torch";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, nint> Loaded = [];

    /// <summary>The libtorch folder in use, once it is loaded.</summary>
    internal static string? TorchLocation { get; private set; }

    private static string Sources => Path.Combine(AppContext.BaseDirectory, "native");

    /// <summary>Where compiled parts are kept: <c>ACCLIMATE_CACHE</c>, else the user's cache folder.</summary>
    internal static string Cache
    {
        get
        {
            if (Environment.GetEnvironmentVariable("ACCLIMATE_CACHE") is { Length: > 0 } given)
                return given;
            string home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(home, "acclimate");
        }
    }

    /// <summary>Lets an assembly's P/Invokes into <c>acclimate_*</c> be answered by <see cref="Load"/>.</summary>
    internal static void Resolve(Assembly assembly) =>
        NativeLibrary.SetDllImportResolver(
            assembly, static (name, _, _) => name.StartsWith("acclimate_", StringComparison.Ordinal) ? Load(name) : 0);

    /// <summary>Loads a native part, building it first where this machine has not yet done so.</summary>
    /// <exception cref="EngineNotFoundException">A library that it needs is missing, or it can't be compiled.</exception>
    internal static nint Load(string name)
    {
        lock (Gate)
        {
            if (Loaded.TryGetValue(name, out nint handle))
                return handle;
            string folder = Path.Combine(Sources, name["acclimate_".Length..]);
            if (!Directory.Exists(folder))
                throw new EngineNotFoundException($"the native sources are missing: expected {folder} beside the program; reinstall it");
            TorchFolders? torch = name == Torch ? TorchFolders.Find() : null;
            string library = Build(name, folder, torch);
            try
            {
                handle = NativeLibrary.Load(library);
            }
            catch (DllNotFoundException e)
            {
                throw new EngineNotFoundException($"{library} can't be loaded: {e.Message.Trim()}; delete it to have it built again", e);
            }

            TorchLocation = torch?.Lib ?? TorchLocation;
            return Loaded[name] = handle;
        }
    }

    /// <summary>Threads the engine should start with: <c>ACCLIMATE_THREADS</c>, else the processors this process may use.</summary>
    internal static int ThreadsWanted() =>
        int.TryParse(Environment.GetEnvironmentVariable("ACCLIMATE_THREADS"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) && wanted > 0
            ? wanted
            : Environment.ProcessorCount;

    private static string Build(string name, string folder, TorchFolders? torch)
    {
        string built = Path.Combine(Cache, "native", $"{name["acclimate_".Length..]}-{Key(folder, torch)}");
        string library = Path.Combine(built, $"lib{name}.so");
        if (File.Exists(library))
            return library;

        string work = $"{built}.{Environment.ProcessId}";
        Directory.CreateDirectory(work);
        try
        {
            string[] where = torch is null ? [] : [$"-DLIBTORCH_INCLUDE={torch.Include}", $"-DLIBTORCH_LIB={torch.Lib}"];
            Run(name, "cmake", ["-S", folder, "-B", work, "-DCMAKE_BUILD_TYPE=Release", .. where]);
            Run(name, "cmake", ["--build", work]);
            Directory.CreateDirectory(built);
            File.Move(Path.Combine(work, $"lib{name}.so"), library, overwrite: true);
            return library;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>What the compiled part depends on: its sources, and the library it is linked with.</summary>
    private static string Key(string folder, TorchFolders? torch)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{RuntimeInformation.RuntimeIdentifier} {torch?.Identity}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static void Run(string name, string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new EngineNotFoundException(
                    $"the native part {name} could not be built ({program} said):\n{Tail(output + errors.Result)}\n"
                    + "The README names the packages that it needs.");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EngineNotFoundException(
                $"the native part {name} must be compiled once, but '{program}' can't be run: install cmake and g++ (Debian: apt-get install cmake g++)", e);
        }
    }

    private static string Tail(string text) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(15));

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The resolver must stand before the first P/Invoke of this assembly.")]
    internal static void ResolveOwn() => Resolve(typeof(NativeLibraries).Assembly);
}
