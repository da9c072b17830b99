using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Regression;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Transfers a regressor from a source table to a target's.</summary>
internal sealed class RegressCommand : ExampledCommand
{
    public RegressCommand(Screen screen, CancellationToken cancellation)
        : base("regress", "Learn numbers on a source and adapt to a target")
    {
        RegressionConfig defaults = new(string.Empty, string.Empty, string.Empty, "kmm");
        Argument<string> source = new("SOURCE") { Description = "A table with numbers to learn: .csv, .tsv, JSON lines" };
        Argument<string> target = new("TARGET") { Description = "The target's table; numbers that it may have are kept aside for scoring" };
        Option<string> column = new("--target-column") { Description = "The column that holds the numbers", HelpName = "NAME", Required = true };
        Option<string> method = new("--method", "-m") { Description = $"How to adapt: {string.Join(", ", RegressionTransfer.Methods)}", DefaultValueFactory = _ => defaults.Method, HelpName = "NAME" };
        Option<string[]> set = new("--set") { Description = "An option of the method; can be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
        Option<string?> regressor = new("--regressor")
        {
            Description = $"What learns the numbers: {string.Join(", ", RegressorCatalog.All.Select(static known => known.Name))}; options behind a colon, such as ridge:lambda=10. ridge if left out; a method that trains a network takes none",
            HelpName = "NAME",
        };
        Option<long?> steps = new("--steps") { Description = $"Training steps of a method that trains a network; {new TrainerOptions().Steps} if left out", HelpName = "N" };
        Option<string> preprocess = new("--preprocess") { Description = "Steps with commas between; see acclimate methods --preprocess", DefaultValueFactory = _ => defaults.Preprocess, HelpName = "STEPS" };
        Option<string?> few = new("--target-labelled") { Description = "A few samples of the target's domain with numbers, to learn from: tradaboost and l2-sp need them, methods that train a network can use them", HelpName = "PATH" };
        Option<string?> test = new("--test") { Description = "Samples of the target's domain with numbers, for scoring only", HelpName = "PATH" };
        Option<long> seed = new("--seed") { Description = "Where every random choice starts from", HelpName = "N" };
        Option<string?> output = new("--out", "-o") { Description = "The run's folder; runs/SOURCE-TARGET-METHOD-regression if left out", HelpName = "FOLDER" };
        Option<bool> json = CommandLine.Json("Write the result as JSON");
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[column, method, set, regressor, steps, preprocess, few, test, seed, output, json])
            Add(option);
        SetAction(parsed =>
        {
            RegressionConfig config = new(parsed.GetRequiredValue(source), parsed.GetRequiredValue(target), parsed.GetRequiredValue(column), parsed.GetValue(method)!)
            {
                Options = TrainCommand.Pairs(parsed.GetValue(set)!),
                Regressor = parsed.GetValue(regressor),
                Steps = parsed.GetValue(steps),
                Preprocess = parsed.GetValue(preprocess)!,
                TargetLabelled = parsed.GetValue(few),
                Test = parsed.GetValue(test),
                Seed = parsed.GetValue(seed),
            };
            RunFolder folder = new(parsed.GetValue(output) ?? TrainCommand.FreeFolder(
                TrainCommand.DefaultFolder(new RunConfig { Source = config.Source, Target = config.Target }, $"{config.Method}-regression")));
            RegressionResult result;
            bool writesJson = parsed.GetValue(json);
            using (RunProgressView view = new(screen, config.Method, toError: writesJson))
                result = RegressionRun.Start(config, folder, view.Report, cancellation);
            if (writesJson)
                screen.Json(result);
            else
                RegressionView.Write(result, folder, parsed.GetValue(CommandLine.Verbose), screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate regress houses-2019.csv houses-2024.csv --target-column price",
        "acclimate regress houses-2019.csv houses-2024.csv --target-column price --method ulsif --regressor kernel-ridge:lambda=0.01",
        "acclimate regress houses-2019.csv houses-2024.csv --target-column price --method dann --steps 1000",
        "acclimate regress houses-2019.csv houses-2024.csv --target-column price --method tradaboost --target-labelled sold.csv --test sold-later.csv",
        "acclimate regress 'generated:shift-source?count=600' 'generated:shift-target?count=600' --target-column y --method kliep",
    ];
}
