using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>Where a model comes from.</summary>
/// <param name="Method">The method's name in the catalogue.</param>
/// <param name="Options">The method's options.</param>
/// <param name="Source">The source domain, as it was named.</param>
/// <param name="Target">The target domain, as it was named.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Steps">Training steps taken.</param>
/// <param name="Acclimate">The version that made it.</param>
/// <param name="Libtorch">The version of libtorch that it was made with.</param>
public sealed record Provenance(
    string Method, IReadOnlyDictionary<string, string> Options, string Source, string Target, long Seed, long Steps, string Acclimate, string Libtorch);

/// <summary>What a model says of some samples.</summary>
/// <param name="Classes">The classes' names.</param>
/// <param name="Indices">The most probable class of each sample.</param>
/// <param name="Probabilities">Each sample's probability of each class, row by row.</param>
public sealed record Predictions(IReadOnlyList<string> Classes, IReadOnlyList<int> Indices, IReadOnlyList<float[]> Probabilities);

/// <summary>
/// A trained classifier with everything needed to use it: network, classes and preprocessing. Saved as a folder with
/// <c>model.safetensors</c> and <c>model.json</c>, which other tools can read.
/// </summary>
public sealed class TransferModel : IDisposable
{
    /// <summary>The version of the folder's format that this program writes, and the highest that it reads.</summary>
    public const int FormatVersion = 1;

    private const string WeightsFile = "model.safetensors";
    private const string CardFile = "model.json";
    private const int PredictionBatch = 256;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Puts a model together; it owns the network from here on.</summary>
    /// <param name="network">The trained network; put into evaluation mode.</param>
    /// <param name="classes">The classes' names, in the order of the network's scores.</param>
    /// <param name="preprocessing">What is done to samples before the network sees them; its random parts are left out.</param>
    /// <param name="provenance">Where the model comes from.</param>
    /// <param name="encoder">How a table's columns became features; none where the samples came from no table.</param>
    /// <exception cref="ArgumentException">The network tells another number of classes apart.</exception>
    public TransferModel(
        ClassifierNetwork network, IReadOnlyList<string> classes, Preprocessing preprocessing, Provenance provenance, TableEncoder? encoder = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (classes.Count != network.Spec.Classes)
            throw new ArgumentException($"the network tells {network.Spec.Classes} classes apart, but {classes.Count} names were given");
        Network = network;
        Classes = classes;
        Preprocessing = preprocessing.WithoutRandomness();
        Provenance = provenance;
        Encoder = encoder;
        network.Eval();
    }

    /// <summary>The trained network.</summary>
    public ClassifierNetwork Network { get; }

    /// <summary>The classes' names, in the order of the network's scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What is done to samples before the network sees them.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Where the model comes from.</summary>
    public Provenance Provenance { get; }

    /// <summary>How a table's columns became features; none where the samples came from no table.</summary>
    public TableEncoder? Encoder { get; }

    /// <summary>Reads a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file is missing, damaged, of a newer format, or the two don't fit each other.</exception>
    public static TransferModel Load(string folder)
    {
        string cardPath = Path.Combine(folder, CardFile);
        string weightsPath = Path.Combine(folder, WeightsFile);
        foreach (string path in (string[])[cardPath, weightsPath])
        {
            if (!File.Exists(path))
                throw new InvalidDataException($"{folder} is no model: there is no {Path.GetFileName(path)} in it");
        }

        Card card = ReadCard(cardPath);
        using Generator unused = new(0);
        ClassifierNetwork network;
        try
        {
            network = new(card.Network, unused);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{cardPath}: {e.Message}", e);
        }

        try
        {
            using TensorFile weights = Safetensors.Read(weightsPath);
            network.LoadState(weights.Tensors);
            return new TransferModel(network, card.Classes, card.Preprocessing, card.Provenance, card.Encoder);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            network.Dispose();
            throw new InvalidDataException($"{weightsPath} does not fit {cardPath}: {e.Message}", e);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Opens samples as this model takes them: a table's columns become the features that the source's became.</summary>
    /// <param name="source">The source string, as <see cref="Domain.Open"/> reads it.</param>
    /// <exception cref="DataException">The samples can't be read, or are of another kind than those the model was trained on.</exception>
    public Domain Open(string source)
    {
        IReadOnlyList<long> taken = Network.Spec.InputShape;
        Domain domain = Domain.Open(source, new DomainOptions { Encoder = Encoder, FeatureCount = taken.Count == 1 ? (int)taken[0] : null });
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
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        Safetensors.Write(
            Path.Combine(folder, WeightsFile),
            Network.NamedState(),
            new Dictionary<string, string> { ["format"] = "pt" });
        Card card = new(FormatVersion, Network.Spec, Classes, Preprocessing, Encoder, Provenance);
        AtomicFile.Write(Path.Combine(folder, CardFile), stream => JsonSerializer.Serialize(stream, card, Json));
    }

    /// <summary>The classes of samples.</summary>
    /// <param name="domain">The samples; labels are not looked at.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The samples can't be brought into the network's shape.</exception>
    public Predictions Predict(Domain domain, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(domain);
        List<int> indices = new(domain.Count);
        List<float[]> probabilities = new(domain.Count);
        ForEachBatch(domain, cancellation, activations =>
        {
            using Tensor softmax = Functional.Softmax(activations.Logits, 1);
            float[] all = softmax.ToArray<float>();
            for (int start = 0; start < all.Length; start += Classes.Count)
            {
                float[] row = all[start..(start + Classes.Count)];
                probabilities.Add(row);
                indices.Add(Array.IndexOf(row, row.Max()));
            }
        });
        return new Predictions(Classes, indices, probabilities);
    }

    /// <summary>What the network's classifier sees of samples: samples × features.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public Tensor Features(Domain domain, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(domain);
        List<Tensor> parts = [];
        try
        {
            ForEachBatch(domain, cancellation, activations => parts.Add(activations.Features.Clone().LeaveScopes()));
            return Tensor.Concatenate([.. parts]);
        }
        finally
        {
            parts.ForEach(static part => part.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private static Card ReadCard(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            int version = document.RootElement.TryGetProperty("format_version", out JsonElement element) && element.TryGetInt32(out int number) ? number : 0;
            if (version > FormatVersion)
                throw new InvalidDataException($"{path} has format version {version}; this program reads up to {FormatVersion}: update it");
            if (version < 1)
                throw new InvalidDataException($"{path} does not say its format version");
            return document.Deserialize<Card>(Json) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private void Check(Domain domain)
    {
        IReadOnlyList<long> taken = Network.Spec.InputShape;
        string Kind(IReadOnlyList<long> shape) => shape.Count == 1 ? $"rows of {shape[0]} features" : "pictures";
        if (domain.SampleShape.Count != taken.Count || (taken.Count == 1 && domain.SampleShape[0] != taken[0]))
            throw new DataException($"{domain.Name} holds {Kind(domain.SampleShape)}; this model takes {Kind(taken)}, as {Provenance.Source} has them");
    }

    private void ForEachBatch(Domain domain, CancellationToken cancellation, Action<Deep.Activations> use)
    {
        Check(domain);
        Network.Eval();
        foreach (Batch batch in BatchLoader.InOrder(domain, Preprocessing, PredictionBatch))
        {
            using (batch)
            {
                cancellation.ThrowIfCancellationRequested();
                using NoGrad noGrad = NoGrad.Begin();
                using TensorScope scope = TensorScope.Begin();
                use(Network.Activate(batch.Inputs));
            }
        }
    }

    private sealed record Card(
        int FormatVersion, NetworkSpec Network, IReadOnlyList<string> Classes, Preprocessing Preprocessing, TableEncoder? Encoder, Provenance Provenance);
}
