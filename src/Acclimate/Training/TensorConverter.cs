using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// Leaves tensors out of JSON: each is written as a name, under which it stands in a safetensors file beside. A tensor
/// that is met twice is kept once.
/// </summary>
internal sealed class TensorConverter : JsonConverter<Tensor>
{
    private readonly Dictionary<Tensor, string> named = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyDictionary<string, Tensor> known = new Dictionary<string, Tensor>();

    /// <summary>For writing.</summary>
    public TensorConverter()
    {
    }

    /// <summary>For reading.</summary>
    /// <param name="known">The tensors by name.</param>
    public TensorConverter(IReadOnlyDictionary<string, Tensor> known) => this.known = known;

    /// <summary>What was met while writing, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Named => named.Select(static pair => new KeyValuePair<string, Tensor>(pair.Value, pair.Key));

    /// <summary>A tensor of its own for each that is read; they share the elements.</summary>
    public override Tensor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && known.TryGetValue(reader.GetString()!, out Tensor? tensor)
            ? tensor.Detach()
            : throw new JsonException($"there is no tensor '{(reader.TokenType == JsonTokenType.String ? reader.GetString() : reader.TokenType)}' in the safetensors file");

    public override void Write(Utf8JsonWriter writer, Tensor value, JsonSerializerOptions options)
    {
        if (!named.TryGetValue(value, out string? name))
            named.Add(value, name = FormattableString.Invariant($"tensor.{named.Count}"));
        writer.WriteStringValue(name);
    }
}
