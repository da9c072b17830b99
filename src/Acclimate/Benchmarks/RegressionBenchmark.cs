using System.Globalization;
using System.Text;
using Acclimate.Data;
using Acclimate.Generated;
using Acclimate.Metrics;
using Acclimate.Regression;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <summary>One measurement of a transfer of numbers.</summary>
/// <param name="Task">The shift.</param>
/// <param name="Method">The method.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Score">Against the target's numbers, which nothing else sees.</param>
public sealed record RegressionCell(string Task, string Method, long Seed, RegressionScore Score);

/// <summary>
/// Numbers under a generated and a real shift. <c>generated</c>: <see cref="CovariateShift"/>, 600 samples to 600, by ridge regression, which can't follow the sine and so needs to be right where the
/// target is. <c>M>U</c> and <c>U>M</c>: by how many degrees a handwritten digit was turned, from its 16 × 16 pixels by kernel ridge regression, 800 digits of MNIST to 800 of USPS and the other way
/// round: the digits, their writers and their scanners are real and differ, the turning, uniform in ±45°, is the benchmark's own. Deep methods train their network instead, and stand beside
/// <c>source-only</c>. Methods that need few target numbers get 30 others; no other gets any.
/// </summary>
public static class RegressionBenchmark
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "regression";

    private const int Few = 30, Side = 16, Digits = 800, Points = 600;

    /// <summary>MNIST's digits fill the middle 20 of 28 pixels, USPS's their whole picture.</summary>
    private const double MnistFilled = 20.0 / 28;

    private const string Mnist = "mnist?part=train", Usps = "usps/usps.npz?features=x_train&labels=y_train";

    /// <summary>The shifts.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["generated", "M>U", "U>M"];

    /// <summary>The seeds, unless told.</summary>
    public static IReadOnlyList<long> Seeds { get; } = [0, 1, 2, 3, 4];

    /// <summary>Refuses names that are not known.</summary>
    /// <param name="tasks">Shifts.</param>
    /// <param name="methods">Methods.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static void Check(IReadOnlyList<string> tasks, IReadOnlyList<string> methods)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(methods);
        Known([.. tasks.Select(static task => task.Replace('-', '>'))], Tasks, "task");
        Known(methods, RegressionTransfer.Methods, "method");
    }

    /// <summary>Measures.</summary>
    /// <param name="tasks">Which shifts; all where none is named.</param>
    /// <param name="methods">Which methods; all that transfer numbers where none is named. What does not adapt is always measured.</param>
    /// <param name="seeds">Which seeds; the five where none is named.</param>
    /// <param name="data">The files; none where only generated shifts are wanted.</param>
    /// <param name="progress">Hears of every measurement.</param>
    /// <param name="cancellation">Stops between two.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    /// <exception cref="DataException">A file is missing.</exception>
    public static IReadOnlyList<RegressionCell> Run(
        IReadOnlyList<string> tasks, IReadOnlyList<string> methods, IReadOnlyList<long> seeds, BenchmarkData? data, Action<RegressionCell>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(seeds);
        Check(tasks, methods);
        tasks = [.. tasks.Select(static task => task.Replace('-', '>'))];
        string[] wanted = [.. RegressionTransfer.Methods.Where(method => method == "no-adaptation" || methods.Count == 0 || methods.Contains(method))];
        List<RegressionCell> cells = [];
        foreach (string task in tasks.Count == 0 ? Tasks : tasks)
        {
            foreach (long seed in seeds.Count == 0 ? Seeds : seeds)
            {
                using TensorScope scope = TensorScope.Begin();
                (RegressionData drawn, double[] truth) = task == "generated" ? Generated(seed) : Turned(task == "M>U", seed, data ?? throw new ArgumentException($"{task} needs the benchmark data", nameof(data)), cancellation);
                Regressor regressor = task == "generated" ? new RidgeRegressor() : new KernelRidgeRegressor();
                foreach (string method in wanted)
                {
                    cancellation.ThrowIfCancellationRequested();
                    RegressionData given = RegressionTransfer.NeedsFew(method) ? drawn : drawn with { Few = null, FewValues = null };
                    using FittedRegression fitted = RegressionTransfer.Fit(
                        method, new Dictionary<string, string>(), RegressionTransfer.TrainsNetwork(method) ? null : regressor, given, seed, cancellation: cancellation);
                    RegressionCell cell = new(task, method, seed, RegressionScore.Of(fitted.Predict(drawn.Target), truth, seed));
                    cells.Add(cell);
                    progress?.Invoke(cell);
                }
            }
        }

        return cells;
    }

    /// <summary>A figure of a method on a task over the seeds.</summary>
    /// <param name="cells">The measurements.</param>
    /// <param name="task">The task.</param>
    /// <param name="method">The method.</param>
    /// <param name="figure">Which figure.</param>
    public static MeanAndDeviation Over(IEnumerable<RegressionCell> cells, string task, string method, Func<RegressionScore, double> figure) =>
        MeanAndDeviation.Of([.. cells.Where(cell => cell.Task == task && cell.Method == method).Select(cell => figure(cell.Score))]);

    /// <summary>The table as Markdown, a block a task: the mean and deviation over the seeds, and the first seed's interval.</summary>
    /// <param name="cells">The measurements.</param>
    public static string Markdown(IReadOnlyList<RegressionCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        StringBuilder text = new();
        foreach (string task in cells.Select(static cell => cell.Task).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {task} | RMSE | MAE | R² | RMSE of the first seed (95 %) |\n| --- | ---: | ---: | ---: | ---: |\n");
            foreach (string method in cells.Where(cell => cell.Task == task).Select(static cell => cell.Method).Distinct())
            {
                string[] figures = [.. ((Func<RegressionScore, double>[])[static s => s.Rmse.Value, static s => s.Mae.Value, static s => s.R2.Value]).Select(figure => Said(Over(cells, task, method, figure)))];
                text.Append(CultureInfo.InvariantCulture, $"| {method} | {string.Join(" | ", figures)} | {cells.First(cell => cell.Task == task && cell.Method == method).Score.Rmse} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();

        static string Said(MeanAndDeviation of) => of.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{of.Mean:0.000} ± {of.Deviation:0.000}")
            : string.Create(CultureInfo.InvariantCulture, $"{of.Mean:0.000}");
    }

    private static (RegressionData Data, double[] Truth) Generated(long seed)
    {
        CovariateShift shift = CovariateShift.Draw(Points, Points + Few, seed);
        Tensor target = shift.Target.Samples();
        return (
            new RegressionData(shift.Source.Samples(), shift.Source.Values, target.Slice(0, 0, Points), target.Slice(0, Points, Points + Few), shift.Target.Values[Points..]),
            shift.Target.Values[..Points]);
    }

    private static (RegressionData Data, double[] Truth) Turned(bool fromMnist, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        (Tensor source, double[] values) = TurnedDigits.Draw(data.Open(fromMnist ? Mnist : Usps), fromMnist ? MnistFilled : 1, Digits, Side, Generator.Derive(seed, 1), cancellation);
        (Tensor target, double[] truth) = TurnedDigits.Draw(data.Open(fromMnist ? Usps : Mnist), fromMnist ? 1 : MnistFilled, Digits + Few, Side, Generator.Derive(seed, 2), cancellation);
        return (new RegressionData(source, values, target.Slice(0, 0, Digits), target.Slice(0, Digits, Digits + Few), truth[Digits..]), truth[..Digits]);
    }

    private static void Known(IReadOnlyList<string> names, IReadOnlyList<string> known, string what)
    {
        if (names.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new ArgumentException($"{Name} has no {what} '{unknown}'{NearestName.Hint(unknown, known)} It has: {string.Join(", ", known)}.");
    }
}
