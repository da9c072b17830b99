using System.CommandLine;

namespace Acclimate.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal abstract class ExampledCommand(string name, string description) : Command(name, description)
{
    /// <summary>Lines of the help: what to type, and what it does.</summary>
    public abstract IReadOnlyList<string> Examples { get; }
}
