using System.Text.Json;
using System.Text.Json.Nodes;
using Acclimate.Reports;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// <c>metrics.jsonl</c>: one JSON object a line. A run that goes on first drops what was written after its checkpoint,
/// and a last line that was cut off.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private const int StepsPerLine = 10;
    private readonly StreamWriter writer;
    private readonly HashSet<long> judged;

    /// <summary>Opens the log of a run that has done some steps.</summary>
    public MetricsLog(string path, long stepsDone)
    {
        string[] kept = File.Exists(path) ? [.. Lines(path).Where(line => line.Step <= stepsDone).Select(static line => line.Text)] : [];
        Torch.AtomicFile.Write(path, stream =>
        {
            using StreamWriter all = new(stream, leaveOpen: true);
            foreach (string line in kept)
                all.Write(line + "\n");
        });
        writer = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
        JsonObject[] lines = [.. kept.Select(static line => JsonNode.Parse(line)!.AsObject())];
        judged = [.. lines.Where(static line => line.Any(static figure => figure.Key.StartsWith(Curve.Validator, StringComparison.Ordinal))).Select(static line => line["step"]!.GetValue<long>())];
        Scores = [.. lines
            .Where(static line => line.ContainsKey(ScoreKey))
            .Select(static line => (line["step"]!.GetValue<long>(), line[ScoreKey]!.GetValue<double>()))];
    }

    /// <summary>Accuracy on the scoring labels at each checkpoint so far. Nothing is chosen by it.</summary>
    public List<(long Step, double Accuracy)> Scores { get; }

    private static string ScoreKey => "scoring_only_target_accuracy";

    public void Write(StepReport report)
    {
        if (report.Step % StepsPerLine != 0 && report.Step != report.Steps)
            return;
        JsonObject line = new() { ["step"] = report.Step, ["learning_rate"] = report.LearningRate, ["gradient_norm"] = report.GradientNorm };
        foreach ((string term, double value) in report.Terms)
            line[term] = value;
        foreach ((string term, double weight) in report.Weights.Where(static pair => pair.Value != 1))
            line[$"{term}.weight"] = weight;
        writer.WriteLine(line.ToJsonString());
    }

    public void WriteScore(long step, double accuracy)
    {
        Scores.Add((step, accuracy));
        writer.WriteLine(new JsonObject { ["step"] = step, [ScoreKey] = accuracy }.ToJsonString());
    }

    /// <summary>What validators say at a checkpoint, unless the log has it.</summary>
    public void WriteValidators(long step, IReadOnlyDictionary<string, double> said)
    {
        if (said.Count == 0 || !judged.Add(step))
            return;
        JsonObject line = new() { ["step"] = step };
        foreach ((string validator, double score) in said)
            line[Curve.Validator + validator] = score;
        writer.WriteLine(line.ToJsonString());
    }

    /// <summary>Whether the log has what validators say at a checkpoint.</summary>
    public bool IsJudged(long step) => judged.Contains(step);

    public void Dispose() => writer.Dispose();

    private static IEnumerable<(string Text, long Step)> Lines(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            long step;
            try
            {
                step = JsonNode.Parse(line)!["step"]!.GetValue<long>();
            }
            catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
            {
                yield break;
            }

            yield return (line, step);
        }
    }
}
