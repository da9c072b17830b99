using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Training;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Acclimate.Runs;

/// <summary>All that a run is made of, kept in its folder as <c>config.yaml</c>: enough to repeat it or to go on with it.</summary>
public sealed partial record RunConfig
{
    private const int Format = 1;
    private const string AutoPrecision = "auto";
    private const string Float32 = "float32";
    private const string Bfloat16 = "bf16";
    private const string Float64 = "float64";

    /// <summary>The version of the file's format.</summary>
    public int FormatVersion { get; init; } = Format;

    /// <summary>The labelled domain, as <see cref="Domain.Open"/> reads it.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Labelled domains that become one with the source, as <see cref="Domain.Merge"/> makes them; none leaves it as it is.</summary>
    public IList<string>? Also { get; init; }

    /// <summary>Whether domains that become one count alike, however many samples each has. Default false: as many as they have.</summary>
    public bool Balance { get; init; }

    /// <summary>The domain to adapt to; empty for a method that looks at none. Labels that it may have are kept aside for scoring.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>Labelled samples of the target's domain, for scoring only; none scores on the target's own labels, if it has any.</summary>
    public string? Test { get; init; }

    /// <summary>The method, by its name in the catalogue.</summary>
    public string Method { get; init; } = "dan";

    /// <summary>The method's options that are not left at their defaults.</summary>
    public Dictionary<string, string> Options { get; init; } = [];

    /// <summary>What a shallow method is used with, as <see cref="ClassifierCatalog.Parse"/> reads it; none is 1nn, and logistic where the method weighs samples.</summary>
    public string? Classifier { get; init; }

    /// <summary>
    /// What is done to samples before a shallow method sees them, as <see cref="PreprocessingRecipe.Parse"/> reads it; none
    /// is tfidf for texts, zscore-source for a method that weighs samples, and zscore for all else.
    /// </summary>
    public string? Preprocess { get; init; }

    /// <summary>A few labelled samples of the target's domain, in a place of their own, for a method that learns from such.</summary>
    public string? TargetLabelled { get; init; }

    /// <summary>
    /// Which of the target's own samples have labels that a method may learn from: a CSV with the columns <c>sample</c> and <c>label</c>, or how many of each class
    /// to draw, by the seed, from the labels that the target comes with. No figure is taken from these samples; all other labels stay hidden. None unless given.
    /// </summary>
    public string? TargetLabels { get; init; }

    /// <summary>Whether the method may learn from labels of the target, whichever way they are given.</summary>
    [YamlIgnore]
    public bool KnowsTarget => TargetLabelled is not null || TargetLabels is not null;

    /// <summary>
    /// A method that says what each source sample counts in a network's classification loss, by its name in the catalogue; none counts all the same. It is asked once, of the samples as the
    /// network is given them.
    /// </summary>
    public string? Weigh { get; init; }

    /// <summary>What is learnt beside the source's task, by a method that learns several; none unless given.</summary>
    public IList<TaskConfig>? Tasks { get; init; }

    /// <summary>The backbone's name; none picks the weights', or one by the samples' shape.</summary>
    public string? Backbone { get; init; }

    /// <summary>Weights that the network starts from, as <see cref="PretrainedWeights.Find"/> finds them; none starts from random values.</summary>
    public string? Weights { get; init; }

    /// <summary>The backbone's stages that stay as they are; see <see cref="FineTuning.Freeze"/>.</summary>
    public string? Freeze { get; init; }

    /// <summary>The stage from which on the backbone stays as it is; see <see cref="FineTuning.FreezeFrom"/>.</summary>
    public string? FreezeFrom { get; init; }

    /// <summary>Whether stages join one after another; see <see cref="FineTuning.Gradual"/>.</summary>
    public bool Gradual { get; init; }

    /// <summary>What the learning rate is multiplied by in the backbone; none is 1. See <see cref="FineTuning.BackboneRate"/>.</summary>
    public double? BackboneRate { get; init; }

    /// <summary>What a stage's rate is of the next one's; none is 1. See <see cref="FineTuning.LayerDecay"/>.</summary>
    public double? LayerDecay { get; init; }

    /// <summary>Where what frozen stages make of the samples is kept; see <see cref="FrontCache"/>.</summary>
    public FrontCache Cache { get; init; }

    /// <summary>The rank of matrices that learn beside the backbone's weights, which then stay; none where the weights learn. See <see cref="LowRank"/>.</summary>
    public int? Lora { get; init; }

    /// <summary>α of those matrices; none is their rank.</summary>
    public double? LoraAlpha { get; init; }

    /// <summary>The width of small layers that learn between the backbone's, whose weights then stay; none where the weights learn. See <see cref="Backbones.Adapters"/>.</summary>
    public int? Adapters { get; init; }

    /// <summary>The side to which pictures are resized; none keeps it where all have one size, and is 64 otherwise.</summary>
    public int? Size { get; init; }

    /// <summary>Whether a file in a folder of pictures that is none is an error (true) or skipped and counted. Default false.</summary>
    public bool Strict { get; init; }

    /// <summary>
    /// Whether the labels for scoring may have classes that the source doesn't have; they count as one class, <c>unknown</c>. Default false.
    /// </summary>
    public bool OpenSet { get; init; }

    /// <summary>
    /// Whether the source's own model is fitted too, and what is returned is hedged with it, by weights that no target label
    /// decides. Default false: the bare method.
    /// </summary>
    public bool Guard { get; init; }

    /// <summary>What is tried within which time, of a run that chooses by itself; none where <see cref="Method"/> says what is done. See <see cref="AutoRun"/>.</summary>
    public AutoOptions? Auto { get; init; }

    /// <summary>
    /// Whether training shifts, mirrors and recolours pictures at random, each step anew. For photographs, not for digits
    /// or text, which a mirror turns into something else. Default false.
    /// </summary>
    public bool Augment { get; init; }

    /// <summary>Training steps; see <see cref="TrainerOptions.Steps"/>.</summary>
    public long Steps { get; init; } = new TrainerOptions().Steps;

    /// <summary>Passes over the source instead of steps; none counts steps. A pass has as many steps as the source fills batches, and one where it doesn't fill one.</summary>
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

    /// <summary>
    /// What a network computes in: <c>float32</c>, <c>bf16</c>, or <c>auto</c>, which is bf16 where the processor has it in hardware. A run's file says which it was.
    /// </summary>
    public string Precision { get; init; } = AutoPrecision;

    /// <summary>
    /// Whether batch norm sees both domains in one batch (<c>shared</c>) or each by itself (<c>per-domain</c>); see <see cref="TrainerOptions.JointBatch"/>.
    /// </summary>
    public string BatchNorm { get; init; } = SharedBatchNorm;

    /// <summary>Threads that the run was started with: the same bits need the same number.</summary>
    public int Threads { get; init; }

    private const string SharedBatchNorm = "shared";
    private const string PerDomainBatchNorm = "per-domain";

    /// <summary>What a shallow method is used with: what was given, or 1nn; logistic for a method that weighs samples, which neighbours make nothing of.</summary>
    internal string ClassifierName => Classifier ?? (WeighsSamples ? "logistic" : "1nn");

    /// <summary>Whether the method weighs the source's samples.</summary>
    internal bool WeighsSamples => MethodCatalog.Find(Method).About.Family == Family.Instances;

    private static SerializerBuilder Writer => new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull);

    /// <summary>A shallow method's file says nothing of what only networks have.</summary>
    private static SerializerBuilder ShallowWriter => Writer
        .WithAttributeOverride<RunConfig>(static config => config.Augment, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.Steps, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.BatchSize, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.LearningRate, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.WeightDecay, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.Gradual, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.Cache, new YamlIgnoreAttribute())
        .WithAttributeOverride<RunConfig>(static config => config.BatchNorm, new YamlIgnoreAttribute());

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
        writer.Write((IsShallow ? ShallowWriter : Writer).Build().Serialize(this));
    });

    /// <summary>All that is not empty, off or 0: the same for the same run, whatever properties a later version adds.</summary>
    internal IReadOnlyList<string> Summary() => Writer
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitDefaults | DefaultValuesHandling.OmitEmptyCollections)
        .Build().Serialize(this).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>How the network is trained, for a source of a size.</summary>
    /// <param name="sourceCount">How many samples the source has.</param>
    /// <exception cref="ArgumentException">An option is out of range: all of them, a line each.</exception>
    public TrainerOptions Trainer(int sourceCount)
    {
        if (Epochs is not null and not (> 0 and < 1e9))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"epochs is {Epochs}; expected a number above 0"));
        TrainerOptions options = new()
        {
            Steps = Epochs is { } epochs ? Math.Max(1, (long)Math.Ceiling(epochs * BatchLoader.StepsOf(sourceCount, Math.Max(1, BatchSize)))) : Steps,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            WeightDecay = WeightDecay,
            Seed = Seed,
            CheckpointSteps = CheckpointSteps,
            JointBatch = BatchNorm == SharedBatchNorm,
            Precision = Precision == Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
            Cache = Cache,
            FineTuning = new FineTuning { Freeze = Freeze, FreezeFrom = FreezeFrom, Gradual = Gradual, BackboneRate = BackboneRate ?? 1, LayerDecay = LayerDecay ?? 1 },
        };
        options.Validate();
        return options;
    }

    /// <summary>What learns beside the backbone's weights; none where they learn themselves.</summary>
    internal Addition? Addition() => Lora is { } rank ? new LowRank(rank, LoraAlpha ?? rank) : Adapters is { } size ? new Adapters(size) : null;

    /// <summary>The backbone's name, where it was given or the weights tell it.</summary>
    internal string? NetworkName => Backbone ?? (Weights is null ? null : PretrainedWeights.BackboneOf(Weights));

    /// <summary>Whether the method is a shallow one, which is fitted and not trained step by step.</summary>
    [YamlIgnore]
    public bool IsShallow => MethodCatalog.Find(Method).IsShallow;

    /// <summary>The method with its options, where it trains a network.</summary>
    /// <exception cref="ArgumentException">The method or an option is unknown, or a value can't be read.</exception>
    public Deep.Objective Objective() => MethodCatalog.Find(Method).OfSamples() is { IsNetwork: true } entry
        ? (Deep.Objective)entry.Create(Options)
        : throw new ArgumentException($"{Method} trains no network");

    /// <summary>The source and what becomes one with it, in words.</summary>
    internal string Sources => string.Join(" + ", [Source, .. Also ?? []]);

    /// <summary>Whether each domain is normalised by itself.</summary>
    internal bool NormalisesEach => BatchNorm == PerDomainBatchNorm;

    /// <summary>The classes that the method's classifier has beside the source's.</summary>
    internal IReadOnlyList<string> ExtraClasses()
    {
        if (IsShallow)
            return FeatureMethod().ExtraClasses;
        using Deep.Objective objective = Objective();
        return objective.ExtraClasses;
    }

    /// <summary>The method with its options, where it is a shallow one.</summary>
    /// <exception cref="ArgumentException">The method or an option is unknown, or a value can't be read.</exception>
    public FeatureMethod FeatureMethod() => (FeatureMethod)MethodCatalog.Find(Method).Create(Options);

    /// <summary>Whether the target may have other features than the source.</summary>
    internal bool TakesDifferentFeatures => IsShallow && FeatureMethod().TakesDifferentFeatures;

    /// <summary>Whether the source's labels, if it has any, are not looked at.</summary>
    internal bool LooksAtTargetLabelsAlone => MethodCatalog.Find(Method).About.Setting == LabelSetting.TargetOnly;

    /// <summary>The same with what depends on the machine and on the kind of method.</summary>
    internal RunConfig Settled() => this with { Threads = Threads > 0 ? Threads : Engine.Threads, Precision = IsShallow ? Float64 : Precision != AutoPrecision ? Precision : Engine.HasBfloat16 ? Bfloat16 : Float32 };
}
