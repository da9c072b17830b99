// Linear methods on 10⁴, 10⁵ and 10⁶ generated samples of 128 features, half of them the source's: time and peak memory by
// size. Each line is a process of its own, so that a peak is that line's. Arguments: the sizes, if others are wanted.
using System.Diagnostics;
using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Torch;

const int features = 128;
const int batch = 8192;
(string Key, string Name)[] works =
[
    ("data", "the samples alone (float32)"),
    ("coral", "CORAL"),
    ("tca-linear", "TCA, linear kernel"),
    ("tca-nystroem", "TCA, Gaussian kernel by Nyström's method"),
    ("tca-fourier", "TCA, Gaussian kernel by random Fourier features"),
    ("mmd", "MMD², 512 random frequencies"),
];

if (args is ["--one", string key, string samples])
{
    One(key, long.Parse(samples, CultureInfo.InvariantCulture));
    return;
}

long[] sizes = args.Length > 0 ? [.. args.Select(static n => long.Parse(n, CultureInfo.InvariantCulture))] : [10_000, 100_000, 1_000_000];
Console.WriteLine($"{features} features, {Engine.Threads} threads; seconds and the process's peak memory; slope of log time over log size\n");
Console.WriteLine($"| work | {string.Join(" | ", sizes.Select(static n => string.Create(CultureInfo.InvariantCulture, $"{n:N0}")))} | slope | what it says |\n| --- |{string.Concat(sizes.Select(static _ => " ---: |"))} ---: | --- |");
foreach ((string one, string name) in works)
{
    if (one == "coral" && !MethodCatalog.All.Any(static entry => entry.About.Name == "coral"))
        continue;
    List<(double Seconds, double Memory, string Note)> found = [.. sizes.Select(n => Measure(one, n))];
    double slope = Math.Log(found[^1].Seconds / found[0].Seconds) / Math.Log((double)sizes[^1] / sizes[0]);
    string last = sizes.Length < 2 || one == "data" ? "–" : slope.ToString("F2", CultureInfo.InvariantCulture);
    Console.WriteLine($"| {name} | {string.Join(" | ", found.Select(static f => string.Create(CultureInfo.InvariantCulture, $"{f.Seconds:F2} s, {f.Memory:F0} MB")))} | {last} | {found[^1].Note} |");
}

static (double Seconds, double Memory, string Note) Measure(string key, long samples)
{
    ProcessStartInfo start = new(Environment.ProcessPath!, [.. Environment.GetCommandLineArgs()[0].EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : Array.Empty<string>(), "--one", key, $"{samples}"])
    {
        RedirectStandardOutput = true,
    };
    using Process process = Process.Start(start)!;
    string[] parts = process.StandardOutput.ReadToEnd().Trim().Split('\t');
    process.WaitForExit();
    return process.ExitCode == 0
        ? (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture), parts.ElementAtOrDefault(2) ?? string.Empty)
        : throw new InvalidOperationException($"{key} at {samples} ended with {process.ExitCode}");
}

static void One(string key, long samples)
{
    using Domain source = Generate(samples / 2, 0, seed: 1), target = Generate(samples - (samples / 2), 0.2, seed: 2);
    long start = Stopwatch.GetTimestamp();
    string note = string.Empty;
    switch (key)
    {
        case "data":
            break;
        case "mmd":
            StreamedMmd mmd = Mmd(source, target);
            note = string.Create(CultureInfo.InvariantCulture, $"{mmd.Value:G4} ± {mmd.FeatureError:G2} (features) ± {mmd.SamplingError:G2} (samples)");
            break;
        default:
            FeatureMethod method = (FeatureMethod)MethodCatalog.Find(key.Split('-')[0])
                .Create(key switch { "coral" => [], "tca-linear" => new Dictionary<string, string> { ["kernel"] = "linear" }, _ => new Dictionary<string, string> { ["kernel"] = "rbf" } });
            FitContext context = new() { Approximation = key == "tca-fourier" ? KernelApproximation.Fourier : KernelApproximation.Nystroem };
            using (FittedFeatures fitted = method.Fit(source, target, Preprocessing.None, Preprocessing.None, context))
                note = string.Join(' ', fitted.Certificate.Notes);
            break;
    }

    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    string peak = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
    double megabytes = double.Parse(peak["VmHWM:".Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds}\t{megabytes}\t{note}"));
}

static StreamedMmd Mmd(Domain source, Domain target)
{
    using TensorScope scope = TensorScope.Begin();
    Tensor x = First(source), y = First(target);
    using StreamingMmd mmd = new(features, GaussianKernels.AroundMedian(count: 1).Variances(x, y)[0]);
    foreach (Batch some in BatchLoader.InOrder(source, Preprocessing.None, batch))
    {
        using (some)
            mmd.AddSource(some.Inputs);
    }

    foreach (Batch some in BatchLoader.InOrder(target, Preprocessing.None, batch))
    {
        using (some)
            mmd.AddTarget(some.Inputs);
    }

    return mmd.Estimate();
}

static Tensor First(Domain domain) => domain.Read([.. Enumerable.Range(0, 1000)]);

// Features that a common factor correlates; the target is moved. Made batch by batch.
static Domain Generate(long count, double shift, long seed)
{
    Tensor samples = Tensor.Empty([count, features]);
    for (long at = 0; at < count; at += batch)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(Generator.Derive(seed, at));
        long rows = Math.Min(batch, count - at);
        Tensor common = Tensor.Normal([rows, 1], generator);
        samples.Slice(0, at, at + rows).CopyInPlace(Tensor.Normal([rows, features], generator) + common + shift);
    }

    Labels labels = Labels.FromNumbers([.. Enumerable.Range(0, (int)count).Select(static i => (long)(i % 10))]);
    return Domain.FromTensor(shift == 0 ? "source" : "target", samples, labels);
}
