// MK-MMD, forward and backward, 5 kernels, 256 + 256 examples of 1024 features: Acclimate beside a PyTorch Gram form.
// ACCLIMATE_PYTHON names the Python that has torch; /usr/bin/python3 where it is not set.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Acclimate.Discrepancies;
using Acclimate.Torch;

const int rows = 256, features = 1024, repeats = 31;
using Generator generator = new(0);
using Tensor first = Tensor.Normal([rows, features], generator), second = Tensor.Normal([rows, features], generator);
using Tensor source = first.Clone().WithGrad();
using Tensor target = (second + 0.1).WithGrad();

MultiKernelMmd released = new() { Estimator = MmdEstimator.QuadraticUnbiased, Weighting = KernelWeighting.Equal };
MultiKernelMmd usual = new() { Estimator = MmdEstimator.QuadraticUnbiased };
MultiKernelMmd paper = new();
using (Tensor little = source[..8, ..8], other = target[..8, ..8])
{
    Step(released, little, other);
    Step(usual, little, other);
    Step(paper, little, other);
}

(double Value, double Seconds, double Best, double Memory) gram = Measure(released), both = Measure(usual), linear = Measure(paper);
(double Value, double Seconds, double Best, double Memory)? python = Python();

Console.WriteLine($"MK-MMD forward + backward, 5 kernels, {rows} + {rows} × {features}, {Engine.Threads} threads, median of {repeats}");
Console.WriteLine("                                   value      median        best   peak memory growth");
Print("quadratic, equal weights", gram);
Print("quadratic, optimal weights", both);
Print("linear, optimal weights", linear);
if (python is { } reference)
{
    Print("PyTorch, quadratic", reference);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio of time, quadratic ours / PyTorch: {gram.Seconds / reference.Seconds:F2} (best {gram.Best / reference.Best:F2})"));
}
else
{
    Console.WriteLine("PyTorch: no Python with torch; name one by ACCLIMATE_PYTHON");
}

static void Print(string name, (double Value, double Seconds, double Best, double Memory) found) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30} {found.Value,9:F7} {found.Seconds * 1000,8:F1} ms {found.Best * 1000,8:F1} ms {found.Memory,8:F1} MiB"));

static double Step(MultiKernelMmd mmd, Tensor source, Tensor target)
{
    using TensorScope scope = TensorScope.Begin();
    source.SetGrad(null);
    target.SetGrad(null);
    Tensor value = mmd.Estimate(source, target);
    value.Backward();
    return value.ToDouble();
}

(double, double, double, double) Measure(MultiKernelMmd mmd)
{
    // 5 sets the peak back to what is resident now.
    File.WriteAllText("/proc/self/clear_refs", "5");
    double before = Status("VmRSS:"), value = 0;
    List<double> times = [];
    for (int i = 0; i < repeats; i++)
    {
        long start = Stopwatch.GetTimestamp();
        value = Step(mmd, source, target);
        times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    times.Sort();
    return (value, times[repeats / 2], times[0], Math.Max(Status("VmHWM:") - before, 0));
}

(double, double, double, double)? Python()
{
    string file = Path.GetTempFileName();
    try
    {
        using (FileStream stream = File.Create(file))
        {
            stream.Write(MemoryMarshal.AsBytes(source.ToArray<float>().AsSpan()));
            stream.Write(MemoryMarshal.AsBytes(target.ToArray<float>().AsSpan()));
        }

        string program = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";
        string script = Path.Combine(AppContext.BaseDirectory, "gram.py");
        ProcessStartInfo start = new(program, [script, file, $"{rows}", $"{features}", $"{repeats}", $"{Engine.Threads}"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string[] words = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        return process.ExitCode == 0 ? (Number(words[0]), Number(words[1]), Number(words[2]), Number(words[3])) : null;
    }
    catch (System.ComponentModel.Win32Exception)
    {
        return null;
    }
    finally
    {
        File.Delete(file);
    }
}

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

static double Status(string field)
{
    string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
    return Number(line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal)) / 1024;
}
