using System.Globalization;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Reports;

/// <summary>The command line that makes a run again.</summary>
internal static class Reproduction
{
    private const string Plain = "-_./=:,+@%";

    /// <summary>
    /// The command line of a configuration: options at their defaults are left out, except what depends on the machine,
    /// such as threads and precision, without which the bits would differ elsewhere.
    /// </summary>
    /// <param name="config">What the run is made of, as its folder has it.</param>
    public static string CommandLine(RunConfig config)
    {
        IEnumerable<string> words = Words(config).Select(Quoted);
        string threads = config.Threads > 0 ? string.Create(CultureInfo.InvariantCulture, $"ACCLIMATE_THREADS={config.Threads} ") : string.Empty;
        return $"{threads}acclimate {string.Join(' ', words)}";
    }

    /// <summary>What stands behind the program's name.</summary>
    internal static IReadOnlyList<string> Words(RunConfig config)
    {
        RunConfig usual = new();
        List<string> words = [config.Auto is null ? "train" : "auto", config.Source];
        if (config.Target.Length > 0)
            words.Add(config.Target);
        Add("--method", config.Auto is null ? config.Method : null);
        Add("--budget", config.Auto is { } auto ? string.Create(CultureInfo.InvariantCulture, $"{auto.Budget}s") : null);
        Add("--methods", config.Auto?.Methods is { Count: > 0 } methods ? string.Join(',', methods) : null);
        Add("--exclude", config.Auto?.Exclude is { Count: > 0 } excluded ? string.Join(',', excluded) : null);
        foreach ((string name, string value) in config.Options)
            Add("--set", $"{name}={value}");
        foreach (string other in config.Also ?? [])
            Add("--also", other);
        Flag("--balance", config.Balance);
        foreach (TaskConfig task in config.Tasks ?? [])
        {
            Add("--task", $"{task.Name}={task.Source}");
            Add("--task-test", task.Test is null ? null : $"{task.Name}={task.Test}");
        }

        Add("--test", config.Test);
        Add("--target-labels", config.TargetLabels);
        Add("--target-labelled", config.TargetLabelled);
        Add("--weigh", config.Weigh);
        Add("--classifier", config.Classifier);
        Add("--preprocess", config.Preprocess);
        Add("--backbone", config.Backbone);
        Add("--weights", config.Weights);
        Add("--freeze", config.Freeze);
        Add("--freeze-from", config.FreezeFrom);
        Flag("--gradual", config.Gradual);
        Add("--backbone-rate", config.BackboneRate);
        Add("--layer-decay", config.LayerDecay);
        Add("--lora", config.Lora);
        Add("--lora-alpha", config.LoraAlpha);
        Add("--adapters", config.Adapters);
        Add("--cache", config.Cache == usual.Cache ? null : Name(config.Cache));
        Add("--size", config.Size);
        Flag("--augment", config.Augment);
        Flag("--strict", config.Strict);
        Flag("--open-set", config.OpenSet);
        Flag("--no-guard", !config.Guard && config.Auto is null);
        Add("--steps", config.Epochs is not null || config.Steps == usual.Steps ? null : config.Steps);
        Add("--epochs", config.Epochs);
        Add("--batch-size", config.BatchSize == usual.BatchSize ? null : config.BatchSize);
        Add("--learning-rate", config.LearningRate == usual.LearningRate ? null : config.LearningRate);
        Add("--weight-decay", config.WeightDecay == usual.WeightDecay ? null : config.WeightDecay);
        Add("--precision", config.IsShallow || config.Auto is not null ? null : config.Precision);
        Add("--batch-norm", config.BatchNorm == usual.BatchNorm ? null : config.BatchNorm);
        Add("--seed", config.Seed);
        Add("--checkpoint-steps", config.CheckpointSteps);
        return words;

        void Add(string option, object? value)
        {
            if (value is null)
                return;
            words.Add(option);
            words.Add(Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }

        void Flag(string option, bool on)
        {
            if (on)
                words.Add(option);
        }
    }

    private static string Name(FrontCache cache) => cache.ToString().ToLowerInvariant();

    /// <summary>A word as a shell takes it.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
