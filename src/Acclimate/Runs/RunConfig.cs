using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Torch;
using Acclimate.Training;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Acclimate.Runs;

/// <summary>All that a run is made of, kept in its folder as <c>config.yaml</c>: enough to repeat it or to go on with it.</summary>
public sealed record RunConfig
{
    private const int Format = 1;

    /// <summary>The version of the file's format.</summary>
    public int FormatVersion { get; init; } = Format;

    /// <summary>The labelled domain, as <see cref="Data.Domain.Open"/> reads it.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The domain to adapt to. Labels that it may have are kept aside for scoring.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>Labelled samples of the target's domain, for scoring only; none scores on the target's own labels, if it has any.</summary>
    public string? Test { get; init; }

    /// <summary>The method, by its name in the catalogue.</summary>
    public string Method { get; init; } = "dan";

    /// <summary>The method's options that are not left at their defaults.</summary>
    public Dictionary<string, string> Options { get; init; } = [];

    /// <summary>The backbone's name; none picks one by the samples' shape.</summary>
    public string? Backbone { get; init; }

    /// <summary>The side to which pictures are resized; none keeps it where all have one size, and is 64 otherwise.</summary>
    public int? Size { get; init; }

    /// <summary>Whether a file in a folder of pictures that is none is an error (true) or skipped and counted. Default false.</summary>
    public bool Strict { get; init; }

    /// <summary>
    /// Whether training shifts, mirrors and recolours pictures at random, each step anew. For photographs, not for digits
    /// or text, which a mirror turns into something else. Default false.
    /// </summary>
    public bool Augment { get; init; }

    /// <summary>Training steps; see <see cref="TrainerOptions.Steps"/>.</summary>
    public long Steps { get; init; } = new TrainerOptions().Steps;

    /// <summary>Passes over the source instead of steps; none counts steps.</summary>
    public double? Epochs { get; init; }

    /// <summary>Samples of each domain in a step.</summary>
    public int BatchSize { get; init; } = new TrainerOptions().BatchSize;

    /// <summary>The first learning rate.</summary>
    public double LearningRate { get; init; } = new TrainerOptions().LearningRate;

    /// <summary>The L2 penalty.</summary>
    public double WeightDecay { get; init; } = new TrainerOptions().WeightDecay;

    /// <summary>Where every random choice starts from.</summary>
    public long Seed { get; init; }

    /// <summary>Steps from one checkpoint to the next; none means each epoch, but 100 to 1,000 steps.</summary>
    public long? CheckpointSteps { get; init; }

    /// <summary>The numbers that are computed with.</summary>
    public string Precision { get; init; } = "float32";

    /// <summary>Threads that the run was started with: the same bits need the same number.</summary>
    public int Threads { get; init; }

    private static ISerializer Writer => new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull)
        .Build();

    private static IDeserializer Reader => new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .Build();

    /// <summary>Reads a run's configuration.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer format.</exception>
    public static RunConfig Load(string path)
    {
        RunConfig config;
        try
        {
            config = Reader.Deserialize<RunConfig>(File.ReadAllText(path))
                ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (YamlException e)
        {
            throw new InvalidDataException($"{path}, line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (config.FormatVersion != Format)
            throw new InvalidDataException($"{path} has format version {config.FormatVersion}; this program reads version {Format}");
        return config;
    }

    /// <summary>Writes the configuration.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true);
        writer.Write(Writer.Serialize(this));
    });

    /// <summary>How the network is trained, for a source of a size.</summary>
    /// <param name="sourceCount">How many samples the source has.</param>
    /// <exception cref="ArgumentException">An option is out of range: all of them, a line each.</exception>
    public TrainerOptions Trainer(int sourceCount)
    {
        if (Epochs is not null and not (> 0 and < 1e9))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"epochs is {Epochs}; expected a number above 0"));
        TrainerOptions options = new()
        {
            Steps = Epochs is { } epochs ? Math.Max(1, (long)Math.Ceiling(epochs * sourceCount / Math.Max(1, BatchSize))) : Steps,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            WeightDecay = WeightDecay,
            Seed = Seed,
            CheckpointSteps = CheckpointSteps,
        };
        options.Validate();
        return options;
    }

    /// <summary>The method with its options.</summary>
    /// <exception cref="ArgumentException">The method or an option is unknown, or a value can't be read.</exception>
    public Deep.Objective Objective() => (Deep.Objective)MethodCatalog.Find(Method).Create(Options);

    /// <summary>Refuses what can be refused before anything is read or written.</summary>
    /// <exception cref="ArgumentException">Something is unknown or out of range.</exception>
    public void Validate()
    {
        using Deep.Objective objective = Objective();
        _ = Trainer(1);
        if (Precision != "float32")
            throw new ArgumentException($"precision is '{Precision}'; expected float32");
        if (Backbone is not null && !Networks.Names.Contains(Backbone))
            throw new ArgumentException($"there is no backbone '{Backbone}'; known: {string.Join(", ", Networks.Names)}");
        if (Size is < 8 or > 1024)
            throw new ArgumentException($"size is {Size}; expected 8 to 1024 pixels");
    }
}
