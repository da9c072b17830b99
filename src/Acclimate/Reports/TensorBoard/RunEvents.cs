using Acclimate.Runs;
using Acclimate.Torch;

namespace Acclimate.Reports.TensorBoard;

/// <summary>A run's figures for TensorBoard.</summary>
public static class RunEvents
{
    /// <summary>The one file that a folder gets: written again, it is replaced.</summary>
    public const string FileName = "events.out.tfevents.0000000000.acclimate";

    /// <summary>
    /// Writes what the run's log holds as scalars: <c>terms/…</c>, <c>weights/…</c>, <c>validators/…</c>, <c>learning_rate</c>, <c>gradient_norm</c>,
    /// <c>scoring_only/target_accuracy</c>; of a fit with rounds, <c>objective</c> by round; of a complete run, <c>honest/target_accuracy</c>.
    /// </summary>
    /// <param name="folder">The run, complete or not.</param>
    /// <param name="path">The folder to write to; made where it is missing.</param>
    /// <returns>How many figures were written.</returns>
    /// <exception cref="InvalidDataException">The folder holds no run, or its result is damaged.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static int Write(RunFolder folder, string path)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        folder.Open();
        RunResult? result = File.Exists(folder.Result) ? RunResult.Load(folder.Result) : null;
        (string Tag, long Step, double Value)[] figures =
        [
            .. Curve.Read(folder.Metrics).SelectMany(static curve => curve.Points.Select(point => (TagOf(curve.Name), (long)point.Step, point.Value))),
            .. (result?.Certificate?.Objective ?? []).Select(static (value, round) => ("objective", round + 1L, value)),
            .. result?.Honest is { } honest ? [("honest/target_accuracy", result.Steps, honest.Accuracy)] : Array.Empty<(string, long, double)>(),
        ];

        // TensorBoard shows when a figure was logged; all that is known is when the last one was.
        double time = new DateTimeOffset(File.GetLastWriteTimeUtc(File.Exists(folder.Metrics) ? folder.Metrics : folder.Config)).ToUnixTimeMilliseconds() / 1000.0;
        AtomicFile.Write(Path.Combine(path, FileName), stream =>
        {
            EventFile events = new(stream, time);
            foreach ((string tag, long step, double value) in figures)
                events.Scalar(tag, step, value);
        });
        return figures.Length;
    }

    private static string TagOf(string name) => name switch
    {
        Curve.Score => "scoring_only/target_accuracy",
        Curve.LearningRate or Curve.GradientNorm => name,
        _ when name.StartsWith(Curve.Validator, StringComparison.Ordinal) => $"validators/{name[Curve.Validator.Length..]}",
        _ when name.EndsWith(Curve.Weight, StringComparison.Ordinal) => $"weights/{name[..^Curve.Weight.Length]}",
        _ => $"terms/{name}",
    };
}
