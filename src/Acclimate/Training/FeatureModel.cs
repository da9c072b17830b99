using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// What a shallow method came to: what is done to each domain's samples, the maps, and the classifier of what is mapped.
/// Samples are taken to be the target's, seen or not; computed in float64.
/// </summary>
public sealed class FeatureModel : TransferModel
{
    internal const string Kind = "features";

    /// <summary>Puts a model together; it owns the maps' and the classifier's tensors from here on.</summary>
    /// <param name="inputShape">The shape of a sample before any preprocessing.</param>
    /// <param name="source">What is done to source samples, and maps them.</param>
    /// <param name="target">The same for target samples.</param>
    /// <param name="classifier">Classifies mapped samples.</param>
    /// <param name="classes">The classes' names, in the order of the classifier's scores.</param>
    /// <param name="provenance">Where the model comes from.</param>
    /// <param name="encoder">How a table's columns became features; none where the samples came from no table.</param>
    /// <param name="vocabulary">Which words became features; none where the samples are no texts.</param>
    public FeatureModel(
        IReadOnlyList<long> inputShape, DomainSide source, DomainSide target, FittedClassifier classifier, IReadOnlyList<string> classes,
        Provenance provenance, TableEncoder? encoder = null, Vocabulary? vocabulary = null)
        : base(classes, provenance, encoder, vocabulary)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(classifier);
        InputShape = inputShape;
        Source = source;
        Target = target;
        Classifier = classifier;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> InputShape { get; }

    /// <summary>The shape of a source sample, where it is not that of the target's; none where it is.</summary>
    public IReadOnlyList<long>? SourceShape { get; init; }

    /// <summary>What is done to source samples.</summary>
    public DomainSide Source { get; }

    /// <summary>What is done to target samples.</summary>
    public DomainSide Target { get; }

    /// <summary>Classifies mapped samples.</summary>
    public FittedClassifier Classifier { get; }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        TensorConverter tensors = new();
        Write(
            folder, new Card(FormatVersion, Kind, InputShape, Classes, Source, Target, Classifier, Encoder, Vocabulary, Provenance) { SourceShape = SourceShape },
            tensors.Named, [tensors, new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower)]);
    }

    /// <inheritdoc/>
    public override Predictions Predict(Domain domain, CancellationToken cancellation = default)
    {
        List<int> indices = [];
        List<float[]> probabilities = [];
        ForEachBatch(domain, Target.Preprocessing, cancellation, inputs =>
        {
            Tensor mapped = Mapped(inputs);
            indices.AddRange(Classifier.Predict(mapped));
            float[] all = Classifier.Probabilities(mapped).To(ScalarType.Float32).ToArray<float>();
            probabilities.AddRange(all.Chunk(Classes.Count));
        });
        return new Predictions(Classes, indices, probabilities);
    }

    /// <inheritdoc/>
    public override Tensor Features(Domain domain, CancellationToken cancellation = default)
    {
        List<Tensor> parts = [];
        try
        {
            ForEachBatch(domain, Target.Preprocessing, cancellation, inputs => parts.Add(Mapped(inputs).Clone().LeaveScopes()));
            return Tensor.Concatenate([.. parts]);
        }
        finally
        {
            parts.ForEach(static part => part.Dispose());
        }
    }

    internal static FeatureModel Read(JsonDocument document, string cardPath, string weightsPath)
    {
        // Whatever is made before a fault is found is freed with the scope.
        using TensorScope scope = TensorScope.Begin();
        using TensorFile weights = Safetensors.Read(weightsPath);
        Card card = Parse<Card>(
            document, cardPath, new TensorConverter(weights.Tensors), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        FeatureModel model = new(card.InputShape, card.Source, card.Target, card.Classifier, card.Classes, card.Provenance, card.Encoder, card.Vocabulary) { SourceShape = card.SourceShape };
        try
        {
            model.Try();
        }
        catch (Exception e) when (e is ArgumentException or DataException or TorchException or InvalidDataException)
        {
            throw new InvalidDataException($"{weightsPath} does not fit {cardPath}: {e.Message}", e);
        }

        foreach (Tensor tensor in model.Tensors)
            tensor.LeaveScopes();
        return model;
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors => [.. Source.Map.Tensors, .. Target.Map.Tensors, .. Classifier.Tensors];

    private Tensor Mapped(Tensor inputs) => Target.Map.Apply(inputs.To(ScalarType.Float64).Flatten(1));

    /// <summary>Takes one sample of zeros through both sides, which shows what doesn't fit.</summary>
    private void Try()
    {
        using TensorScope scope = TensorScope.Begin();
        foreach ((DomainSide side, IReadOnlyList<long> taken) in ((DomainSide, IReadOnlyList<long>)[])[(Source, SourceShape ?? InputShape), (Target, InputShape)])
        {
            long[] shape = [.. taken.Select(static size => size < 0 ? 8 : size)];
            Tensor sample = side.Preprocessing.Apply(Tensor.Zeros([1, .. shape]), null);
            long[] scores = Classifier.Scores(side.Map.Apply(sample.To(ScalarType.Float64).Flatten(1))).Shape;
            if (scores is not [1, var classes] || classes != Classes.Count)
                throw new InvalidDataException($"the classifier gives scores of shape [{string.Join(", ", scores)}] for one sample and {Classes.Count} classes");
        }
    }

    private sealed record Card(
        int FormatVersion, string Kind, IReadOnlyList<long> InputShape, IReadOnlyList<string> Classes, DomainSide Source, DomainSide Target,
        FittedClassifier Classifier, TableEncoder? Encoder, Vocabulary? Vocabulary, Provenance Provenance)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<long>? SourceShape { get; init; }
    }
}

/// <summary>What is done to one domain's samples.</summary>
/// <param name="Preprocessing">What comes first.</param>
/// <param name="Map">What the method learnt.</param>
public sealed record DomainSide(Preprocessing Preprocessing, FeatureMap Map);
