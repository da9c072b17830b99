using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Acclimate.Cli.Rendering;

/// <summary>Writes the version and the commit that it was built from.</summary>
internal sealed class ShowVersion : SynchronousCommandLineAction
{
    private const int ShortHash = 7;

    /// <summary>The version, as <c>0.1.0</c>.</summary>
    public static string Version => Informational.Split('+')[0];

    private static string Informational =>
        typeof(ShowVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override int Invoke(ParseResult parseResult)
    {
        string commit = Informational.Split('+') is [_, { Length: >= ShortHash } hash] ? $" ({hash[..ShortHash]})" : string.Empty;
        parseResult.InvocationConfiguration.Output.WriteLine($"acclimate {Version}{commit}");
        return ExitCode.Success;
    }
}
