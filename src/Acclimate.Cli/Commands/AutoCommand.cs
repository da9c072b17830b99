using System.CommandLine;
using System.Globalization;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;
using Acclimate.Selection.Experience;

namespace Acclimate.Cli.Commands;

/// <summary>Tries what suits two domains within a time, and returns one model.</summary>
internal sealed class AutoCommand : ExampledCommand
{
    private readonly Argument<string?> source = new("SOURCE") { Description = "The labelled domain: a folder of images (one folder a class), .csv, .mat, .npz, IDX …", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> target = new("TARGET") { Description = "The domain to adapt to; labels that it may have are kept aside for scoring", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> budget = new("--budget", "-b") { Description = "The time: 90s, 10m, 2h; 10m if left out. With --resume: that much more", HelpName = "TIME" };
    private readonly Option<string?> methods = new("--methods") { Description = "Try these only, with commas between; see acclimate methods", HelpName = "NAMES" };
    private readonly Option<string?> exclude = new("--exclude") { Description = "Don't try these, with commas between", HelpName = "NAMES" };
    private readonly Option<int> draws = new("--draws") { Description = "How often options are drawn of each of the three methods that most checks prefer, when all were tried at their defaults; 0 for none", DefaultValueFactory = _ => new AutoOptions().Draws, HelpName = "N" };
    private readonly Option<string?> test = new("--test") { Description = "Labelled samples of the target's domain, for scoring only", HelpName = "PATH" };
    private readonly Option<string?> classifier = new("--classifier") { Description = "For rows and texts: what methods are used with; the one that the source picks if left out", HelpName = "NAME" };
    private readonly Option<string?> preprocess = new("--preprocess") { Description = "For rows and texts: steps with commas between, such as rowsum,zscore", HelpName = "STEPS" };
    private readonly Option<string?> backbone = new("--backbone") { Description = "For pictures: the network; the samples' shape decides if left out", HelpName = "NAME" };
    private readonly Option<string?> weights = new("--weights") { Description = "For pictures: start from these weights", HelpName = "FILE" };
    private readonly Option<int?> size = new("--size") { Description = "Resize pictures to this side", HelpName = "PIXELS" };
    private readonly Option<bool> augment = new("--augment") { Description = "Shift, mirror and recolour pictures at random while training: for photographs, not for digits" };
    private readonly Option<bool> strict = new("--strict") { Description = "Refuse a folder of pictures with other files in it, instead of skipping them" };
    private readonly Option<long?> steps = new("--steps") { Description = $"For pictures: training steps of each network; as many as let two objectives be trained in the time, {new RunConfig().Steps} at most, if left out", HelpName = "N" };
    private readonly Option<long> seed = new("--seed") { Description = "Where every random choice starts from", DefaultValueFactory = _ => 0, HelpName = "N" };
    private readonly Option<string?> output = new("--out", "-o") { Description = "The run's folder; runs/SOURCE-TARGET-auto if left out", HelpName = "FOLDER" };
    private readonly Option<string?> resume = new("--resume") { Description = "Go on with a run that was interrupted, or give one more time", HelpName = "FOLDER" };
    private readonly Option<bool> json = new("--json") { Description = "Write the result as JSON, progress to standard error" };
    private readonly Option<bool> quiet = CommandLine.Quiet();

    public AutoCommand(Screen screen, CancellationToken cancellation)
        : base("auto", "Try what suits within a time, choose without target labels, return one model")
    {
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[budget, methods, exclude, draws, test, classifier, preprocess, backbone, weights, size, augment, strict, steps, seed, output, resume, json, quiet])
            Add(option);
        SetAction(parsed => Run(parsed, screen, cancellation));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate auto amazon.mat webcam.mat --preprocess rowsum,zscore",
        "acclimate auto reviews/books reviews/kitchen --budget 90s",
        "acclimate auto photos/studio photos/phone --budget 2h --weights resnet18",
        "acclimate auto amazon.mat webcam.mat --methods jda,meda,easytl --out runs/office",
        "acclimate auto --resume runs/office --budget 10m",
    ];

    /// <summary>Reads a time such as <c>90s</c>, <c>10m</c> or <c>2h</c>.</summary>
    /// <returns>Seconds.</returns>
    internal static double Seconds(string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        return unit > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0
            ? unit * number
            : throw new UsageException($"--budget {text}: expected a number above 0 with s, m or h behind it, such as 90s, 10m or 2h");
    }

    private int Run(ParseResult parsed, Screen screen, CancellationToken cancellation)
    {
        bool asJson = parsed.GetValue(json);
        double? seconds = parsed.GetValue(budget) is { } time ? Seconds(time) : null;
        string? resumed = parsed.GetValue(resume);
        if (resumed is not null && parsed.GetValue(source) is not null)
            throw new UsageException("--resume takes the domains from the run: leave SOURCE and TARGET out");
        RunConfig config = resumed is not null ? new RunFolder(resumed).Open() : Config(parsed);
        RunFolder folder = new(resumed ?? parsed.GetValue(output) ?? TrainCommand.FreeFolder(TrainCommand.DefaultFolder(config, "auto")));
        IReadOnlyList<Experience> experiences = ExperienceStore.OfUser()?.Read().Experiences ?? [];
        double before = resumed is not null && File.Exists(folder.Result) ? RunResult.Load(folder.Result).Auto?.Seconds ?? 0 : 0;
        RunResult result;
        try
        {
            using AutoProgressView view = new(screen, asJson, parsed.GetValue(quiet));
            void Report(RunProgress progress)
            {
                if (progress.Facts is { } facts && !asJson && !parsed.GetValue(quiet))
                    RunReport.Write(facts, config, screen);
                view.Report(progress);
            }

            result = resumed is not null
                ? AutoRun.Resume(folder, seconds, experiences, Report, cancellation)
                : AutoRun.Start(config, folder, parsed.GetValue(steps), experiences, Report, cancellation);
        }
        catch (OperationCanceledException) when (File.Exists(folder.Config))
        {
            screen.Error.WriteLine($"There is no answer yet. Go on with: acclimate auto --resume {folder.Path}");
            throw;
        }

        if (asJson)
            screen.Json(result);
        else
            RunReport.Write(result, folder, parsed.GetValue(CommandLine.Verbose), screen);
        TrainCommand.Remember(Experience.OfTrials(result, DateTimeOffset.Now, before), screen);
        if (result.Auto is not { Interrupted: true })
            return ExitCode.Success;
        screen.Error.WriteLine($"Interrupted; the model is the best so far. Go on with: acclimate auto --resume {folder.Path}");
        return ExitCode.Cancelled;
    }

    /// <summary>What a command line asks for.</summary>
    internal RunConfig Config(ParseResult parsed)
    {
        if (parsed.GetValue(source) is not { } from || parsed.GetValue(target) is not { } to)
            throw new UsageException("auto takes a SOURCE and a TARGET (or --resume and a run's folder)");
        AutoOptions options = new() { Methods = Names(methods), Exclude = Names(exclude), Draws = parsed.GetValue(draws) };
        return new RunConfig
        {
            Source = from,
            Target = to,
            Test = parsed.GetValue(test),
            Classifier = parsed.GetValue(classifier),
            Preprocess = parsed.GetValue(preprocess),
            Backbone = parsed.GetValue(backbone),
            Weights = parsed.GetValue(weights),
            Size = parsed.GetValue(size),
            Augment = parsed.GetValue(augment),
            Strict = parsed.GetValue(strict),
            Seed = parsed.GetValue(seed),
            Auto = parsed.GetValue(budget) is { } time ? options with { Budget = Seconds(time) } : options,
        };

        string[]? Names(Option<string?> option) => parsed.GetValue(option)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
