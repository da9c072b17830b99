using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Acclimate.Cli.Commands;

namespace Acclimate.Cli.Rendering;

/// <summary>The usual help, and then how the command is used.</summary>
internal sealed class ExamplesHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly string[] OfRoot =
    [
        "acclimate demo                                   adapt a model on generated digits",
        "acclimate inspect photos/studio photos/phone     how far apart are two domains?",
        "acclimate train photos/studio photos/phone       train on one, adapt to the other",
    ];

    /// <summary>Who asks for help need not have given everything that the command takes.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in (parseResult.CommandResult.Command as ExampledCommand)?.Examples ?? OfRoot)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return result;
    }
}
