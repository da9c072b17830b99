using System.Diagnostics;
using System.Globalization;
using Acclimate.Torch;

// The cost of small operators and of a LeNet training step, side by side with PyTorch's Python on the same libtorch.
// The two programs take turns, round by round; the median round counts.
const int rounds = 7;
const int smallCalls = 20_000;
const int lenetSteps = 60;
string python = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";

using Tensor x = Tensor.Ones([4, 4]);
using Tensor y = Tensor.Ones([4, 4]);
using Tensor w = Tensor.Ones([4, 4]);
(string Name, Func<Tensor> Work)[] small =
[
    ("add", () => x + y),
    ("multiply by a number", () => x * 2.0),
    ("exp", () => x.Exp()),
    ("relu", () => Functional.Relu(x)),
    ("matrix product", () => x.MatMul(w)),
    ("sum of rows", () => x.Sum(1)),
    ("softmax", () => Functional.Softmax(x, 1)),
    ("reshape", () => x.Reshape(2, 8)),
    ("slice", () => x[TensorIndex.All, 1..3]),
    ("concatenate", () => Tensor.Concatenate([x, y])),
];

using Generator generator = new(0);
using Sequential net = new(
    new Conv2d(1, 20, 5, generator), new MaxPool2d(2), new ReLU(), new Conv2d(20, 50, 5, generator), new MaxPool2d(2), new ReLU(),
    new Flatten(), new Linear(800, 500, generator), new ReLU(), new Linear(500, 10, generator));
using Sgd optimizer = new(net, 0.01, momentum: 0.9, weightDecay: 5e-4);
using Tensor images = Tensor.Normal([64, 1, 28, 28], generator);
using Tensor labels = Tensor.From([.. Enumerable.Range(0, 64).Select(static i => (long)(i % 10))]);

ProcessStartInfo start = new(python, [Path.Combine(AppContext.BaseDirectory, "peer.py"), $"{Engine.Threads}", $"{smallCalls}", $"{lenetSteps}"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
};
using Process peer = Process.Start(start)!;
Dictionary<string, List<double>> ours = [];
Dictionary<string, List<double>> theirs = [];
for (int round = 0; round <= rounds; round++)
{
    Dictionary<string, List<double>> mine = round == 0 ? [] : ours;
    foreach ((string name, Func<Tensor> work) in small)
        Add(mine, name, Measure(() => work().Dispose(), smallCalls));
    Add(mine, "LeNet training step", Measure(Step, lenetSteps));

    peer.StandardInput.WriteLine();
    while (peer.StandardOutput.ReadLine() is { Length: > 0 } line)
    {
        string[] parts = line.Split('\t');
        Add(round == 0 ? [] : theirs, parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}

peer.StandardInput.Close();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"libtorch {Engine.Version}, {Engine.Threads} threads, median of {rounds} rounds in turns\n"));
Console.WriteLine("| work | Acclimate, µs | PyTorch (Python), µs | ratio |\n| --- | ---: | ---: | ---: |");
List<double> ratios = [];
foreach (string name in ours.Keys)
{
    (double a, double b) = (Median(ours[name]), Median(theirs[name]));
    if (name != "LeNet training step")
        ratios.Add(a / b);
    else
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **small operators, geometric mean** | | | **{Math.Exp(ratios.Average(Math.Log)):F2}** |"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {a:F2} | {b:F2} | {a / b:F2} |"));
}

void Step()
{
    using TensorScope scope = TensorScope.Begin();
    Tensor loss = Functional.CrossEntropy(net.Forward(images), labels);
    optimizer.ZeroGrad();
    loss.Backward();
    optimizer.Step();
}

static double Measure(Action work, int calls)
{
    long begin = Stopwatch.GetTimestamp();
    for (int i = 0; i < calls; i++)
        work();
    return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / calls;
}

static void Add(Dictionary<string, List<double>> all, string name, double value)
{
    if (!all.TryGetValue(name, out List<double>? values))
        all[name] = values = [];
    values.Add(value);
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
