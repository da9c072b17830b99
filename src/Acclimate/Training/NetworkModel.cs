using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>A trained network with its classes and preprocessing.</summary>
public sealed partial class NetworkModel : TransferModel
{
    internal const string Kind = "network";

    /// <summary>Puts a model together; it owns the network from here on.</summary>
    /// <param name="network">The trained network; put into evaluation mode.</param>
    /// <param name="classes">The classes' names, in the order of the network's scores.</param>
    /// <param name="preprocessing">What is done to samples before the network sees them; its random parts are left out.</param>
    /// <param name="provenance">Where the model comes from.</param>
    /// <param name="encoder">How a table's columns became features; none where the samples came from no table.</param>
    /// <param name="vocabulary">Which words became features; none where the samples are no texts.</param>
    /// <exception cref="ArgumentException">The network tells another number of classes apart.</exception>
    public NetworkModel(
        ClassifierNetwork network, IReadOnlyList<string> classes, Preprocessing preprocessing, Provenance provenance, TableEncoder? encoder = null,
        Vocabulary? vocabulary = null)
        : base(classes, provenance, encoder, vocabulary)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (classes.Count != network.Spec.Classes)
            throw new ArgumentException($"the network tells {network.Spec.Classes} classes apart, but {classes.Count} names were given");
        Network = network;
        Preprocessing = preprocessing.WithoutRandomness();
        network.Eval();
    }

    /// <summary>The trained network.</summary>
    public ClassifierNetwork Network { get; }

    /// <summary>What is done to samples before the network sees them.</summary>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> InputShape => Network.Spec.InputShape;

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        if (Network.Spec.Addition is not null)
            SaveAdapter(Path.Combine(folder, AdapterFile));
        Write(folder, CardOf(), Network.NamedState(), []);
    }

    /// <inheritdoc/>
    public override Predictions Predict(Domain domain, CancellationToken cancellation = default)
    {
        List<int> indices = [];
        List<float[]> probabilities = [];
        Network.Eval();
        ForEachBatch(domain, Preprocessing, cancellation, inputs =>
        {
            float[] all = Functional.Softmax(Network.Activate(inputs).Logits, 1).ToArray<float>();
            for (int start = 0; start < all.Length; start += Classes.Count)
            {
                float[] row = all[start..(start + Classes.Count)];
                probabilities.Add(row);
                indices.Add(Array.IndexOf(row, row.Max()));
            }
        });
        return new Predictions(Classes, indices, probabilities);
    }

    /// <inheritdoc/>
    public override Tensor Features(Domain domain, CancellationToken cancellation = default) => Rows(domain, "features", cancellation);

    /// <summary>A layer's outputs for every sample, a row each; see <see cref="ClassifierNetwork.Rows"/>.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no such layer.</exception>
    public Tensor Rows(Domain domain, string layer, CancellationToken cancellation = default)
    {
        List<Tensor> parts = [];
        Network.Eval();
        try
        {
            ForEachBatch(domain, Preprocessing, cancellation, inputs => parts.Add(Network.Rows(inputs, layer).Clone().LeaveScopes()));
            return Tensor.Concatenate([.. parts]);
        }
        finally
        {
            parts.ForEach(static part => part.Dispose());
        }
    }

    /// <summary>Whether the features are hash codes: the network ends in a tanh layer before its classifier.</summary>
    public bool HasCodes => Network.Spec.Bottleneck is { Activation: BottleneckActivation.Tanh };

    /// <summary>The samples' hash codes: the signs of their features.</summary>
    /// <param name="domain">The samples; labels are not looked at.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InvalidOperationException">The network has none.</exception>
    public BinaryCodes Codes(Domain domain, CancellationToken cancellation = default)
    {
        if (!HasCodes)
            throw new InvalidOperationException($"a model of {Provenance.Method} has no hash codes; one of dhn has");
        using Tensor features = Features(domain, cancellation);
        return BinaryCodes.From(features);
    }

    internal static NetworkModel Read(JsonDocument document, string cardPath, string weightsPath)
    {
        Card card = Parse<Card>(document, cardPath);
        ClassifierNetwork network = Build(card.Network, cardPath);
        try
        {
            using TensorFile weights = Safetensors.Read(weightsPath);
            network.LoadState(weights.Tensors);
            return new NetworkModel(network, card.Classes, card.Preprocessing, card.Provenance, card.Encoder, card.Vocabulary);
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

    /// <summary>What a saved model says of a file of weights in its folder; none where that belongs to no saved network.</summary>
    /// <exception cref="InvalidDataException">The card is damaged.</exception>
    internal static Description? Describe(string weightsFile)
    {
        string cardPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weightsFile))!, CardFile);
        if (Path.GetFileName(weightsFile) != WeightsFile || !File.Exists(cardPath))
            return null;
        using JsonDocument document = ReadCard(File.ReadAllText(cardPath), cardPath);
        if (document.RootElement.TryGetProperty("kind", out JsonElement kind) && kind.ToString() != Kind)
            throw new InvalidDataException($"{cardPath}: a shallow method's model has no network whose weights could be taken");
        Card card = Parse<Card>(document, cardPath);
        return new Description(card.Network, card.Classes, card.Preprocessing, card.Encoder, card.Vocabulary);
    }

    private static ClassifierNetwork Build(NetworkSpec spec, string cardPath)
    {
        using Generator unused = new(0);
        try
        {
            return new ClassifierNetwork(spec, unused);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{cardPath}: {e.Message}", e);
        }
    }

    private Card CardOf() => new(FormatVersion, Network.Spec, Classes, Preprocessing, Encoder, Provenance) { Vocabulary = Vocabulary };

    /// <inheritdoc/>
    private protected override void Free() => Network.Dispose();

    /// <summary>What a saved model says of itself.</summary>
    /// <param name="Network">What its network is made of.</param>
    /// <param name="Classes">Its classes, in the order of its scores.</param>
    /// <param name="Preprocessing">What its samples went through.</param>
    /// <param name="Encoder">How a table's columns became its features.</param>
    /// <param name="Vocabulary">Which words did.</param>
    internal sealed record Description(NetworkSpec Network, IReadOnlyList<string> Classes, Preprocessing Preprocessing, TableEncoder? Encoder, Vocabulary? Vocabulary);

    private sealed record Card(
        int FormatVersion, NetworkSpec Network, IReadOnlyList<string> Classes, Preprocessing Preprocessing, TableEncoder? Encoder, Provenance Provenance)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Vocabulary? Vocabulary { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Kind { get; init; }
    }
}
