using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <content>What a network learnt beside weights that stayed: its adapter, a small file of its own.</content>
public sealed partial class NetworkModel
{
    /// <summary>What the adapter is called in a model's folder.</summary>
    public const string AdapterFile = "adapter.safetensors";

    private const string CardKey = "card";
    private const string BaseKey = "base";

    /// <summary>
    /// Reads an adapter onto the weights that it was trained beside. The file says what the network is made of, its classes and preprocessing.
    /// </summary>
    /// <param name="adapter">The adapter's file.</param>
    /// <param name="weights">The weights, as <see cref="PretrainedWeights.Load"/> reads them.</param>
    /// <exception cref="InvalidDataException">A file is damaged, is no such file, or the two don't belong together: names and shapes, or that the weights are others.</exception>
    /// <exception cref="IOException">A file is not there or can't be read.</exception>
    public static NetworkModel LoadAdapter(string adapter, string weights)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        using TensorFile file = Safetensors.Read(adapter);
        if (!file.Metadata.TryGetValue(CardKey, out string? text) || !file.Metadata.TryGetValue(BaseKey, out string? expected))
            throw new InvalidDataException($"{adapter} is no adapter: it does not say what it belongs to. Expected the {AdapterFile} of a model trained with --lora or --adapters");
        using JsonDocument document = ReadCard(text, adapter);
        Card card = Parse<Card>(document, adapter);
        if (card.Network.Addition is not { } addition)
            throw new InvalidDataException($"{adapter} is damaged: its card names nothing that learnt beside weights");
        ClassifierNetwork network = Build(card.Network.With(null), adapter);
        try
        {
            PretrainedWeights.Load(network, weights);
            string found = Fingerprint(network, addition);
            Adopt(network, addition, file.Tensors, adapter);
            if (found != expected)
                throw new InvalidDataException($"{weights} has the names and shapes that {adapter} needs, but other values than those that it was trained beside (SHA-256 of the backbone {Short(found)}, expected {Short(expected)})");
            return new NetworkModel(network, card.Classes, card.Preprocessing, card.Provenance, card.Encoder, card.Vocabulary);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        static string Short(string hash) => hash.Length > 12 ? hash[..12] + "…" : hash;
    }

    /// <summary>Writes what was learnt beside the backbone's weights and nothing else: low-rank matrices or adapters, what learns along with them, and all behind the backbone.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <exception cref="InvalidOperationException">The backbone's own weights were learnt: there is no adapter.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public void SaveAdapter(string path)
    {
        Addition addition = RequireAddition();
        Safetensors.Write(path, Network.Learnt(addition), new Dictionary<string, string>
        {
            ["format"] = "pt",
            [CardKey] = TextOf(CardOf(), indented: false),
            [BaseKey] = Fingerprint(Network, addition),
        });
    }

    /// <summary>The same model with its low-rank matrices folded into the weights: a plain one, that computes the same up to rounding.</summary>
    /// <exception cref="InvalidOperationException">There are none, or there are adapters, which can't be folded.</exception>
    public NetworkModel Merged()
    {
        RequireAddition();
        return new NetworkModel(Network.Merged(), Classes, Preprocessing, Provenance, Encoder, Vocabulary);
    }

    /// <summary>Adds what learns beside the weights, and takes over all that an adapter's file holds.</summary>
    private static void Adopt(ClassifierNetwork network, Addition addition, IReadOnlyDictionary<string, Tensor> learnt, string adapter)
    {
        try
        {
            using Generator unused = new(0);
            network.LearnBeside(addition, unused);
            IReadOnlyDictionary<string, Tensor> wanted = network.Learnt(addition);
            Dictionary<string, Tensor> state = network.NamedState().Where(pair => !wanted.ContainsKey(pair.Key)).ToDictionary();
            foreach ((string name, Tensor tensor) in learnt)
            {
                if (!state.TryAdd(name, tensor))
                    throw new InvalidDataException($"it holds {name}, which is the weights' own");
            }

            network.LoadState(state);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            throw new InvalidDataException($"{adapter} is damaged: {e.Message}", e);
        }
    }

    /// <summary>The SHA-256 of what an adapter is trained beside. Counts of batches, which older weights lack, are left out.</summary>
    private static string Fingerprint(ClassifierNetwork network, Addition addition)
    {
        IReadOnlyDictionary<string, Tensor> learnt = network.Learnt(addition);
        using NoGrad noGrad = NoGrad.Begin();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in network.Backbone.NamedState().OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (learnt.ContainsKey(ClassifierNetwork.BackboneName + name) || name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                continue;
            using Tensor packed = tensor.Contiguous();
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(packed.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Addition RequireAddition() => Network.Spec.Addition
        ?? throw new InvalidOperationException($"a model of {Provenance.Method} that learnt its backbone's own weights has no adapter; one trained with --lora or --adapters has");
}
