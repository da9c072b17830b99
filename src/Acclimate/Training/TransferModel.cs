using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>Where a model comes from.</summary>
/// <param name="Method">The method's name in the catalogue.</param>
/// <param name="Options">The method's options.</param>
/// <param name="Source">The source domain, as it was named.</param>
/// <param name="Target">The target domain, as it was named.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Steps">Training steps taken; 0 for a method that takes none.</param>
/// <param name="Acclimate">The version that made it.</param>
/// <param name="Libtorch">The version of libtorch that it was made with.</param>
public sealed record Provenance(
    string Method, IReadOnlyDictionary<string, string> Options, string Source, string Target, long Seed, long Steps, string Acclimate, string Libtorch)
{
    /// <summary>The names of the preprocessing steps, for a shallow method.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preprocess { get; init; }

    /// <summary>The classifier that a shallow method was used with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Classifier { get; init; }
}

/// <summary>What a model says of some samples.</summary>
/// <param name="Classes">The classes' names.</param>
/// <param name="Indices">The most probable class of each sample.</param>
/// <param name="Probabilities">Each sample's probability of each class, row by row.</param>
public sealed record Predictions(IReadOnlyList<string> Classes, IReadOnlyList<int> Indices, IReadOnlyList<float[]> Probabilities);

/// <summary>
/// A trained classifier of the target's samples with everything needed to use it. Saved as a folder with
/// <c>model.safetensors</c> and <c>model.json</c>, which other tools can read.
/// </summary>
public abstract class TransferModel : IDisposable
{
    /// <summary>The version of the folder's format that this program writes, and the highest that it reads.</summary>
    public const int FormatVersion = 1;

    private protected const int PredictionBatch = 256;

    internal const string WeightsFile = "model.safetensors";
    private protected const string CardFile = "model.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutListsOfTensors } },
    };

    private protected TransferModel(IReadOnlyList<string> classes, Provenance provenance, TableEncoder? encoder, Vocabulary? vocabulary)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(provenance);
        Classes = classes;
        Provenance = provenance;
        Encoder = encoder;
        Vocabulary = vocabulary;
    }

    /// <summary>The classes' names, in the order of the model's scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Where the model comes from.</summary>
    public Provenance Provenance { get; }

    /// <summary>How a table's columns became features; none where the samples came from no table.</summary>
    public TableEncoder? Encoder { get; }

    /// <summary>Which words became features; none where the samples are no texts.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>The shape of a sample that the model takes: features, or channels × height × width, of which the sizes may differ.</summary>
    public abstract IReadOnlyList<long> InputShape { get; }

    /// <summary>Reads a model's folder: a <see cref="NetworkModel"/>, a <see cref="FeatureModel"/>, a <see cref="MixtureModel"/> or a <see cref="RegressionModel"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file is missing, damaged, of a newer format, or the two don't fit each other.</exception>
    public static TransferModel Load(string folder)
    {
        string cardPath = Path.Combine(folder, CardFile);
        string weightsPath = Path.Combine(folder, WeightsFile);
        Require(cardPath);
        using JsonDocument card = ReadCard(File.ReadAllText(cardPath), cardPath);
        string kind = card.RootElement.TryGetProperty("kind", out JsonElement said) ? said.ToString() : NetworkModel.Kind;
        switch (kind)
        {
            case MixtureModel.Kind:
                return MixtureModel.Read(card, cardPath);
            case NetworkModel.Kind:
                Require(weightsPath);
                return NetworkModel.Read(card, cardPath, weightsPath);
            case FeatureModel.Kind:
                Require(weightsPath);
                return FeatureModel.Read(card, cardPath, weightsPath);
            case RegressionModel.Kind:
                Require(weightsPath);
                return RegressionModel.Read(card, cardPath, weightsPath);
            default:
                throw new InvalidDataException(
                    $"{cardPath}: there is no kind of model '{kind}'; expected {NetworkModel.Kind}, {FeatureModel.Kind}, {MixtureModel.Kind} or {RegressionModel.Kind}");
        }

        void Require(string path)
        {
            if (!File.Exists(path))
                throw new InvalidDataException($"{folder} is no model: there is no {Path.GetFileName(path)} in it");
        }
    }

    /// <summary>Opens samples as this model takes them: a table's columns, or texts' words, become the features that the source's became.</summary>
    /// <param name="source">The source string, as <see cref="Domain.Open"/> reads it.</param>
    /// <exception cref="DataException">The samples can't be read, or are of another kind than those the model was trained on.</exception>
    public Domain Open(string source)
    {
        DomainOptions options = new() { Encoder = Encoder, Vocabulary = Vocabulary, FeatureCount = InputShape.Count == 1 ? (int)InputShape[0] : null };
        Domain domain = Domain.Open(source, options);
        try
        {
            Check(domain);
            return domain;
        }
        catch
        {
            domain.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model's folder; what was there is replaced only when everything is written.</summary>
    /// <param name="folder">The folder; made where it isn't there.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public abstract void Save(string folder);

    /// <summary>The classes of the target's samples, or of others like them.</summary>
    /// <param name="domain">The samples; labels are not looked at.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The samples are of another kind than those the model was trained on.</exception>
    public abstract Predictions Predict(Domain domain, CancellationToken cancellation = default);

    /// <summary>What the model's classifier sees of the target's samples: samples × features.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public abstract Tensor Features(Domain domain, CancellationToken cancellation = default);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets the tensors go.</summary>
    private protected abstract void Free();

    /// <summary>Writes both files. The card goes last: without it, there is no model.</summary>
    private protected static void Write<TCard>(string folder, TCard card, IEnumerable<KeyValuePair<string, Tensor>> tensors, JsonConverter[] converters)
    {
        Directory.CreateDirectory(folder);

        // The card first names what it refers to, so it is made before the tensors are written.
        string text = TextOf(card, indented: true, converters);
        Safetensors.Write(Path.Combine(folder, WeightsFile), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        WriteText(Path.Combine(folder, CardFile), text);
    }

    /// <summary>Writes a card that refers to no tensors.</summary>
    private protected static void WriteCard<TCard>(string path, TCard card) => WriteText(path, TextOf(card, indented: true));

    private static void WriteText(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>The card as text.</summary>
    private protected static string TextOf<TCard>(TCard card, bool indented, params JsonConverter[] converters) =>
        JsonSerializer.Serialize(card, new JsonSerializerOptions(With(converters)) { WriteIndented = indented });

    /// <summary>Reads the card as what it says it is.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    private protected static TCard Parse<TCard>(JsonDocument card, string path, params JsonConverter[] converters)
    {
        try
        {
            return card.Deserialize<TCard>(With(converters)) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Goes through a domain's samples in batches.</summary>
    private protected void ForEachBatch(Domain domain, Preprocessing preprocessing, CancellationToken cancellation, Action<Tensor> use)
    {
        ArgumentNullException.ThrowIfNull(domain);
        Check(domain);
        foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, PredictionBatch))
        {
            using (batch)
            {
                cancellation.ThrowIfCancellationRequested();
                using NoGrad noGrad = NoGrad.Begin();
                using TensorScope scope = TensorScope.Begin();
                use(batch.Inputs);
            }
        }
    }

    /// <summary>What lists an object's tensors (an override, which its base's attribute doesn't reach) says nothing that is not there already.</summary>
    private static void WithoutListsOfTensors(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].PropertyType == typeof(IEnumerable<Tensor>))
                type.Properties.RemoveAt(i);
        }
    }

    private static JsonSerializerOptions With(JsonConverter[] converters)
    {
        JsonSerializerOptions options = new(Json);
        foreach (JsonConverter converter in converters)
            options.Converters.Add(converter);
        return options;
    }

    /// <summary>Reads a card's text, of a format that this program knows.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer format; the message names the file.</exception>
    private protected static JsonDocument ReadCard(string text, string path)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(text);
            int version = document.RootElement.TryGetProperty("format_version", out JsonElement element) && element.TryGetInt32(out int number) ? number : 0;
            return version switch
            {
                > FormatVersion => throw new InvalidDataException($"{path} has format version {version}; this program reads up to {FormatVersion}: update it"),
                < 1 => throw new InvalidDataException($"{path} does not say its format version"),
                _ => document,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private void Check(Domain domain)
    {
        static string Kind(IReadOnlyList<long> shape) => shape.Count == 1 ? $"rows of {shape[0]} features" : "pictures";
        if (domain.SampleShape.Count != InputShape.Count || (InputShape.Count == 1 && domain.SampleShape[0] != InputShape[0]))
            throw new DataException($"{domain.Name} holds {Kind(domain.SampleShape)}; this model takes {Kind(InputShape)}, as {Provenance.Source} has them");
    }
}
