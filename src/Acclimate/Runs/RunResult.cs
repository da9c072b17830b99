using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>How good predictions are where labels are known.</summary>
/// <param name="Accuracy">The share that is right, from 0 to 1.</param>
/// <param name="Low">The lower end of its 95 % confidence interval (Wilson).</param>
/// <param name="High">The upper end.</param>
/// <param name="MacroF1">The mean of the classes' F1.</param>
/// <param name="Samples">How many samples were scored.</param>
public sealed record Score(double Accuracy, double Low, double High, double MacroF1, int Samples)
{
    /// <summary>The mean over the classes of the share that is right; none in results of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MacroRecall { get; init; }
}

/// <summary>The best checkpoint by the target's labels: what can't be known in earnest, only for comparing with papers.</summary>
/// <param name="Accuracy">Its accuracy, from 0 to 1.</param>
/// <param name="Step">The step at which it was.</param>
public sealed record Oracle(double Accuracy, long Step);

/// <summary>What a further task came to.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Source">Its labelled samples, as they were named.</param>
/// <param name="Classes">Its classes, in the order of its model's scores.</param>
/// <param name="Honest">The score of the last step; none where no samples were given for scoring.</param>
/// <param name="Confusion">How often each true class (row) was taken for each class (column); none without a score.</param>
public sealed record TaskResult(string Name, string Source, IReadOnlyList<string> Classes, Score? Honest, IReadOnlyList<IReadOnlyList<long>>? Confusion);

/// <summary>What a run came to, kept as <c>result.json</c>.</summary>
public sealed record RunResult
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The version of the file's format.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>What the figures rest on, in words.</summary>
    public string Protocol { get; init; } = "the model of the last step; no target label was used in training or in choosing; labels given for scoring only";

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>All its options, defaults too.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The source domain, as it was named.</summary>
    public required string Source { get; init; }

    /// <summary>The target domain, as it was named.</summary>
    public required string Target { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Training steps taken; 0 for a shallow method.</summary>
    public long Steps { get; init; }

    /// <summary>The numbers that were computed with.</summary>
    public required string Precision { get; init; }

    /// <summary>Threads used.</summary>
    public required int Threads { get; init; }

    /// <summary>Seconds that training or fitting took, of the last stretch where the run was interrupted.</summary>
    public required double Seconds { get; init; }

    /// <summary>Versions of what computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The classes, in the order of the model's scores; scored as an open set, the unknown class is the last even where the model has none.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The preprocessing steps' names, of a shallow method.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preprocess { get; init; }

    /// <summary>The classifier that a shallow method was used with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Classifier { get; init; }

    /// <summary>What the fit of a shallow method can show for itself; of a network whose source samples are weighed, what the weights can.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Certificate? Certificate { get; init; }

    /// <summary>The score of the last step, or of the fit; none where no labels were given for scoring.</summary>
    public Score? Honest { get; init; }

    /// <summary>What the score comes to over known and unknown classes; none unless asked for by <see cref="RunConfig.OpenSet"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OpenSetScore? OpenSet { get; init; }

    /// <summary>The best checkpoint's; none where there are no checkpoints or no labels were given for scoring.</summary>
    public Oracle? Oracle { get; init; }

    /// <summary>
    /// How well the target's samples find source samples of their class by hash codes, of a method that learns such; none
    /// without labels for scoring.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Retrieval? Retrieval { get; init; }

    /// <summary>What the harm guard did; none where it was not asked for. With it, <see cref="Honest"/> is the score of the hedge that is returned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GuardReport? Guard { get; init; }

    /// <summary>What was tried, of a run that chose by itself. With it, <see cref="Method"/> is what it began with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AutoReport? Auto { get; init; }

    /// <summary>The further tasks, of a run that learns several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TaskResult>? Tasks { get; init; }

    /// <summary>How often each true class (row) was taken for each class (column); none without labels.</summary>
    public IReadOnlyList<IReadOnlyList<long>>? Confusion { get; init; }

    /// <summary>Reads a result.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static RunResult Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunResult>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes the result.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));
}
