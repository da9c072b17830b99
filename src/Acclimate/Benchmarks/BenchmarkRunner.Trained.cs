using System.Security.Cryptography;
using System.Text;
using Acclimate.Runs;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <content>The cells of suites that train networks: each is a run in a folder of its own.</content>
public static partial class BenchmarkRunner
{
    private const int HashLetters = 8;

    private static Place Trained(BenchmarkSuite suite, int at, int task, long seed, BenchmarkData data, BenchmarkOptions options)
    {
        BenchmarkRow row = suite.Rows[at];
        (RunConfig settled, string key) = RunOf(suite, row, task, seed, data, options);
        (RunConfig Settled, string Key)? taught = row.Teacher is { } other ? RunOf(suite, other, task, seed, data, options) : null;
        if (taught is { } by)
            key += $"; taught by {row.Teacher!.Name}: {by.Key}";

        // The key's hash is in the name, so that a quick look takes no figure's place that cost minutes.
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..HashLetters];
        string name = $"{row.Name}-{suite.Tasks[task].FileName}-{seed}-{hash}";
        return new Place(at, task, seed, key, CellRunner.FileOf(options, name))
        {
            Measure = cancellation =>
            {
                RunFolder folder = new(Path.Combine(options.Folder!, "runs", name)), teacher = new(folder.Path + "-teacher");
                RunConfig located = Located(settled, suite, data, options, cancellation);
                if (taught is { } by)
                {
                    Teach(Located(by.Settled, suite, data, options, cancellation), teacher, options.Again, cancellation);
                    located = located with { Options = new(located.Options) { ["teacher"] = teacher.Model } };
                }

                BenchmarkCell cell = Train(located, folder, options.Again, cancellation);
                if (taught is not null)
                    Directory.Delete(teacher.Path, recursive: true);
                return cell;
            },
        };
    }

    /// <summary>The run of a row on a task, its domains named as the suite names them, and all that its figures depend on.</summary>
    private static (RunConfig Settled, string Key) RunOf(BenchmarkSuite suite, BenchmarkRow row, int task, long seed, BenchmarkData data, BenchmarkOptions options)
    {
        RunConfig config = suite.RunOf(row, task, seed);
        RunConfig settled = (options.Parallel is null ? config : config with { Threads = 1 }).Settled();
        using Deep.Objective method = config.Objective();
        string[] domains = [.. ((string?[])[config.Source, .. config.Also ?? [], config.Target, config.Test, config.TargetLabelled, config.Weights]).OfType<string>().Where(static source => source.Length > 0)];
        string key = string.Join("; ", (string[])
        [
            .. settled.Summary(),
            $"all options: {All(method)}",
            .. domains.Select(static source => source.Split('?')[0]).Distinct().Select(file => $"{file} {data.Hash(file)}"),
            .. suite.Features is { } weights ? (string[])[$"features of {weights} {data.Hash(weights)}"] : [],
            $"acclimate {AcclimateVersion.Text}, libtorch {Engine.Version}",
        ]);
        return (settled, key);
    }

    /// <summary>The run with its domains where they lie.</summary>
    private static RunConfig Located(RunConfig config, BenchmarkSuite suite, BenchmarkData data, BenchmarkOptions options, CancellationToken cancellation)
    {
        return config with
        {
            Source = Locate(config.Source),
            Also = config.Also is null ? null : [.. config.Also.Select(Locate)],
            Target = config.Target.Length == 0 ? config.Target : Locate(config.Target),
            Test = config.Test is null ? null : Locate(config.Test),
            TargetLabelled = config.TargetLabelled is null ? null : Locate(config.TargetLabelled),
            Weights = config.Weights is null ? null : data.Locate(config.Weights),
        };

        string Locate(string source) => suite.Features is { } weights
            ? data.LocateFeatures(source.Split('?')[0], source.Split('?').ElementAtOrDefault(1), weights, Path.Combine(options.Folder!, "features"), cancellation)
            : data.Locate(source);
    }

    /// <summary>Trains a cell's teacher, or goes on with it; it lies beside the cell's own run until that is done.</summary>
    private static void Teach(RunConfig config, RunFolder folder, bool again, CancellationToken cancellation)
    {
        if (again && Directory.Exists(folder.Path))
            Directory.Delete(folder.Path, recursive: true);
        _ = File.Exists(folder.Config) ? TransferRun.Resume(folder, null, cancellation, report: false) : TransferRun.Start(config, folder, null, cancellation, report: false);
    }

    private static BenchmarkCell Train(RunConfig config, RunFolder folder, bool again, CancellationToken cancellation)
    {
        if (again && Directory.Exists(folder.Path))
            Directory.Delete(folder.Path, recursive: true);
        RunResult result = File.Exists(folder.Config) ? TransferRun.Resume(folder, null, cancellation, report: false) : TransferRun.Start(config, folder, null, cancellation, report: false);

        // What is left is small: the configuration, the losses and the result.
        File.Delete(folder.Checkpoint);
        if (Directory.Exists(folder.Model))
            Directory.Delete(folder.Model, recursive: true);
        return new BenchmarkCell(string.Empty, 100 * result.Honest!.Accuracy, result.Seconds) { Oracle = 100 * result.Oracle!.Accuracy, OpenSet = result.OpenSet };
    }
}
