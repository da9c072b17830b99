using System.Collections.Concurrent;
using System.Diagnostics;

namespace Acclimate.Tests.Data;

/// <summary>The system's Python, whose packages serve as references.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    /// <summary>Which packages there are: to import a large one takes seconds.</summary>
    private static readonly ConcurrentDictionary<string, bool> Packages = new(StringComparer.Ordinal);

    /// <summary>What a script prints; the test is skipped where Python or a package that it needs is missing.</summary>
    public static string Run(string package, string script)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is not there");
        Assert.SkipUnless(Packages.GetOrAdd(package, static name => Execute($"import {name}", out _, out _)), $"{Program} has no {package}");
        Assert.True(Execute(script, out string output, out string errors), errors);
        return output;
    }

    private static bool Execute(string script, out string output, out string errors)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Program, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> reading = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors = reading.Result;
        return process.ExitCode == 0;
    }
}
