using System.Globalization;
using Acclimate.Metrics;
using Acclimate.Runs;

// The digits and the picture table of docs/results.md: every cell is a run in a folder of its own, so that an
// interrupted table goes on where it stopped. Cells run two at a time, one thread each.
if (args.Length != 2 || args[0] is not ("digits" or "pacs"))
{
    Console.Error.WriteLine("usage: digits|pacs FOLDER   (ACCLIMATE_DATA names the data; FOLDER keeps the runs)");
    return 2;
}

string data = Environment.GetEnvironmentVariable("ACCLIMATE_DATA")
    ?? throw new InvalidOperationException("set ACCLIMATE_DATA to the folder of the benchmark data");
string mnist = Path.Combine(data, "mnist");
string usps = Path.Combine(data, "usps", "usps.npz");
const string train = "?features=x_train&labels=y_train";
const string test = "?features=x_test&labels=y_test";
(string Name, RunConfig Config)[] tasks = args[0] == "digits"
    ?
    [
        ("MNIST → USPS", new RunConfig { Source = mnist + "?part=train", Target = usps + train, Test = usps + test, Size = 28 }),
        ("USPS → MNIST", new RunConfig { Source = usps + train, Target = mnist + "?part=train", Test = mnist + "?part=test", Size = 28 }),
    ]
    : [("PACS photo → art_painting", new RunConfig { Source = Path.Combine(data, "pacs", "photo"), Target = Path.Combine(data, "pacs", "art_painting"), Size = 64, Augment = true, Steps = 1000 })];
(string Name, string Method, Dictionary<string, string> Options)[] methods =
[
    ("source only", "source-only", []),
    ("DAN", "dan", []),
    .. args[0] == "digits"
        ? new (string, string, Dictionary<string, string>)[]
        {
            ("DAN, the paper's linear-time estimate", "dan", new() { ["estimator"] = "linear-unbiased" }),
            ("DAN as released: linear time, equal weights", "dan", new() { ["estimator"] = "linear-unbiased", ["weights"] = "equal" }),
        }
        : [],
];
const int seeds = 3;

var cells = from method in methods
            from seed in Enumerable.Range(0, seeds)
            from task in tasks
            select (task, method, seed);
Lock gate = new();
Dictionary<(string Task, string Method), List<RunResult>> results = [];
Parallel.ForEach(cells, new ParallelOptions { MaxDegreeOfParallelism = 2 }, cell =>
{
    string name = string.Join('-', $"{cell.task.Name} {cell.method.Name} {cell.seed}".Split([' ', ',', ':', '→'], StringSplitOptions.RemoveEmptyEntries));
    RunFolder folder = new(Path.Combine(args[1], name));
    RunConfig config = cell.task.Config with { Method = cell.method.Method, Options = cell.method.Options, Seed = cell.seed, Threads = 1, CheckpointSteps = 200 };
    RunResult result = File.Exists(folder.Config) ? TransferRun.Resume(folder) : TransferRun.Start(config, folder);
    lock (gate)
    {
        if (!results.TryGetValue((cell.task.Name, cell.method.Name), out List<RunResult>? of))
            results[(cell.task.Name, cell.method.Name)] = of = [];
        of.Add(result);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: honest {100 * result.Honest!.Accuracy:F1}, oracle {100 * result.Oracle!.Accuracy:F1}, {result.Seconds:F0} s"));
    }
});

Console.WriteLine("| task | method | honest (last step), % | oracle (best of the checkpoints), % | seconds a run |\n| --- | --- | ---: | ---: | ---: |");
foreach ((string task, _) in tasks)
{
    foreach ((string method, _, _) in methods)
    {
        List<RunResult> of = results[(task, method)];
        MeanAndDeviation honest = MeanAndDeviation.Of([.. of.Select(static r => 100 * r.Honest!.Accuracy)]);
        MeanAndDeviation oracle = MeanAndDeviation.Of([.. of.Select(static r => 100 * r.Oracle!.Accuracy)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {task} | {method} | {honest} | {oracle} | {of.Average(static r => r.Seconds):F0} |"));
    }
}

foreach ((string method, _, _) in methods)
{
    double mean = tasks.Average(task => results[(task.Name, method)].Average(static r => 100 * r.Honest!.Accuracy));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| mean of tasks | {method} | {mean:F1} | | |"));
}

return 0;
