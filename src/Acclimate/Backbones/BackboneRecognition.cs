using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>Which backbone a file's weights are of.</summary>
/// <param name="Backbone">A name that <see cref="Networks"/> knows.</param>
/// <param name="Classes">How many classes its classifier tells apart; none where the file has no classifier.</param>
public sealed record RecognisedBackbone(string Backbone, long? Classes);

/// <summary>Tells which backbone weights are of by the names and shapes of their tensors, without reading their elements.</summary>
public static class BackboneRecognition
{
    private const int Colours = 3;

    /// <summary>What a model saved here calls its classifier.</summary>
    private const string OwnHead = "head.";

    /// <summary>What may stand before every name: parallel training's, and that of a model saved here.</summary>
    private static readonly string[] Prefixes = ["module.", "backbone."];

    /// <summary>
    /// The backbone whose state has just these names and shapes, the classifier and batch norm's counters aside; none where
    /// there is none. Networks for coloured pictures are known, those whose shapes follow the data's (<c>lenet</c>, <c>mlp</c>) are not.
    /// </summary>
    /// <param name="outline">What the file holds.</param>
    public static RecognisedBackbone? Find(StateOutline outline)
    {
        ArgumentNullException.ThrowIfNull(outline);
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> given = outline.Tensors.ToDictionary(
            static tensor => tensor.Name, static tensor => Tensor.Empty([.. tensor.Shape], tensor.Type, Device.Meta));
        foreach (string prefix in Prefixes)
        {
            if (given.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal) || name.StartsWith(OwnHead, StringComparison.Ordinal)))
                given = Without(prefix, given);
        }

        using Generator shapes = Generator.OfShapes();
        foreach (string name in Networks.Names)
        {
            int side = InputRecipe.Of(name).Side;
            if (TryBuild(name, [Colours, side, side], shapes) is not { } backbone)
                continue;
            using (backbone)
            {
                if (Fits(backbone, name, given, out long? classes))
                    return new RecognisedBackbone(name, classes);
            }
        }

        return null;
    }

    private static Dictionary<string, Tensor> Without(string prefix, Dictionary<string, Tensor> tensors) =>
        tensors.ToDictionary(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) ? pair.Key[prefix.Length..] : pair.Key, static pair => pair.Value);

    /// <summary>None where a network takes no pictures of that shape.</summary>
    private static Backbone? TryBuild(string name, long[] shape, Generator shapes)
    {
        try
        {
            return Networks.Build(name, shape, shapes);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool Fits(Backbone backbone, string name, Dictionary<string, Tensor> given, out long? classes)
    {
        classes = null;
        IReadOnlyDictionary<string, Tensor> translated;
        try
        {
            translated = Networks.Translate(name, given);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return false;
        }

        Dictionary<string, Tensor> wanted = backbone.NamedState().Where(static pair => !IsCounter(pair.Key)).ToDictionary();
        int found = 0;
        foreach ((string key, Tensor tensor) in translated)
        {
            if (wanted.TryGetValue(key, out Tensor? own))
            {
                if (!own.Shape.AsSpan().SequenceEqual(tensor.Shape))
                    return false;
                found++;
            }
            else if (IsOfHead(key, backbone.HeadName))
            {
                classes = tensor.Rank > 0 ? tensor.Size(0) : null;
            }
            else if (!IsCounter(key))
            {
                return false;
            }
        }

        return found == wanted.Count;
    }

    private static bool IsCounter(string key) => key.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private static bool IsOfHead(string key, string head) =>
        key == $"{head}.weight" || key == $"{head}.bias" || key.StartsWith(OwnHead, StringComparison.Ordinal);
}
