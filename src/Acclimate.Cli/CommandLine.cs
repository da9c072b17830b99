using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Acclimate.Cli.Commands;
using Acclimate.Cli.Commands.Relations;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli;

/// <summary>Parses the command line, runs the command, and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    private const string Program = "acclimate";

    /// <summary>Asks every command for more words.</summary>
    internal static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more: what a fit can show for itself, each class's figures, where in the program an error arose",
        Recursive = true,
    };

    /// <summary>An option that asks for the result as JSON.</summary>
    internal static Option<bool> Json(string description = "Write JSON") => new("--json") { Description = description };

    /// <summary>An option that leaves progress unsaid.</summary>
    internal static Option<bool> Quiet() => new("--quiet", "-q") { Description = "No progress: the result alone" };

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">What stands behind the program's name.</param>
    /// <param name="screen">Where it writes.</param>
    /// <param name="cancellation">Stops the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, Screen screen, CancellationToken cancellation)
    {
        Command root = Root(screen, cancellation);
        ParseResult parsed = root.Parse(arguments.Count > 0 ? arguments : ["--help"]);
        if (parsed.Errors.Count > 0 || Mistyped(parsed).Length > 0)
            return Refuse(parsed, screen);
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = screen.Out,
                Error = screen.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            screen.Error.WriteLine("cancelled");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is UsageException || IsExpected(e))
        {
            screen.Error.WriteLine($"error: {Said(e).ReplaceLineEndings("\n  ")}");
            if (parsed.GetValue(Verbose))
                screen.Error.WriteLine(e);
            return e is UsageException ? ExitCode.WrongUse : ExitCode.Failure;
        }
        catch (Exception e)
        {
            screen.Error.WriteLine($"error: this should not have happened: {e.Message}");
            screen.Error.WriteLine(parsed.GetValue(Verbose) ? e : "  Run it again with --verbose to see where; please report it.");
            return ExitCode.Failure;
        }
    }

    /// <summary>The command tree.</summary>
    /// <remarks>A plain command and not a <see cref="RootCommand"/>, which would call itself after its file.</remarks>
    public static Command Root(Screen screen, CancellationToken cancellation)
    {
        HelpOption help = new() { Recursive = true };
        help.Action = new ExamplesHelp((HelpAction)help.Action!);
        return new Command(Program, "Learns from a labelled source, works on an unlabelled target: transfer learning for .NET.")
        {
            new DemoCommand(screen, cancellation),
            new InspectCommand(screen, cancellation),
            new PlanCommand(screen, cancellation),
            new FindRateCommand(screen, cancellation),
            new TrainCommand(screen, cancellation),
            new AutoCommand(screen, cancellation),
            new RegressCommand(screen, cancellation),
            new ZeroShotCommand(screen, cancellation),
            new ClusterCommand(screen, cancellation),
            new PolicyCommand(screen, cancellation),
            new EvaluateCommand(screen, cancellation),
            new PredictCommand(screen, cancellation),
            new FeaturesCommand(screen, cancellation),
            new ReportCommand(screen, cancellation),
            new CompareCommand(screen),
            new RankModelsCommand(screen, cancellation),
            new VerifyCommand(screen),
            new MergeCommand(screen),
            new MethodsCommand(screen),
            new BenchmarkCommand(screen, cancellation),
            new RelationsCommand(screen, cancellation),
            new WeightsCommand(screen, cancellation),
            new DataCommand(screen, cancellation),
            new ExperienceCommand(screen),
            new DoctorCommand(screen),
            Verbose,
            help,
            new VersionOption { Action = new ShowVersion() },
        };
    }

    /// <summary>What an exception says, without a parameter's name, which is for programmers.</summary>
    private static string Said(Exception e) =>
        e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : e.Message;

    private static bool IsExpected(Exception e) =>
        e is ArgumentException or TorchException or EngineNotFoundException or IOException or UnauthorizedAccessException or InvalidDataException
            or DataException or TrainingException;

    private static int Refuse(ParseResult parsed, Screen screen)
    {
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> words = command.Subcommands.Select(c => c.Name)
            .Concat(command.Options.Select(o => o.Name))
            .Concat([Verbose.Name, "--help"]);
        string[] mistyped = Mistyped(parsed);
        string[] unknown = mistyped.Length > 0 ? mistyped : [.. parsed.UnmatchedTokens];
        IEnumerable<string> faults = unknown.Length > 0
            ? unknown.Select(word => $"'{word}' is not understood{NearestName.Hint(word, words)}")
            : parsed.Errors.Select(e => e.Message.TrimEnd('.')).Distinct();
        foreach (string fault in faults)
            screen.Error.WriteLine($"error: {fault}");
        screen.Error.WriteLine($"See: {FullName(command)} --help");
        return ExitCode.WrongUse;
    }

    /// <summary>Options that no command has, which the parser takes for values: for a TARGET, say. What stands behind a bare -- is meant as it is.</summary>
    private static string[] Mistyped(ParseResult parsed) =>
    [
        .. parsed.Tokens.TakeWhile(static token => token.Type != TokenType.DoubleDash)
            .Where(static token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            .Select(static token => token.Value.Split('=')[0]),
    ];

    private static string FullName(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {command.Name}" : command.Name;
}
