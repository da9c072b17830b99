using System.CommandLine;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Cli.Rendering;
using Acclimate.Data;

namespace Acclimate.Cli.Commands;

/// <summary>Lists the catalogue, or one method of it.</summary>
internal sealed class MethodsCommand : ExampledCommand
{
    public MethodsCommand(Screen screen)
        : base("methods", "List the methods, or show one with its options, formula and paper")
    {
        Argument<string?> name = new("NAME") { Description = "A method", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Option<bool> classifiers = new("--classifiers") { Description = "List the classifiers that shallow methods are used with" };
        Option<bool> steps = new("--preprocess") { Description = "List the preprocessing steps for shallow methods" };
        Add(classifiers);
        Add(steps);
        Add(name);
        Add(json);
        SetAction(parsed =>
        {
            if (parsed.GetValue(classifiers) || parsed.GetValue(steps))
                return WriteParts(parsed.GetValue(classifiers), parsed.GetValue(steps), parsed.GetValue(json), screen);
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
        "acclimate methods jda      its options, its formula and where it comes from",
        "acclimate methods --classifiers --preprocess    what shallow methods are combined with",
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
        screen.Out.WriteLine("For shallow ones (Features): acclimate methods --classifiers --preprocess");
    }

    private static int WriteParts(bool classifiers, bool steps, bool json, Screen screen)
    {
        if (json)
        {
            screen.Json(new
            {
                Classifiers = classifiers ? ClassifierCatalog.All : null,
                Preprocess = steps ? PreprocessingRecipe.All.Select(static step => new { step.Name, step.Meaning }) : null,
            });
            return ExitCode.Success;
        }

        if (classifiers)
        {
            screen.Out.WriteLine(screen.Bold("Classifiers (--classifier NAME or NAME:OPTION=VALUE,…)"));
            foreach (ClassifierEntry entry in ClassifierCatalog.All)
            {
                string options = entry.Options.Count == 0 ? string.Empty : $" Options: {string.Join(", ", entry.Options.Select(static o => $"{o.Name}={o.Default}{Searched(o, " (search ", ")")}"))}.";
                Prose.Hang(screen.Out, $"  {entry.Name,-12}", $"{entry.Summary}.{options}");
            }
        }

        if (classifiers && steps)
            screen.Out.WriteLine();
        if (steps)
        {
            screen.Out.WriteLine(screen.Bold("Preprocessing steps (--preprocess STEP,STEP,… in that order)"));
            foreach ((string step, string meaning) in PreprocessingRecipe.All)
                Prose.Hang(screen.Out, $"  {step,-15}", meaning);
        }

        return ExitCode.Success;
    }

    private static string Example(MethodEntry method)
    {
        if (method.About.Family == Family.Relations)
            return $"acclimate relations transfer source.mln --source-data source.db target.mln --data target.db --method {method.About.Name} -o learnt.mln";
        if (method.Command == MethodEntry.ZeroShot)
            return $"acclimate zero-shot animals-40.csv animals-10.csv --attributes animals.csv --method {method.About.Name}";
        if (method.Command == MethodEntry.Cluster)
            return "acclimate cluster usps.mat --auxiliary mnist.mat --clusters 10";
        if (method.About.Command is { } command)
            return $"acclimate {command} --methods {method.About.Name}";
        string few = method.About.Setting is LabelSetting.FewTargetLabels or LabelSetting.TargetOnly ? " --target-labels 5" : string.Empty;
        if (method.LearnsTasks)
            return $"acclimate train photos/animals --method {method.About.Name} --task colour=photos/by-colour";
        if (method.About is { Family: Family.Parameters, Setting: LabelSetting.SourceOnly })
            return $"acclimate train photos/labelled --method {method.About.Name} --backbone resnet18 --weights resnet18.safetensors";
        if (method.About.SeveralSources)
        {
            return method.IsShallow
                ? $"acclimate train books.mat kitchen.mat --also dvd.mat --also elec.mat --method {method.About.Name} --preprocess l2 --classifier logistic"
                : $"acclimate train photos/studio --also photos/web --also photos/phone --balance --method {method.About.Name} --test photos/street";
        }

        return method.IsShallow
            ? $"acclimate train amazon.mat webcam.mat --method {method.About.Name}{few} --preprocess {(method.About.Family == Family.Instances ? "zscore-source --classifier logistic" : "zscore --classifier 1nn")}"
            : $"acclimate train photos/studio photos/phone --method {method.About.Name}{few}";
    }

    private static string Classes(MethodEntry method) => method.About.Classes switch
    {
        _ when method.LearnsTasks => "each task's own",
        _ when method.About.Setting == LabelSetting.OtherClasses => "the target's have no training samples",
        _ when method.About.Setting == LabelSetting.None => "none: groups are found",
        _ when method.About.Setting == LabelSetting.TargetOnly => "the target's own",
        ClassSets.Partial => "the target may have some of the source's only",
        ClassSets.Open => "the target may have others too, which are told apart as unknown",
        _ => "the same in both domains",
    };

    private static void WriteOne(MethodEntry method, Screen screen)
    {
        MethodAttribute about = method.About;
        screen.Out.WriteLine(screen.Bold($"{about.Name}: {about.Title}"));
        Prose.Hang(screen.Out, string.Empty, about.Summary);
        screen.Out.WriteLine();
        Prose.Hang(screen.Out, "Labels   ", about.Setting switch
        {
            _ when about.Family == Family.Relations => "the source's network and facts, and some facts of the target",
            _ when about.Family == Family.Policies => "none: rewards, in the source's environment and in the target's",
            _ when method.LearnsTasks => "source, and each further task's own (--task NAME=PATH); no target is looked at",
            LabelSetting.SourceOnly when about.SeveralSources => "several sources (--also); the target is not looked at, and none is needed",
            _ when about.SeveralSources => "several sources (--also); the target needs none, and a few can help (--target-labels, or --target-labelled)",
            LabelSetting.SourceOnly => "source; the target is not looked at",
            LabelSetting.FewTargetLabels => "source, and a few of the target (--target-labels, or --target-labelled)",
            LabelSetting.TargetOnly => "a few of the target (--target-labels, or --target-labelled); the source's, if it has any, are not looked at",
            LabelSetting.OtherClasses => "samples of other classes, and a table of what all classes are like (--attributes)",
            LabelSetting.None => "none",
            LabelSetting.SourceFree => "source, which is not looked at again once its classifier is trained; the target needs none",
            _ => "source; the target needs none, and a few can help (--target-labels, or --target-labelled)",
        });
        if (about.Family is not (Family.Relations or Family.Policies))
            Prose.Hang(screen.Out, "Classes  ", Classes(method));
        Prose.Hang(screen.Out, "Formula  ", about.Formula);
        if (about.Paper is not null)
            Prose.Hang(screen.Out, "Paper    ", about.Paper);
        Prose.Hang(screen.Out, "Example  ", Example(method));
        if (method.Options.Count == 0)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine("Options, each set by --set NAME=VALUE; beside Search, the values worth trying");
        foreach (MethodOption option in method.Options)
        {
            string choices = option.Choices.Count > 0 ? $" One of: {string.Join(", ", option.Choices)}." : string.Empty;
            string origin = option.Source is null ? string.Empty : $" ({option.Source})";
            Prose.Hang(screen.Out, $"  {option.Name,-10} ", $"{option.Description}.{choices} Default {option.Default}{origin}{Searched(option, ". Search ", string.Empty)}");
        }
    }

    /// <summary>The values worth trying, between two texts; nothing where there are none, or where they are all that the option can be.</summary>
    private static string Searched(MethodOption option, string before, string after)
    {
        if (option.Range is not { } range || (option.Choices.Count > 0 && option.Choices.Count == range.Values.Count))
            return string.Empty;
        string condition = option.When is null ? string.Empty : $" with {option.When}";
        return $"{before}{range}{condition}{after}";
    }
}
