using System.Text.Json.Serialization;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>What a network is built from; enough to build it again.</summary>
/// <param name="Backbone">A name that <see cref="Networks"/> knows.</param>
/// <param name="InputShape">The shape of one sample.</param>
/// <param name="Classes">How many classes it tells apart.</param>
public sealed record NetworkSpec(string Backbone, IReadOnlyList<long> InputShape, int Classes)
{
    /// <summary>A layer between the backbone's features and the classifier; none for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Bottleneck? Bottleneck { get; init; }

    /// <summary>What learns beside the backbone's weights, in their place; none where the weights themselves learn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LowRank? LowRank { get; init; }

    /// <summary>The other kind of what learns beside them; at most one of the two is there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Adapters? Adapters { get; init; }

    /// <summary>Whichever of the two is there.</summary>
    [JsonIgnore]
    public Addition? Addition => (Addition?)LowRank ?? Adapters;

    /// <summary>The same with another addition, or none.</summary>
    internal NetworkSpec With(Addition? addition) => this with { LowRank = addition as LowRank, Adapters = addition as Adapters };
}

/// <summary>A layer between the backbone's features and the classifier; its output then is what the classifier sees.</summary>
/// <param name="Size">How many features come out.</param>
/// <param name="Activation">What they go through.</param>
public sealed record Bottleneck(int Size, BottleneckActivation Activation);

/// <summary>What a bottleneck's output goes through.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BottleneckActivation>))]
public enum BottleneckActivation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>tanh: from −1 to 1, so that the sign is a hash code's bit.</summary>
    Tanh,
}

/// <summary>A backbone and a linear classifier on its features.</summary>
public sealed class ClassifierNetwork : Module
{
    /// <summary>What the names of the backbone's state begin with.</summary>
    internal const string BackboneName = "backbone.";

    /// <summary>Builds the network with first values drawn from a generator.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="generator">The source of the first values.</param>
    /// <exception cref="ArgumentException">The backbone is unknown or can't take samples of that shape, or the bottleneck, the low rank or the adapters are out of range, or both of these are given.</exception>
    public ClassifierNetwork(NetworkSpec spec, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec is { LowRank: not null, Adapters: not null })
            throw new ArgumentException("a network has low-rank matrices or adapters beside its weights, not both");
        Spec = spec;
        Backbone = Add("backbone", Networks.Build(spec.Backbone, [.. spec.InputShape], generator));
        if (spec.Bottleneck is { } between)
        {
            if (between.Size < 1)
                throw new ArgumentException($"a bottleneck of {between.Size} features; expected 1 or more");
            Bottleneck = Add("bottleneck", new Linear(Backbone.FeatureSize, between.Size, generator));
        }

        FeatureSize = spec.Bottleneck?.Size ?? Backbone.FeatureSize;
        Head = Add("head", new Linear(FeatureSize, spec.Classes, generator));
        try
        {
            spec.Addition?.AddTo(Backbone, generator);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the network is built from.</summary>
    public NetworkSpec Spec { get; private set; }

    /// <summary>The layers up to the features.</summary>
    public Backbone Backbone { get; }

    /// <summary>The layer between backbone and classifier; none for none.</summary>
    internal Linear? Bottleneck { get; }

    /// <summary>The classifier on the features.</summary>
    public Linear Head { get; }

    /// <summary>
    /// The first stage of the backbone that is run, counted from 0: what goes in is then what the stage before it gave. As many as there are stages
    /// means that features go in. 0 unless a frozen front is being spared.
    /// </summary>
    internal int FirstStage { get; set; }

    /// <summary>How many features the classifier sees.</summary>
    public int FeatureSize { get; }

    /// <summary>The class scores before softmax: batch × classes.</summary>
    /// <param name="input">A batch of samples.</param>
    public override Tensor Forward(Tensor input) => Activate(input).Logits;

    /// <summary>
    /// Every layer's output: the backbone's stages by name, <c>features</c> (the last of them), <c>logits</c> and
    /// <c>probabilities</c> (their softmax).
    /// Makes temporaries: call it inside a <see cref="TensorScope"/>.
    /// </summary>
    /// <param name="input">A batch of samples.</param>
    public Activations Activate(Tensor input)
    {
        IReadOnlyList<(string, Tensor Value)> stages = FirstStage == 0 ? Backbone.Outputs(input)
            : [(Backbone.Stages.ElementAt(FirstStage - 1), input), .. FirstStage == Backbone.Stages.Count() ? [] : Backbone.Outputs(input, FirstStage)];
        Tensor features = stages[^1].Value;
        if (Bottleneck is not null)
        {
            features = Bottleneck.Forward(features);
            features = Spec.Bottleneck!.Activation == BottleneckActivation.Tanh ? features.Tanh() : features.Relu();
        }

        Tensor logits = Whole(Head.Forward(features));
        return new Activations([.. stages, ("features", Whole(features)), ("logits", logits), ("probabilities", Functional.Softmax(logits, 1))]);
    }

    /// <summary>A layer's output with a row for each sample: of maps, and of a transformer's tokens, the mean over all places. Makes temporaries, as <see cref="Activate"/> does.</summary>
    /// <param name="input">A batch of samples.</param>
    /// <param name="layer">One of the backbone's layers (<see cref="Backbone.Layers"/>), <c>features</c>, <c>logits</c> or <c>probabilities</c>.</param>
    /// <exception cref="ArgumentException">There is no such layer.</exception>
    public Tensor Rows(Tensor input, string layer)
    {
        Tensor value = layer is "features" or "logits" or "probabilities" ? Activate(input)[layer] : Whole(Backbone.Outputs(input, [layer])[0]);
        return value.Rank switch
        {
            4 => value.Mean([2, 3]),
            3 => value.Mean(1),
            _ => value,
        };
    }

    /// <summary>A network of its own with the same layers and values.</summary>
    public ClassifierNetwork Copy()
    {
        using Generator unused = new(0);
        ClassifierNetwork copy = new(Spec, unused) { FirstStage = FirstStage };
        copy.LoadState(NamedState().ToDictionary());
        return copy;
    }

    /// <summary>Freezes the modules that are frozen in a network of the same layers, and lets go of the rest.</summary>
    internal void FreezeLike(ClassifierNetwork other)
    {
        bool changed = false;

        // Each module comes before those inside it, which may be of another mind.
        foreach ((Module mine, Module theirs) in Modules().Zip(other.Modules()))
        {
            if (mine.IsFrozen == theirs.IsFrozen)
                continue;
            changed = true;
            if (theirs.IsFrozen)
                mine.Freeze();
            else
                mine.Unfreeze();
        }

        if (changed)
            Train();
    }

    /// <summary>Keeps the backbone's weights as they are, and lets something learn beside them. The network computes what it did.</summary>
    /// <param name="addition">Matrices of low rank, or adapters.</param>
    /// <param name="generator">The source of their first values.</param>
    /// <exception cref="ArgumentException">A number is out of range, or something learns beside them already.</exception>
    public void LearnBeside(Addition addition, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(addition);
        addition.AddTo(Backbone, generator);
        Spec = Spec.With(addition);
    }

    /// <summary>What of the state an addition lets learn: what was added, the backbone's weights that it doesn't keep, and all behind the backbone.</summary>
    internal IReadOnlyDictionary<string, Tensor> Learnt(Addition addition)
    {
        IEnumerable<Tensor> free = Backbone.Modules().Where(module => !addition.Keeps(module)).SelectMany(static module => module.NamedState()).Select(static pair => pair.Value);
        HashSet<Tensor> let = new(free, ReferenceEqualityComparer.Instance);
        return NamedState().Where(pair => !pair.Key.StartsWith(BackboneName, StringComparison.Ordinal) || Addition.IsPart(pair.Key) || let.Contains(pair.Value)).ToDictionary();
    }

    /// <summary>A plain network of its own that computes the same, up to rounding: each low-rank addition is folded into its weight.</summary>
    /// <exception cref="InvalidOperationException">It has adapters, which can't be folded.</exception>
    public ClassifierNetwork Merged()
    {
        if (Spec.Addition is { Folds: false })
            throw new InvalidOperationException("adapters are layers of their own that bend what goes through them, and no weight can do that for them: they can't be folded in");
        using TensorScope scope = TensorScope.Begin();
        using Generator unused = new(0);
        Dictionary<Tensor, LowRankLayer> layers = new(ReferenceEqualityComparer.Instance);
        foreach (LowRankLayer layer in Modules().OfType<LowRankLayer>())
            layers.Add(layer.Weight, layer);
        ClassifierNetwork merged = new(Spec.With(null), unused);
        merged.LoadState(NamedState()
            .Where(static pair => !LowRankLayer.IsAddition(pair.Key))
            .ToDictionary(static pair => pair.Key, pair => layers.TryGetValue(pair.Value, out LowRankLayer? layer) ? layer.MergedWeight() : pair.Value));
        return merged;
    }

    /// <summary>A network of its own with the same layers and values under another classifier.</summary>
    /// <param name="head">The classifier; its values are copied.</param>
    /// <exception cref="ArgumentException">It takes another number of features, or has no bias.</exception>
    public ClassifierNetwork WithHead(Linear head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (head.Weight.Size(1) != FeatureSize || head.Bias is null)
            throw new ArgumentException($"a classifier of {head.Weight.Size(1)} features{(head.Bias is null ? " without a bias" : string.Empty)}; expected one of {FeatureSize} with a bias", nameof(head));
        using Generator unused = new(0);
        ClassifierNetwork copy = new(Spec with { Classes = (int)head.Weight.Size(0) }, unused);
        copy.LoadState(NamedState().Where(static pair => !Parts.Head(pair.Key)).Concat(head.NamedState().Select(static pair => KeyValuePair.Create("head." + pair.Key, pair.Value))).ToDictionary());
        return copy;
    }

    /// <summary>Half types, which autocast leaves behind, as float32.</summary>
    private static Tensor Whole(Tensor tensor) => tensor.Type is ScalarType.BFloat16 or ScalarType.Float16 ? tensor.To(ScalarType.Float32) : tensor;
}
