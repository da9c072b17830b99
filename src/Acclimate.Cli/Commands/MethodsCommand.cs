using System.CommandLine;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>Lists the catalogue, or one method of it.</summary>
internal sealed class MethodsCommand : ExampledCommand
{
    public MethodsCommand(Screen screen)
        : base("methods", "List the methods, or show one with its options, formula and paper")
    {
        Argument<string?> name = new("NAME") { Description = "A method", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(name);
        Add(json);
        SetAction(parsed =>
        {
            MethodEntry[] shown = parsed.GetValue(name) is { } one ? [Find(one)] : [.. MethodCatalog.All];
            if (parsed.GetValue(json))
                screen.Json(shown.Select(m => new { m.About.Name, m.About.Family, m.About.Setting, m.About.Title, m.About.Summary, m.About.Formula, m.About.Paper, m.Options }));
            else if (parsed.GetValue(name) is null)
                WriteAll(shown, screen);
            else
                WriteOne(shown[0], screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate methods          every method, a line each",
        "acclimate methods dan      its options, its formula and where it comes from",
    ];

    /// <summary>The method of a name that somebody typed.</summary>
    /// <exception cref="UsageException">There is none; the message names the nearest.</exception>
    public static MethodEntry Find(string name)
    {
        try
        {
            return MethodCatalog.Find(name);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static void WriteAll(MethodEntry[] methods, Screen screen)
    {
        int width = methods.Max(m => m.About.Name.Length) + 2;
        foreach (IGrouping<Family, MethodEntry> family in methods.GroupBy(m => m.About.Family))
        {
            screen.Out.WriteLine(screen.Bold(family.Key.ToString()));
            foreach (MethodEntry method in family)
                Prose.Hang(screen.Out, $"  {method.About.Name.PadRight(width)}", $"{method.About.Title}. {method.About.Summary}");
        }

        screen.Out.WriteLine();
        screen.Out.WriteLine("One in detail: acclimate methods NAME");
    }

    private static void WriteOne(MethodEntry method, Screen screen)
    {
        MethodAttribute about = method.About;
        screen.Out.WriteLine(screen.Bold($"{about.Name}: {about.Title}"));
        Prose.Hang(screen.Out, string.Empty, about.Summary);
        screen.Out.WriteLine();
        Prose.Hang(screen.Out, "Labels   ", about.Setting switch
        {
            LabelSetting.SourceOnly => "source; the target is not looked at",
            _ => "source; the target needs none",
        });
        Prose.Hang(screen.Out, "Formula  ", about.Formula);
        if (about.Paper is not null)
            Prose.Hang(screen.Out, "Paper    ", about.Paper);
        if (method.Options.Count == 0)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine("Options, each set by --set NAME=VALUE");
        foreach (MethodOption option in method.Options)
        {
            string choices = option.Choices.Count > 0 ? $" One of: {string.Join(", ", option.Choices)}." : string.Empty;
            string origin = option.Source is null ? string.Empty : $" ({option.Source})";
            Prose.Hang(screen.Out, $"  {option.Name,-10} ", $"{option.Description}.{choices} Default {option.Default}{origin}");
        }
    }
}
