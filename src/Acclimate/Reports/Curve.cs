using System.Text.Json;

namespace Acclimate.Reports;

/// <summary>A figure at a step.</summary>
/// <param name="Step">The step, or the round.</param>
/// <param name="Value">The figure; finite.</param>
internal readonly record struct CurvePoint(double Step, double Value);

/// <summary>How a figure went while a run learnt.</summary>
/// <param name="Name">What it is, as the run's log calls it.</param>
/// <param name="Points">Its values, one or more, by step.</param>
internal sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>The target accuracy at checkpoints, by labels that were kept for scoring.</summary>
    public const string Score = "scoring_only_target_accuracy";

    /// <summary>The learning rate.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>The length of the loss's gradient.</summary>
    public const string GradientNorm = "gradient_norm";

    /// <summary>What the names of validators' scores begin with.</summary>
    public const string Validator = "validator.";

    /// <summary>What the names of terms' weights end with.</summary>
    public const string Weight = ".weight";

    /// <summary>Whether it is a term of the loss.</summary>
    public bool IsTerm => Name is not (Score or LearningRate or GradientNorm) && !Name.StartsWith(Validator, StringComparison.Ordinal) && !Name.EndsWith(Weight, StringComparison.Ordinal);

    /// <summary>Every figure in a run's log; none where there is no log. A line that was cut off ends it.</summary>
    /// <param name="path">The run's <c>metrics.jsonl</c>.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyList<Curve> Read(string path)
    {
        Dictionary<string, List<CurvePoint>> curves = new(StringComparer.Ordinal);
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                double step = document.RootElement.GetProperty("step").GetDouble();
                foreach (JsonProperty figure in document.RootElement.EnumerateObject())
                {
                    if (figure.Name == "step" || figure.Value.ValueKind != JsonValueKind.Number)
                        continue;
                    if (!curves.TryGetValue(figure.Name, out List<CurvePoint>? points))
                        curves[figure.Name] = points = [];
                    points.Add(new CurvePoint(step, figure.Value.GetDouble()));
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                break;
            }
        }

        return [.. curves.Select(static pair => new Curve(pair.Key, pair.Value))];
    }
}
