using System.Runtime.InteropServices;

namespace Acclimate.Torch.Native;

/// <summary>Where a libtorch keeps its headers and libraries.</summary>
internal sealed record TorchFolders(string Include, string Lib)
{
    /// <summary>Tells this build of libtorch from another at the same place.</summary>
    public string Identity
    {
        get
        {
            FileInfo library = new(Path.Combine(Lib, "libtorch_cpu.so"));
            FileInfo file = library.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? library;
            return $"{file.FullName} {file.Length} {file.LastWriteTimeUtc:O}";
        }
    }

    /// <summary>
    /// Looks at <c>ACCLIMATE_LIBTORCH</c>, then <c>LIBTORCH</c> (an unpacked libtorch, or the <c>torch</c> folder of a
    /// Python wheel), then at the system's own.
    /// </summary>
    /// <exception cref="EngineNotFoundException">None of these has one, or a variable names a folder without one.</exception>
    public static TorchFolders Find()
    {
        List<string> tried = [];
        foreach (string variable in (string[])["ACCLIMATE_LIBTORCH", "LIBTORCH"])
        {
            if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } folder)
            {
                tried.Add($"{variable} (not set)");
                continue;
            }

            TorchFolders given = new(Path.Combine(folder, "include"), Path.Combine(folder, "lib"));
            if (given.IsThere())
                return given;
            tried.Add($"{variable}={folder} (no lib/libtorch_cpu.so with include/ATen/ATen.h in it)");
            throw NotFound(tried);
        }

        string triplet = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        foreach ((string include, string lib) in ((string, string)[])
            [("/usr/include", $"/usr/lib/{triplet}"), ("/usr/include", "/usr/lib64"), ("/usr/local/include", "/usr/local/lib")])
        {
            TorchFolders system = new(include, lib);
            if (system.IsThere())
                return system;
            tried.Add(lib);
        }

        throw NotFound(tried);
    }

    private static EngineNotFoundException NotFound(List<string> tried) => new(
        $"""
        libtorch was not found. Looked at: {string.Join(", ", tried)}.
        Any of these mends it:
          1. Debian or Ubuntu: apt-get install libtorch-dev libopenblas0-openmp cmake g++
          2. unpack a libtorch from pytorch.org and set ACCLIMATE_LIBTORCH to its folder
          3. with Python's PyTorch installed: export ACCLIMATE_LIBTORCH=$(python3 -c 'import torch, os; print(os.path.dirname(torch.__file__))')
        """);

    private bool IsThere() => File.Exists(Path.Combine(Lib, "libtorch_cpu.so")) && File.Exists(Path.Combine(Include, "ATen", "ATen.h"));
}
