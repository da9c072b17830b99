using System.Text;
using Acclimate.Downloads;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Backbones;

/// <summary>What a weights file gave a network.</summary>
/// <param name="Path">The file.</param>
/// <param name="Loaded">How many of the backbone's tensors were taken over: all of them.</param>
/// <param name="Head">Whether the classifier was taken over too; where not, it keeps its first values.</param>
/// <param name="HeadShape">The file's classifier, where it has one: classes × features.</param>
public sealed record LoadedWeights(string Path, int Loaded, bool Head, IReadOnlyList<long>? HeadShape)
{
    /// <summary>
    /// How many features the file's layer between backbone and classifier gave, where it has one that was not taken over: the network has none, or another. The classifier on it gave way too.
    /// </summary>
    public int? OtherBottleneck { get; init; }

    /// <summary>The classes of the file's classifier, where a saved model names them and they are others, or in another order.</summary>
    public IReadOnlyList<string>? OtherClasses { get; init; }
}

/// <summary>Weights that somebody else trained, brought into a network by the names that torchvision gives them.</summary>
public static class PretrainedWeights
{
    /// <summary>What PyTorch's parallel training puts before every name.</summary>
    private const string Parallel = "module.";

    /// <summary>What a model saved here puts before its backbone's names.</summary>
    private const string Own = "backbone.";

    private const string OwnHead = "head";

    private const string Bottleneck = "bottleneck";

    /// <summary>
    /// Loads a backbone's weights whole, or changes nothing; a saved model's bottleneck where the network has the same; and the classifier's
    /// where it sees the same features and has as many classes, and no others where both sides name theirs. Names are torchvision's, or those of a model saved here; <c>module.</c> before them is taken off.
    /// </summary>
    /// <param name="network">The network; its values are overwritten.</param>
    /// <param name="path">The file.</param>
    /// <param name="classes">The network's classes in the order of its scores: a saved model's classifier is kept only for these, put into this order.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network: a table of what is missing, unexpected, of another shape.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static LoadedWeights Load(ClassifierNetwork network, string path, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(path);
        using TensorScope scope = TensorScope.Begin();
        using TensorFile file = StateFile.Read(path);
        IReadOnlyDictionary<string, Tensor> given = InItsNames(network.Spec.Backbone, file, path);
        bool own = given.Keys.Any(static name => name.StartsWith(Own, StringComparison.Ordinal));
        string head = own ? OwnHead : network.Backbone.HeadName;
        Dictionary<string, Tensor> between = own ? given.Where(static pair => IsOf(Bottleneck, pair.Key)).ToDictionary(static pair => pair.Key[(Bottleneck.Length + 1)..], static pair => pair.Value) : [];
        Dictionary<string, Tensor> backbone = given
            .Where(pair => !IsOf(head, pair.Key) && !(own && IsOf(Bottleneck, pair.Key)))
            .ToDictionary(pair => own && pair.Key.StartsWith(Own, StringComparison.Ordinal) ? pair.Key[Own.Length..] : pair.Key, static pair => pair.Value);
        Require(network.Backbone, network.Spec.Backbone, backbone, path);
        network.Backbone.LoadState(backbone);

        bool sees = TakeBottleneck(network, between, path);
        Tensor? weight = given.GetValueOrDefault($"{head}.weight");
        bool fits = sees && weight is not null && given.TryGetValue($"{head}.bias", out Tensor? bias)
            && Same(weight, network.Head.Weight) && Same(bias, network.Head.Bias!);
        IReadOnlyList<string>? theirs = fits && classes is not null ? NetworkModel.Describe(path)?.Classes : null;
        bool others = theirs is not null && !theirs.SequenceEqual(classes!);
        if (others && !theirs!.Order(StringComparer.Ordinal).SequenceEqual(classes!.Order(StringComparer.Ordinal)))
            fits = false;
        if (fits)
        {
            Tensor? order = others ? Tensor.From([.. classes!.Select(name => (long)theirs!.ToList().IndexOf(name))]) : null;
            network.Head.LoadState(((string[])["weight", "bias"]).ToDictionary(
                static name => name, name => order is null ? given[$"{head}.{name}"] : given[$"{head}.{name}"].IndexSelect(0, order)));
        }

        int? left = !sees && between.TryGetValue("weight", out Tensor? layer) ? (int)layer.Size(0) : null;
        return new LoadedWeights(path, backbone.Count, fits, weight?.Shape) { OtherClasses = others ? theirs : null, OtherBottleneck = left };
    }

    /// <summary>The file that somebody means: a file, a run or a saved model by its folder, or public weights by a name under which they were fetched.</summary>
    /// <param name="given">The file, folder or name.</param>
    /// <exception cref="IOException">There is no such file, and no such name, or its weights were not fetched yet.</exception>
    public static string Find(string given)
    {
        ArgumentException.ThrowIfNullOrEmpty(given);
        if (Directory.Exists(given))
        {
            string[] folders = [given, Path.Combine(given, "model")];
            if (Array.Find(folders, MixtureModel.IsMixture) is { } mixture)
                throw new FileNotFoundException($"{given} holds several models that decide together; name one of them: {string.Join(", ", MixtureModel.MemberFolders(mixture))}");
            return Array.Find([.. folders.Select(static folder => Path.Combine(folder, TransferModel.WeightsFile))], File.Exists) ?? throw new FileNotFoundException($"{given} holds no {TransferModel.WeightsFile}: expected a run's folder or a saved model");
        }

        string file = WeightsCatalogue.FileOf(given);
        return File.Exists(file)
            ? file
            : throw new FileNotFoundException($"{given}: no such file, and no weights of that name{NearestName.Hint(given, WeightsCatalogue.All.Select(static known => known.Name))} See `acclimate weights list`.");
    }

    /// <summary>The backbone that weights belong to, as far as it can be told: a saved model says so, and other weights have their tensors.</summary>
    /// <param name="given">The file, folder or name.</param>
    /// <exception cref="ArgumentException">It can't be told.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static string BackboneOf(string given)
    {
        string file = Find(given);
        return NetworkModel.Describe(file)?.Network.Backbone ?? BackboneRecognition.Find(StateFile.Inspect(file))?.Backbone
            ?? throw new ArgumentException($"{given}: these are the weights of no network that is known; see `acclimate weights inspect {given}`, and name the nearest with --backbone: {string.Join(", ", Networks.Names)}");
    }

    /// <summary>Takes a file's bottleneck over where the network has the same; whether its classifier then sees what the file's saw.</summary>
    private static bool TakeBottleneck(ClassifierNetwork network, Dictionary<string, Tensor> given, string path)
    {
        if (network.Bottleneck is not { } layer)
            return given.Count == 0;
        if (!given.TryGetValue("weight", out Tensor? weight) || !given.TryGetValue("bias", out Tensor? bias) || !Same(weight, layer.Weight) || !Same(bias, layer.Bias!)
            || (NetworkModel.Describe(path)?.Network.Bottleneck is { } described && described != network.Spec.Bottleneck))
            return false;
        layer.LoadState(given);
        return true;
    }

    /// <summary>Whether a tensor is a linear layer's, by its name.</summary>
    private static bool IsOf(string layer, string name) => name == $"{layer}.weight" || name == $"{layer}.bias";

    /// <summary>The file's tensors in the backbone's names and layouts; what is fresh belongs to the open scope.</summary>
    private static IReadOnlyDictionary<string, Tensor> InItsNames(string backbone, TensorFile file, string path)
    {
        try
        {
            return Networks.Translate(backbone, WithoutPrefix(file.Tensors, Parallel));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The names without a prefix that all of them have.</summary>
    private static Dictionary<string, Tensor> WithoutPrefix(IReadOnlyDictionary<string, Tensor> tensors, string prefix) =>
        tensors.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal))
            ? tensors.ToDictionary(pair => pair.Key[prefix.Length..], static pair => pair.Value)
            : tensors.ToDictionary();

    private static void Require(Backbone backbone, string name, Dictionary<string, Tensor> given, string path)
    {
        Dictionary<string, Tensor> wanted = backbone.NamedState().ToDictionary();
        string[] missing = [.. wanted.Keys.Where(key => !given.ContainsKey(key) && !key.EndsWith("num_batches_tracked", StringComparison.Ordinal))];
        string[] unexpected = [.. given.Keys.Where(key => !wanted.ContainsKey(key))];
        string[] reshaped = [.. wanted.Where(pair => given.TryGetValue(pair.Key, out Tensor? tensor) && !Same(tensor, pair.Value))
            .Select(pair => $"{pair.Key} ({Shape(given[pair.Key])}, expected {Shape(pair.Value)})")];
        if (missing.Length + unexpected.Length + reshaped.Length == 0)
            return;
        StringBuilder table = new($"{path} does not hold the weights of a {name}:");
        Line("missing", missing);
        Line("unexpected", unexpected);
        Line("other shape", reshaped);
        table.Append(given.Keys.Any(LowRankLayer.IsAddition)
            ? "\n  It holds low-rank matrices beside its weights: fold them in first, by `acclimate merge`."
            : given.Keys.Any(BottleneckAdapter.IsPart)
            ? "\n  It holds adapters between its layers, which can't be folded into weights: start from the weights that they were trained beside."
            : "\n  Name the backbone that the file was trained as with --backbone, or see `acclimate weights inspect`.");
        throw new InvalidDataException(table.ToString());

        void Line(string what, string[] names)
        {
            if (names.Length > 0)
                table.Append($"\n  {what,-11} {names.Length,4}  {string.Join(", ", names.Take(3))}{(names.Length > 3 ? ", …" : string.Empty)}");
        }
    }

    private static bool Same(Tensor one, Tensor other) => one.Shape.AsSpan().SequenceEqual(other.Shape);

    private static string Shape(Tensor tensor) => string.Join('×', tensor.Shape);
}
