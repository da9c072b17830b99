using System.Diagnostics;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests;

/// <summary>What the program answered.</summary>
internal sealed record Answer(int ExitCode, string Out, string Error);

/// <summary>Runs the command line, inside this process or as the program that users start.</summary>
internal static class Session
{
    /// <summary>Runs it here; what it writes is kept, as if into a pipe.</summary>
    public static Answer Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    public static Answer Run(CancellationToken cancellation, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = CommandLine.Run(arguments, new Screen(output, error, Live: false, Colour: false, Screen.WidestTable), cancellation);
        return new Answer(code, output.ToString(), error.ToString());
    }

    /// <summary>Starts the program with a libtorch that isn't there.</summary>
    public static Answer RunWithoutEngine(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Acclimate.Cli.dll");
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ACCLIMATE_LIBTORCH"] = "/nonexistent/libtorch";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Answer(process.ExitCode, output, error.Result);
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
