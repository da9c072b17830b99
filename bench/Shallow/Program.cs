// TCA, JDA and CORAL on C>A of Office+Caltech10 SURF (2,081 samples of 800 features), beside textbook versions in numpy and
// scipy on the same samples and threads. ACCLIMATE_DATA names the data, ACCLIMATE_PYTHON the Python; an argument picks
// works whose names hold it.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Acclimate.Benchmarks;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;

const int repeats = 5;
const int rounds = 10;
string python = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";
string wanted = args.Length > 0 ? args[0] : string.Empty;

using BenchmarkData files = new();
BenchmarkSuite suite = BenchmarkSuites.Find("office-caltech-surf");
BenchmarkTask task = suite.Task("C>A");
Domain source = files.Open(task.Source), target = files.Open(task.Target);
(Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse("rowsum,zscore,l2").Fit(source, target);
using TensorScope all = TensorScope.Begin();
FeatureData data = FeatureData.Read(source, target, s, t);
int[] truth = target.Labels!.AlignTo(source.Labels!.Classes).Indices;

// The textbook's linear-kernel JDA decomposes 2,081 × 2,081 matrices in every round: one round is run, and counted ten times.
(string Name, string Peer, string Method, Dictionary<string, string> Options, int PeerRounds, double Bar)[] works =
[
    ("TCA, primal", "tca-primal", "tca", new() { ["kernel"] = "primal", ["dimensions"] = "30" }, 1, 20),
    ("TCA, linear kernel", "tca-linear", "tca", new() { ["kernel"] = "linear", ["dimensions"] = "30" }, 1, 150),
    ("JDA, primal, 10 rounds", "jda-primal", "jda", new() { ["kernel"] = "primal", ["rounds"] = $"{rounds}" }, rounds, 40),
    ("JDA, linear kernel, 10 rounds", "jda-linear", "jda", new() { ["kernel"] = "linear", ["rounds"] = $"{rounds}" }, 1, 40),
    ("CORAL", "coral", "coral", [], 1, 15),
];

Console.WriteLine($"{source.Count} + {target.Count} samples × {data.Features}, {Engine.Threads} threads; fit and 1-NN; ours the median of {repeats}, the textbook's once\n");
Console.WriteLine("| work | Acclimate, s | textbook, s | times as fast | bar | accuracy, % | textbook's, % | ‖ZZᵀ‖ apart |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;
try
{
    Dump("source.bin", data.Source.ToArray<double>());
    Dump("target.bin", data.Target.ToArray<double>());
    Dump("labels.bin", data.SourceLabels);
    foreach (var work in works)
    {
        if (!work.Peer.Contains(wanted, StringComparison.Ordinal) || !MethodCatalog.All.Any(entry => entry.About.Name == work.Method))
            continue;
        FeatureMethod method = (FeatureMethod)MethodCatalog.Find(work.Method).Create(work.Options);
        List<double> times = [];
        (int[] Found, Tensor Mapped, double Seconds) ours = Ours(method);
        for (int i = 0; i < repeats; i++)
            times.Add(Ours(method).Seconds);
        times.Sort();
        double seconds = times[repeats / 2];

        double theirs = Theirs(work.Peer, work.PeerRounds);
        double scaled = work.Peer == "jda-linear" ? theirs * rounds / work.PeerRounds : theirs;
        using TensorScope scope = TensorScope.Begin();
        Tensor mapped = Tensor.From(Load<double>("mapped.bin"), data.SourceCount + data.TargetCount, ours.Mapped.Size(1));
        bool whole = scaled == theirs;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work.Name} | {seconds:F3} | {scaled:F1}{(whole ? string.Empty : " (one round × 10)")} | **{scaled / seconds:F0}** | {work.Bar:F0} | {Accuracy(ours.Found):F2} | {(whole ? $"{Accuracy(Load<int>("found.bin")):F2}" : "–")} | {(whole ? $"{Apart(ours.Mapped, mapped):G2}" : "–")} |"));
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

if (wanted.Length == 0)
{
    long start = Stopwatch.GetTimestamp();
    BenchmarkResult result = BenchmarkRunner.Run(suite.Only(["jda-100"], [], []), files)[0];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nAll 12 tasks of JDA, linear kernel, 10 rounds: average {result.Average:F2} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {result.Seconds:F1} s of them fits and 1-NN (bar 15 s)"));
}

(int[] Found, Tensor Mapped, double Seconds) Ours(FeatureMethod method)
{
    using TensorScope scope = TensorScope.Begin();
    long start = Stopwatch.GetTimestamp();
    using FittedFeatures fitted = method.Fit(data);
    using FittedClassifier trained = fitted.ClassifierFor(data, new NearestNeighbours());
    Tensor mapped = fitted.Target.Apply(data.Target);
    int[] found = trained.Predict(mapped);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    return (found, scope.Keep(Tensor.Concatenate([fitted.Source.Apply(data.Source), mapped])), seconds);
}

double Theirs(string method, int rounds)
{
    ProcessStartInfo start = new(python, [Path.Combine(AppContext.BaseDirectory, "peer.py"), folder, $"{data.Features}", method, $"{rounds}"]) { RedirectStandardOutput = true };
    start.Environment["OPENBLAS_NUM_THREADS"] = start.Environment["OMP_NUM_THREADS"] = $"{Engine.Threads}";
    using Process process = Process.Start(start)!;
    string answer = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? double.Parse(answer, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"peer.py {method} ended with {process.ExitCode}");
}

double Accuracy(int[] found) => 100.0 * found.Zip(truth, static (a, b) => a == b ? 1 : 0).Sum() / truth.Length;

// Inner products of mapped samples: free of the eigenvectors' signs, and of turns among equal eigenvalues.
static double Apart(Tensor ours, Tensor theirs)
{
    using TensorScope scope = TensorScope.Begin();
    Tensor a = ours.MatMul(ours.T), b = theirs.MatMul(theirs.T);
    return (a - b).Norm().ToDouble() / b.Norm().ToDouble();
}

void Dump<T>(string name, T[] numbers)
    where T : unmanaged
{
    using FileStream stream = File.Create(Path.Combine(folder, name));
    stream.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
}

T[] Load<T>(string name)
    where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(folder, name))).ToArray();
