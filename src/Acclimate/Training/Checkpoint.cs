using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// Everything a run needs to go on: parameters, buffers, the objective's own network, the optimizer and the position,
/// in one safetensors file that is replaced as a whole. Every random draw is a function of the seed and the step, so
/// the position is all that there is to know of the generators.
/// </summary>
internal static class Checkpoint
{
    private const string StepKey = "step";
    private const string SeedKey = "seed";
    private const string NetworkPart = "network.";
    private const string ObjectivePart = "objective.";
    private const string OptimizerPart = "optimizer.";

    public static void Save(string path, long step, long seed, ClassifierNetwork network, Objective objective, StageOptimizers? optimizers)
    {
        using TensorScope scope = TensorScope.Begin();
        IEnumerable<KeyValuePair<string, Tensor>> state =
        [
            .. Prefixed(NetworkPart, network.NamedState()),
            .. Prefixed(ObjectivePart, objective.Network?.NamedState() ?? []),
            .. Prefixed(OptimizerPart, optimizers?.State() ?? []),
        ];
        Safetensors.Write(path, state, new Dictionary<string, string>
        {
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
            [SeedKey] = seed.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>How many steps the run of a checkpoint has done; 0 where there is no checkpoint yet.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static long StepsDone(string path) => File.Exists(path) ? StepOf(path, Safetensors.ReadMetadata(path)) : 0;

    /// <summary>Restores a run; where a new stage begins, there is no optimizer to restore.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another run.</exception>
    public static void Load(string path, long seed, ClassifierNetwork network, Objective objective, StageOptimizers? optimizers)
    {
        using TensorFile file = Safetensors.Read(path);
        if (file.Metadata.GetValueOrDefault(SeedKey) != seed.ToString(CultureInfo.InvariantCulture))
            throw new InvalidDataException($"{path} belongs to a run with seed {file.Metadata.GetValueOrDefault(SeedKey)}, not {seed}");
        network.LoadState(Part(file.Tensors, NetworkPart));
        objective.Network?.LoadState(Part(file.Tensors, ObjectivePart));
        optimizers?.LoadState(Part(file.Tensors, OptimizerPart));
    }

    /// <summary>Restores the network alone.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void LoadNetwork(string path, ClassifierNetwork network)
    {
        using TensorFile file = Safetensors.Read(path);
        network.LoadState(Part(file.Tensors, NetworkPart));
    }

    private static long StepOf(string path, IReadOnlyDictionary<string, string> metadata) =>
        long.TryParse(metadata.GetValueOrDefault(StepKey), NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            ? step
            : throw new InvalidDataException($"{path} is no checkpoint: it does not say which step it was taken at");

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, IEnumerable<KeyValuePair<string, Tensor>> part) =>
        part.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> all, string prefix) =>
        all.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[prefix.Length..], static pair => pair.Value);
}
