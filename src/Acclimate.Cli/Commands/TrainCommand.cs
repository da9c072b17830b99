using System.CommandLine;
using Acclimate.Catalog;
using Acclimate.Cli.Rendering;
using Acclimate.Reports.TensorBoard;
using Acclimate.Runs;
using Acclimate.Selection.Experience;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Trains on a source, adapts to a target, and keeps everything in a run's folder.</summary>
internal sealed class TrainCommand : ExampledCommand
{
    /// <summary>The method where further tasks are given and none is named.</summary>
    private const string SeveralTasks = "multi-task";

    private static readonly RunConfig Defaults = new();

    private readonly RunOptions run = new(Defaults.Method);
    private readonly Argument<string?> source = new("SOURCE") { Description = "The labelled domain: a folder of images (one folder a class), .csv, .mat, .npz, IDX …", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> target = new("TARGET") { Description = "The domain to adapt to; labels that it may have are kept aside for scoring", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string[]> task = new("--task") { Description = "Learn another task at once: its name and its labelled samples; can be repeated (method multi-task)", HelpName = "NAME=PATH", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> taskTest = new("--task-test") { Description = "Labelled samples to score such a task on", HelpName = "NAME=PATH", DefaultValueFactory = _ => [] };
    private readonly Option<string?> test = new("--test") { Description = "Labelled samples of the target's domain, for scoring only", HelpName = "PATH" };
    private readonly Option<string?> classifier = new("--classifier") { Description = "For shallow methods: 1nn, svm, logistic:C=10 …; see acclimate methods --classifiers. 1nn if left out, logistic where the method weighs samples", HelpName = "NAME" };
    private readonly Option<string?> preprocess = new("--preprocess") { Description = "For shallow methods: steps with commas between, such as rowsum,zscore; see acclimate methods --preprocess", HelpName = "STEPS" };
    private readonly Option<FrontCache> cache = new("--cache") { Description = "Where what frozen stages compute is kept: auto, memory, disk (for other runs too) or off", HelpName = "WHERE", DefaultValueFactory = _ => Defaults.Cache };
    private readonly Option<bool> noGuard = new("--no-guard") { Description = "Return the bare method's model, not hedged with the source's own" };
    private readonly Option<long?> steps = new("--steps") { Description = $"Training steps; {Defaults.Steps} if left out", HelpName = "N" };
    private readonly Option<double?> epochs = new("--epochs") { Description = "Passes over the source, instead of steps", HelpName = "N" };
    private readonly Option<double> learningRate = new("--learning-rate") { Description = "The first learning rate", DefaultValueFactory = _ => Defaults.LearningRate, HelpName = "RATE" };
    private readonly Option<long?> checkpointSteps = new("--checkpoint-steps") { Description = "Steps from one checkpoint to the next", HelpName = "N" };
    private readonly Option<string?> output = new("--out", "-o") { Description = "The run's folder; runs/SOURCE-TARGET-METHOD if left out", HelpName = "FOLDER" };
    private readonly Option<string?> resume = new("--resume") { Description = "Go on with a run that was interrupted", HelpName = "FOLDER" };
    private readonly Option<bool> tensorBoard = new("--tensorboard") { Description = "Write the run's figures as a TensorBoard event file too, into its folder's tensorboard" };
    private readonly Option<bool> noProgress = CommandLine.Quiet();
    private readonly Option<bool> json = new("--json") { Description = "Write the result as JSON, progress to standard error" };

    public TrainCommand(Screen screen, CancellationToken cancellation)
        : base("train", "Train on a labelled source and adapt to a target")
    {
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[run.Also, run.Balance, task, taskTest, run.Method, run.Set, test, classifier, preprocess, run.TargetLabels, run.TargetLabelled, run.Weigh, run.Backbone, run.Weights, run.Freeze, run.FreezeFrom, run.Gradual, run.BackboneRate, run.LayerDecay, run.Lora, run.LoraAlpha, run.Adapters, cache, run.Size, run.Augment, run.Strict, run.OpenSet, noGuard, steps, epochs, run.BatchSize, learningRate, run.WeightDecay, run.Precision, run.BatchNorm, run.Seed, checkpointSteps, output, resume, tensorBoard, json, noProgress])
            Add(option);
        SetAction(parsed => Run(parsed, screen, cancellation));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate train photos/studio photos/phone",
        "acclimate train photos/studio photos/phone --augment --size 96",
        "acclimate train amazon.mat webcam.mat --steps 1000 --seed 1 --out runs/office",
        "acclimate train mnist usps --set lambda=0.5 --set kernels=3",
        "acclimate train amazon.mat webcam.mat --method jda --preprocess rowsum,zscore,l2 --verbose",
        "acclimate train reviews/books reviews/kitchen --method tca --preprocess tfidf --classifier logistic",
        "acclimate train photos/studio photos/street --method osbp --open-set",
        "acclimate train photos/few --method source-only --backbone resnet18 --weights resnet18.safetensors --lora 4",
        "acclimate train photos/few --method source-only --backbone resnet18 --weights resnet18.safetensors --adapters 16",
        "acclimate train photos/studio photos/phone --method mean-teacher --target-labels labelled-by-anna.csv",
        "acclimate train amazon.mat webcam.mat --method jda --target-labels 3",
        "acclimate train photos/studio photos/phone --method source-only --weigh kmm",
        "acclimate train photos/studio photos/phone --also photos/web --balance",
        "acclimate train photos/animals --task colour=photos/by-colour --task season=photos/by-season",
        "acclimate train --resume runs/office",
    ];

    /// <summary>A folder of that name, or with the first number behind it that is free.</summary>
    public static string FreeFolder(string wanted) =>
        Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? wanted : $"{wanted}-{n}").First(folder => !Path.Exists(folder));

    private int Run(ParseResult parsed, Screen screen, CancellationToken cancellation)
    {
        bool quiet = parsed.GetValue(json);
        string? resumed = parsed.GetValue(resume);
        if (resumed is not null && parsed.GetValue(source) is not null)
            throw new UsageException("--resume takes the domains from the run: leave SOURCE and TARGET out");
        RunConfig config = resumed is not null ? new RunFolder(resumed).Open() : Config(parsed);
        bool complete = resumed is not null && File.Exists(new RunFolder(resumed).Result);
        RunFolder folder = new(resumed ?? parsed.GetValue(output) ?? FreeFolder(DefaultFolder(config)));
        RunResult result;
        try
        {
            using RunProgressView view = new(screen with { Quiet = parsed.GetValue(noProgress) }, config.Method, toError: quiet);
            void Report(RunProgress progress)
            {
                if (progress.Facts is { } facts && !quiet && !parsed.GetValue(noProgress))
                    RunReport.Write(facts, config, screen);
                view.Report(progress);
            }

            result = resumed is not null
                ? TransferRun.Resume(folder, Report, cancellation)
                : TransferRun.Start(config, folder, Report, cancellation);
        }
        catch (OperationCanceledException) when (File.Exists(folder.Config))
        {
            WriteEvents(parsed, folder);
            screen.Error.WriteLine($"The run is kept. Go on with: acclimate train --resume {folder.Path}");
            throw;
        }

        if (quiet)
            screen.Json(result);
        else
            RunReport.Write(result, folder, parsed.GetValue(CommandLine.Verbose), screen);
        WriteEvents(parsed, folder);
        if (resumed is null || !complete)
            Remember(Experience.Of(result, DateTimeOffset.Now) is { } one ? [one] : [], screen);
        return ExitCode.Success;
    }

    /// <summary>Keeps what the run taught; that this can't be done is no reason for a run to fail.</summary>
    internal static void Remember(IReadOnlyList<Experience> experiences, Screen screen)
    {
        try
        {
            if (experiences.Count > 0 && ExperienceStore.OfUser() is { } store)
                store.Add(experiences);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            screen.Error.WriteLine($"What this run taught was not kept: {e.Message} ({ExperienceStore.Variable} names another file, or off)");
        }
    }

    /// <summary>TensorBoard's event file, where it was asked for.</summary>
    private void WriteEvents(ParseResult parsed, RunFolder folder)
    {
        if (parsed.GetValue(tensorBoard))
            RunEvents.Write(folder, folder.TensorBoard);
    }

    /// <summary>What a command line asks for.</summary>
    internal RunConfig Config(ParseResult parsed)
    {
        if (parsed.GetValue(source) is not { } from)
            throw new UsageException("train takes a SOURCE and a TARGET (or --resume and a run's folder)");
        if (parsed.GetValue(steps) is not null && parsed.GetValue(epochs) is not null)
            throw new UsageException("--steps and --epochs both say how long to train: give one of them");
        TaskConfig[] tasks = Tasks(parsed.GetValue(task)!, parsed.GetValue(taskTest)!);
        bool chosen = parsed.GetResult(run.Method) is { Implicit: false };
        MethodEntry entry = MethodsCommand.Find(!chosen && tasks.Length > 0 ? SeveralTasks : parsed.GetValue(run.Method)!);
        if (entry.NeedsTarget && parsed.GetValue(target) is null)
            throw new UsageException($"{entry.About.Name} adapts to a TARGET: give it after the SOURCE, or take a method that learns the source alone, such as fine-tune");
        return run.Config(parsed, entry) with
        {
            Source = from,
            Tasks = tasks.Length > 0 ? tasks : null,
            Target = parsed.GetValue(target) ?? string.Empty,
            Test = parsed.GetValue(test),
            Classifier = parsed.GetValue(classifier),
            Preprocess = parsed.GetValue(preprocess),
            Cache = parsed.GetValue(cache),
            Guard = !parsed.GetValue(noGuard),
            Steps = parsed.GetValue(steps) ?? Defaults.Steps,
            Epochs = parsed.GetValue(epochs),
            LearningRate = parsed.GetValue(learningRate),
            CheckpointSteps = parsed.GetValue(checkpointSteps),
        };
    }

    private static TaskConfig[] Tasks(string[] given, string[] tests)
    {
        Dictionary<string, string> scored = Pairs(tests, "--task-test", "NAME=PATH");
        TaskConfig[] tasks = [.. Pairs(given, "--task", "NAME=PATH").Select(pair => new TaskConfig { Name = pair.Key, Source = pair.Value, Test = scored.GetValueOrDefault(pair.Key) })];
        return scored.Keys.FirstOrDefault(name => !tasks.Any(task => task.Name == name)) is { } unknown
            ? throw new UsageException($"--task-test {unknown}=…: there is no such task; {(tasks.Length == 0 ? "name tasks with --task NAME=PATH" : $"there are {string.Join(", ", tasks.Select(static task => task.Name))}")}")
            : tasks;
    }

    /// <summary>Pairs that an option gave, such as the options of a method by <c>--set</c>.</summary>
    internal static Dictionary<string, string> Pairs(string[] given, string option = "--set", string form = "NAME=VALUE")
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (string text in given)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !pairs.TryAdd(text[..equals], text[(equals + 1)..]))
                throw new UsageException($"{option} {text}: expected {form}, each name once");
        }

        return pairs;
    }

    private static string DefaultFolder(RunConfig config) => DefaultFolder(config, config.Method);

    /// <summary>Where a run goes that names no folder.</summary>
    internal static string DefaultFolder(RunConfig config, string what) =>
        Path.Combine("runs", string.Join('-', ((string[])[Short(config.Source), Short(config.Target), what]).Where(static part => part.Length > 0)));

    /// <summary>A source string's last part as a part of a file's name.</summary>
    private static string Short(string domain)
    {
        string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(domain.Split('?')[0]));
        return string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
    }
}
