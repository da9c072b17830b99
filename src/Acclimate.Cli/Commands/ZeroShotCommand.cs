using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Learns classes of which there are no samples, by what they are like.</summary>
internal sealed class ZeroShotCommand : ExampledCommand
{
    private readonly Argument<string> seen = new("SEEN") { Description = "Labelled samples of some classes: rows of features" };
    private readonly Argument<string> target = new("TARGET") { Description = "Samples of other classes; labels that they may have are kept aside for scoring" };
    private readonly Option<string> attributes = new("--attributes") { Description = "A table with a row of attributes for each class, of SEEN's and of the others; its column 'class' names them", HelpName = "TABLE", Required = true };
    private readonly Option<string> method = new("--method", "-m") { Description = "eszsl or dap; see acclimate methods", DefaultValueFactory = _ => "eszsl", HelpName = "NAME" };
    private readonly Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<bool> generalised = new("--generalised") { Description = "TARGET may have samples of SEEN's classes too" };
    private readonly Option<string?> output = new("--out", "-o") { Description = "Where the model and predictions.csv go; runs/zero-shot if left out", HelpName = "FOLDER" };
    private readonly Option<bool> json = CommandLine.Json();

    public ZeroShotCommand(Screen screen, CancellationToken cancellation)
        : base("zero-shot", "Learn classes without samples, by a table of what all classes are like")
    {
        Add(seen);
        Add(target);
        foreach (Option option in (Option[])[attributes, method, set, generalised, output, json])
            Add(option);
        SetAction(parsed =>
        {
            ZeroShotConfig config = new()
            {
                Seen = parsed.GetRequiredValue(seen),
                Target = parsed.GetRequiredValue(target),
                Attributes = parsed.GetRequiredValue(attributes),
                Method = MethodsCommand.Find(parsed.GetValue(method)!).About.Name,
                Options = TrainCommand.Pairs(parsed.GetValue(set)!),
                Generalised = parsed.GetValue(generalised),
            };
            using ZeroShotResult result = ZeroShotRun.Run(config, cancellation);
            string folder = parsed.GetValue(output) ?? TrainCommand.FreeFolder(Path.Combine("runs", "zero-shot")), predictions = Path.Combine(folder, "predictions.csv");
            result.Model.Save(folder);
            AtomicFile.Write(predictions, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
                PredictionTable.Write(result.Said, result.Target, writer);
            });
            if (parsed.GetValue(json))
                screen.Json(new { config.Method, result.Model.Provenance.Options, result.Seen, result.Unseen, result.Samples, result.Attributes, config.Generalised, result.Choices, result.Score, Model = folder, Predictions = predictions });
            else
                Write(config, result, folder, predictions, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate zero-shot animals-40.csv animals-10.csv --attributes animals.csv",
        "acclimate zero-shot animals-40.csv photos.csv --attributes animals.csv --method dap --generalised",
        "acclimate zero-shot seen.npz new.npz --attributes 'classes.csv?label=name' --set gamma=1 --json",
    ];

    private static void Write(ZeroShotConfig config, ZeroShotResult result, string folder, string predictions, Screen screen)
    {
        screen.Fact("Seen", $"{config.Seen}  {result.Seen.Count} classes, {Numbers.Count(result.Samples)} labelled");
        screen.Fact("Unseen", $"{result.Unseen.Count} classes known by {result.Attributes} attributes alone: {string.Join(", ", result.Unseen.Take(8))}{(result.Unseen.Count > 8 ? ", …" : string.Empty)}");
        screen.Fact("Target", $"{config.Target}  {Numbers.Count(result.Target.Count)} samples");
        screen.Out.WriteLine();
        string title = Catalog.MethodCatalog.Find(config.Method).About.Title;
        if (result.Score is not { } score)
        {
            screen.Out.WriteLine(screen.Bold($"{title}: {result.Choices} classes told apart; whether rightly is not verified, as the target has no labels."));
        }
        else
        {
            screen.Out.WriteLine(screen.Bold($"{title}: {Said(score.Unseen)} right on classes without samples (mean over classes; by chance {Numbers.Percent(1.0 / result.Choices)})."));
            if (config.Generalised)
                screen.Out.WriteLine($"On classes with samples {Said(score.Seen)}; harmonic mean {Said(score.Harmonic)}.");
            screen.Out.WriteLine("The target's labels were used for this figure alone.");
        }

        screen.Out.WriteLine($"Model: {folder}   predictions: {predictions}");
        screen.Out.WriteLine($"Next: acclimate predict {folder} INPUT --out predictions.csv");
    }

    private static string Said(double? share) => share is { } known ? Numbers.Percent(known) : "–";
}
