using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Regression;
using Acclimate.Runs;

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
        Option<string> regressor = new("--regressor")
        {
            Description = $"What learns the numbers: {string.Join(", ", RegressorCatalog.All.Select(static known => known.Name))}; options behind a colon, such as ridge:lambda=10",
            DefaultValueFactory = _ => defaults.Regressor,
            HelpName = "NAME",
        };
        Option<string> preprocess = new("--preprocess") { Description = "Steps with commas between; see acclimate methods --preprocess", DefaultValueFactory = _ => defaults.Preprocess, HelpName = "STEPS" };
        Option<string?> few = new("--target-labelled") { Description = "A few samples of the target's domain with numbers, for tradaboost and l2-sp", HelpName = "PATH" };
        Option<string?> test = new("--test") { Description = "Samples of the target's domain with numbers, for scoring only", HelpName = "PATH" };
        Option<long> seed = new("--seed") { Description = "Where every random choice starts from", HelpName = "N" };
        Option<string?> output = new("--out", "-o") { Description = "The run's folder; runs/SOURCE-TARGET-METHOD-regression if left out", HelpName = "FOLDER" };
        Option<bool> json = CommandLine.Json("Write the result as JSON");
        Add(source);
        Add(target);
        foreach (Option option in (Option[])[column, method, set, regressor, preprocess, few, test, seed, output, json])
            Add(option);
        SetAction(parsed =>
        {
            RegressionConfig config = new(parsed.GetRequiredValue(source), parsed.GetRequiredValue(target), parsed.GetRequiredValue(column), parsed.GetValue(method)!)
            {
                Options = TrainCommand.Pairs(parsed.GetValue(set)!),
                Regressor = parsed.GetValue(regressor)!,
                Preprocess = parsed.GetValue(preprocess)!,
                TargetLabelled = parsed.GetValue(few),
                Test = parsed.GetValue(test),
                Seed = parsed.GetValue(seed),
            };
            RunFolder folder = new(parsed.GetValue(output) ?? TrainCommand.FreeFolder(
                TrainCommand.DefaultFolder(new RunConfig { Source = config.Source, Target = config.Target }, $"{config.Method}-regression")));
            RegressionResult result = RegressionRun.Start(config, folder, cancellation);
            if (parsed.GetValue(json))
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
        "acclimate regress houses-2019.csv houses-2024.csv --target-column price --method tradaboost --target-labelled sold.csv --test sold-later.csv",
        "acclimate regress 'generated:shift-source?count=600' 'generated:shift-target?count=600' --target-column y --method kliep",
    ];
}
