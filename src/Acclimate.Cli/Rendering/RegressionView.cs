using System.Text;
using Acclimate.Benchmarks;
using Acclimate.Metrics;
using Acclimate.Regression;
using Acclimate.Runs;
using Acclimate.Torch;

namespace Acclimate.Cli.Rendering;

/// <summary>How transfers of numbers look.</summary>
internal static class RegressionView
{
    public static void Write(RegressionResult result, RunFolder folder, bool verbose, Screen screen)
    {
        bool network = RegressionTransfer.TrainsNetwork(result.Config.Method);
        screen.Out.WriteLine(screen.Bold($"{result.Config.Column}: {result.Config.Method} with {result.Config.Regressor ?? (network ? "a network" : "ridge")}, {Numbers.Count(result.SourceSamples)} to {Numbers.Count(result.TargetSamples)} samples"));
        if (result is { Honest: { } honest, SourceOnly: { } plain })
        {
            screen.Out.WriteLine($"{string.Empty,-10}{"transferred",26}{"source's own",26}   (95 % of resamples)");
            Line("RMSE", honest.Rmse, plain.Rmse);
            Line("MAE", honest.Mae, plain.Mae);
            Line("R²", honest.R2, plain.R2);
            if (honest.Rmse.Value > plain.Rmse.Value)
                screen.Out.WriteLine($"The source's own model is nearer here: --method {(network ? "source-only" : "no-adaptation")} gives it.");
        }
        else
        {
            screen.Out.WriteLine("How near it comes is not known: the target has no such column. --test scores it on samples that do.");
        }

        if (verbose)
        {
            if (result.Certificate.KktResidual is { } residual)
                screen.Out.WriteLine($"  optimality (KKT) {Numbers.Short(residual)}");
            foreach (string note in result.Certificate.Notes)
                Prose.Hang(screen.Out, "  ", note);
        }

        screen.Out.WriteLine(folder.Path);

        void Line(string name, Interval one, Interval other) => screen.Out.WriteLine($"{name,-10}{one.ToString(),26}{other.ToString(),26}");
    }

    /// <summary>Measures, and writes the table to the folder and the screen.</summary>
    public static int Benchmark(Screen screen, string[] tasks, string[] methods, long[] seeds, string folder, bool json, CancellationToken cancellation)
    {
        RegressionBenchmark.Check(tasks, methods);
        using BenchmarkData? data = tasks is ["generated"] ? null : new BenchmarkData();
        IReadOnlyList<RegressionCell> cells = RegressionBenchmark.Run(tasks, methods, seeds, data, Heard, cancellation);
        string markdown = RegressionBenchmark.Markdown(cells), file = Path.Combine(folder, "regression.md");
        Directory.CreateDirectory(folder);
        AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(markdown)));
        if (json)
        {
            screen.Json(cells);
            return ExitCode.Success;
        }

        screen.Out.Write(markdown);
        screen.Out.WriteLine(file);
        return ExitCode.Success;

        void Heard(RegressionCell cell)
        {
            if (!screen.Quiet)
                screen.Error.WriteLine($"{cell.Task}, seed {cell.Seed}, {cell.Method}: RMSE {Numbers.Short(cell.Score.Rmse.Value)}");
        }
    }
}
