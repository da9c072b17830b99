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
    private const string BackboneName = "backbone.";

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
            throw new InvalidDataException($"{adapter} is no adapter: it does not say what it belongs to. Expected the {AdapterFile} of a model trained with --lora");
        using JsonDocument document = ReadCard(text, adapter);
        Card card = Parse<Card>(document, adapter);
        if (card.Network.LowRank is not { } lowRank)
            throw new InvalidDataException($"{adapter} is damaged: its card names no low rank");
        ClassifierNetwork network = Build(card.Network with { LowRank = null }, adapter);
        try
        {
            PretrainedWeights.Load(network, weights);
            string found = Fingerprint(network.Backbone);
            Adopt(network, lowRank, file.Tensors, adapter);
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

    /// <summary>Writes what was learnt beside the backbone's weights and nothing else: the low-rank matrices, and all behind the backbone.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <exception cref="InvalidOperationException">The backbone's own weights were learnt: there is no adapter.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public void SaveAdapter(string path)
    {
        RequireLowRank();
        Safetensors.Write(path, Network.NamedState().Where(static pair => IsLearnt(pair.Key)), new Dictionary<string, string>
        {
            ["format"] = "pt",
            [CardKey] = TextOf(CardOf(), indented: false),
            [BaseKey] = Fingerprint(Network.Backbone),
        });
    }

    /// <summary>The same model with its low-rank matrices folded into the weights: a plain one, that computes the same up to rounding.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public NetworkModel Merged()
    {
        RequireLowRank();
        return new NetworkModel(Network.Merged(), Classes, Preprocessing, Provenance, Encoder, Vocabulary);
    }

    /// <summary>Adds low-rank matrices, and takes over all that an adapter holds.</summary>
    private static void Adopt(ClassifierNetwork network, LowRank lowRank, IReadOnlyDictionary<string, Tensor> learnt, string adapter)
    {
        try
        {
            using Generator unused = new(0);
            network.AddLowRank(lowRank, unused);
            Dictionary<string, Tensor> state = network.NamedState().Where(static pair => !IsLearnt(pair.Key)).ToDictionary();
            foreach ((string name, Tensor tensor) in learnt)
                state[IsLearnt(name) ? name : throw new InvalidDataException($"it holds {name}, which is the weights' own")] = tensor;
            network.LoadState(state);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            throw new InvalidDataException($"{adapter} is damaged: {e.Message}", e);
        }
    }

    private static bool IsLearnt(string name) => !name.StartsWith(BackboneName, StringComparison.Ordinal) || LowRankLayer.IsAddition(name);

    /// <summary>The SHA-256 of what an adapter is trained beside. Counts of batches, which older weights lack, are left out.</summary>
    private static string Fingerprint(Backbone backbone)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in backbone.NamedState().OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (LowRankLayer.IsAddition(name) || name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                continue;
            using Tensor packed = tensor.Contiguous();
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(packed.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void RequireLowRank()
    {
        if (Network.Spec.LowRank is null)
            throw new InvalidOperationException($"a model of {Provenance.Method} that learnt its backbone's own weights has no adapter; one trained with --lora has");
    }
}
