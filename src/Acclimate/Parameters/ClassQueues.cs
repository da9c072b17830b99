using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Parameters;

/// <summary>Keys that wait to be compared with.</summary>
/// <param name="Hidden">Features of length 1, a row a key.</param>
/// <param name="Projected">Projections of length 1, likewise.</param>
/// <param name="Classes">The keys' classes.</param>
internal sealed record Queued(Tensor Hidden, Tensor Projected, Tensor Classes);

/// <summary>
/// What bi-tuning keeps: the projection, a copy of the network and of the projection that follow slowly and make the keys, and the last
/// keys of every class. All of it is state, so that a checkpoint holds it.
/// </summary>
internal sealed class ClassQueues : Module
{
    private readonly ClassifierNetwork copy;
    private readonly Linear copiedProjector;
    private readonly int room;
    private readonly Tensor hidden;
    private readonly Tensor projected;

    /// <summary>How many keys each class has had so far.</summary>
    private readonly Tensor had;

    public ClassQueues(ClassifierNetwork copy, int room, int projection, Generator generator)
    {
        this.room = room;
        Projector = Add("projector", new Linear(copy.FeatureSize, projection, generator));
        this.copy = Add("copy", copy);
        copiedProjector = Add("copied_projector", new Linear(copy.FeatureSize, projection, generator));
        copiedProjector.LoadState(Projector.NamedState().ToDictionary());
        copy.Freeze();
        copiedProjector.Freeze();
        int classes = copy.Spec.Classes;
        hidden = AddBuffer("hidden", Tensor.Zeros([(long)classes * room, copy.FeatureSize + 1]));
        projected = AddBuffer("projected", Tensor.Zeros([(long)classes * room, projection]));
        had = AddBuffer("had", Tensor.Zeros([classes], ScalarType.Int64));
    }

    /// <summary>Features to projections; learnt along with the network.</summary>
    public Linear Projector { get; }

    public override Tensor Forward(Tensor input) => Projector.Forward(input);

    /// <summary>Moves the copies: m times what they are, and the rest of what they copy.</summary>
    public void Follow(ClassifierNetwork network, double momentum)
    {
        using NoGrad noGrad = NoGrad.Begin();
        KeyValuePair<Tensor, Tensor>[] pairs = [.. Pairs(copy, network), .. Pairs(copiedProjector, Projector)];
        Tensor[] slow = [.. pairs.Where(static pair => pair.Key.Type.IsFloatingPoint()).Select(static pair => pair.Key)];
        Tensor[] fast = [.. pairs.Where(static pair => pair.Key.Type.IsFloatingPoint()).Select(static pair => pair.Value)];
        Operator.Get("aten::_foreach_mul_.Scalar").Run(slow, momentum);
        Operator.Get("aten::_foreach_add_.List").Run(slow, fast, 1 - momentum);

        static IEnumerable<KeyValuePair<Tensor, Tensor>> Pairs(Module slow, Module fast) =>
            slow.NamedState().Zip(fast.NamedState(), static (a, b) => KeyValuePair.Create(a.Value, b.Value));
    }

    /// <summary>The keys of a step's source batch.</summary>
    public (Tensor Hidden, Tensor Projected) Keys(TrainingStep step)
    {
        using NoGrad noGrad = NoGrad.Begin();
        Tensor features = step.Activate(copy, step.SourceInputs!).Features;
        return (BiTuning.WithOne(features), BiTuning.Unit(copiedProjector.Forward(features)));
    }

    /// <summary>Copies of all keys that wait.</summary>
    public Queued All()
    {
        long[] counts = had.ToArray<long>();
        long[] rows = [.. Enumerable.Range(0, counts.Length).SelectMany(c => Enumerable.Range(0, (int)Math.Min(room, counts[c])).Select(i => ((long)c * room) + i))];
        Tensor picks = Tensor.From(rows, rows.Length);
        return new Queued(hidden.IndexSelect(0, picks), projected.IndexSelect(0, picks), Tensor.From([.. rows.Select(row => row / room)], rows.Length));
    }

    /// <summary>Puts keys into their classes' queues, each in place of the oldest where there is no room.</summary>
    public void Enqueue(Tensor newHidden, Tensor newProjected, Tensor labels)
    {
        using NoGrad noGrad = NoGrad.Begin();
        long[] classes = labels.ToArray<long>(), counts = had.ToArray<long>();

        // One batch may hold more of a class than there is room for: the last of them stay.
        SortedDictionary<long, long> places = [];
        for (int i = 0; i < classes.Length; i++)
            places[(classes[i] * room) + (counts[classes[i]]++ % room)] = i;
        Tensor at = Tensor.From([.. places.Keys]), from = Tensor.From([.. places.Values]);
        Operator.Get("aten::index_copy_").Run(hidden, 0L, at, newHidden.IndexSelect(0, from));
        Operator.Get("aten::index_copy_").Run(projected, 0L, at, newProjected.IndexSelect(0, from));
        had.CopyInPlace(Tensor.From(counts));
    }
}
