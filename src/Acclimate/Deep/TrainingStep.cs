using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>Where a stage of a run stands.</summary>
/// <param name="Step">This step of the stage, from 0.</param>
/// <param name="Steps">All steps of the stage.</param>
public readonly record struct StepInfo(long Step, long Steps)
{
    /// <summary>p: how much of the stage lies behind, from 0 to just under 1.</summary>
    public double Progress => (double)Step / Steps;
}

/// <summary>
/// What an objective works on at one step: the batches, and what the network makes of them, computed when it is first
/// asked for and again once the network has moved. Everything lives until the step ends.
/// </summary>
public sealed class TrainingStep
{
    private readonly ClassifierNetwork? network;
    private readonly Generator? noise;
    private Activations? source;
    private Activations? target;
    private Activations? known;
    private Activations[]? tasks;

    /// <summary>A step over batches that a network is yet to see.</summary>
    /// <param name="info">Where the stage stands.</param>
    /// <param name="network">The network.</param>
    /// <param name="noise">For random numbers of this step: a function of the seed and the step.</param>
    public TrainingStep(StepInfo info, ClassifierNetwork network, Generator noise)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(noise);
        Info = info;
        this.network = network;
        this.noise = noise;
    }

    /// <summary>A step over what was computed elsewhere.</summary>
    /// <param name="info">Where the stage stands.</param>
    /// <param name="source">What a network made of the source batch.</param>
    /// <param name="labels">The source batch's labels.</param>
    /// <param name="target">What it made of the target batch.</param>
    /// <param name="known">What it made of the labelled target batch; none without such.</param>
    public TrainingStep(StepInfo info, Activations source, Tensor labels, Activations target, Activations? known = null)
    {
        Info = info;
        Labels = labels;
        this.source = source;
        this.target = target;
        this.known = known;
    }

    /// <summary>Where the stage stands.</summary>
    public StepInfo Info { get; }

    /// <summary>p: how much of the stage lies behind, from 0 to just under 1.</summary>
    public double Progress => Info.Progress;

    /// <summary>The network that is trained.</summary>
    public ClassifierNetwork Network => network ?? throw Absent("network");

    /// <summary>For random numbers of this step.</summary>
    public Generator Noise => noise ?? throw Absent("generator");

    /// <summary>The source batch; none in a stage without the source.</summary>
    public Tensor? SourceInputs { get; init; }

    /// <summary>The source batch's labels: whole numbers, one a sample.</summary>
    public Tensor Labels
    {
        get => field ?? throw Absent("source batch");
        init;
    }

    /// <summary>The source batch's numbers, [samples], where numbers are learnt in place of classes; none where classes are.</summary>
    public Tensor? Values { get; init; }

    /// <summary>Which of the data sets that the source is made of each sample of its batch is from, counted from 0; empty where the source is one.</summary>
    public IReadOnlyList<int> SourceDomains { get; init; } = [];

    /// <summary>What each sample of the source batch counts in the classification loss: [samples]; none counts each once.</summary>
    public Tensor? SourceWeights { get; init; }

    /// <summary>The target batch; none in a stage without the target.</summary>
    public Tensor? TargetInputs { get; init; }

    /// <summary>Which of the target's samples the batch holds.</summary>
    public IReadOnlyList<int> TargetIndices { get; init; } = [];

    /// <summary>A batch of the few target samples whose labels may be known; none without such.</summary>
    public Tensor? KnownInputs { get; init; }

    /// <summary>Their labels.</summary>
    public Tensor? KnownLabels { get; init; }

    /// <summary>Their numbers, where numbers are learnt; none where classes are.</summary>
    public Tensor? KnownValues { get; init; }

    /// <summary>The further tasks' batches, in their order; none without such.</summary>
    public IReadOnlyList<TaskBatch> Tasks { get; init; } = [];

    /// <summary>What the network makes of the source batch.</summary>
    public Activations Source => Computed(ref source, "source");

    /// <summary>What the network makes of the target batch.</summary>
    public Activations Target => Computed(ref target, "target");

    /// <summary>What the network makes of the labelled target batch.</summary>
    public Activations Known => Computed(ref known, "labelled target");

    /// <summary>What the network makes of a further task's batch; the scores are those of the source's classes.</summary>
    /// <param name="task">Which, from 0.</param>
    public Activations OfTask(int task)
    {
        if (tasks is null && network is not null)
            Compute();
        return task >= 0 && task < tasks?.Length ? tasks[task] : throw Absent($"batch of a task {task}");
    }

    /// <summary>Whether the source batch goes through the network. Default true.</summary>
    internal bool ShowsSource { get; init; } = true;

    /// <summary>Whether the domains go through the network in one batch. Default true.</summary>
    internal bool Joint { get; init; } = true;

    /// <summary>What convolutions and products compute in.</summary>
    internal ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>Whether batch norm's running statistics follow what is computed. Default true.</summary>
    internal bool Tracks { get; init; } = true;

    /// <summary>What the network makes of other samples, by themselves, in the run's precision.</summary>
    /// <param name="inputs">A batch as the network takes it.</param>
    /// <param name="tracks">Whether batch norm's running statistics follow them.</param>
    public Activations Activate(Tensor inputs, bool tracks = true)
    {
        SetTracks(Tracks && tracks);
        Activations made = Activate(Network, inputs);
        SetTracks(true);
        return made;
    }

    /// <summary>What another network makes of samples, in the run's precision.</summary>
    /// <param name="other">The network.</param>
    /// <param name="inputs">A batch as it takes it.</param>
    public Activations Activate(ClassifierNetwork other, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(other);
        using Autocast half = Autocast.Begin(Precision);
        return other.Activate(inputs);
    }

    /// <summary>What any module makes of an input, in the run's precision; float32 comes out.</summary>
    /// <param name="module">The module.</param>
    /// <param name="input">Its input.</param>
    public Tensor Forward(Module module, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(module);
        using Autocast half = Autocast.Begin(Precision);
        Tensor output = module.Forward(input);
        return output.Type == ScalarType.Float32 || Precision == ScalarType.Float32 ? output : output.To(ScalarType.Float32);
    }

    /// <summary>The same step with other inputs in place of a domain's batch: random views of it, for example, one or several a sample, or generated samples.</summary>
    /// <param name="source">In place of the source batch, as many samples as it has where labels are used; the batch itself where it is none.</param>
    /// <param name="target">In place of the target batch, any number of samples; the batch itself where it is none.</param>
    /// <param name="known">Whether the labelled target batch, if there is one, goes along.</param>
    /// <param name="tracks">Whether batch norm's running statistics follow what the network is shown.</param>
    public TrainingStep With(Tensor? source = null, Tensor? target = null, bool known = true, bool tracks = true) => new(Info, Network, Noise)
    {
        SourceInputs = source ?? SourceInputs,
        Labels = SourceInputs is null ? null! : Labels,
        Values = Values,
        SourceDomains = SourceDomains,
        SourceWeights = SourceWeights,
        TargetInputs = target ?? TargetInputs,
        TargetIndices = TargetIndices,
        KnownInputs = known ? KnownInputs : null,
        KnownLabels = known ? KnownLabels : null,
        KnownValues = known ? KnownValues : null,
        ShowsSource = ShowsSource,
        Joint = Joint,
        Precision = Precision,
        Tracks = Tracks && tracks,
    };

    /// <summary>Drops what was computed: the network has moved.</summary>
    internal void Forget()
    {
        if (network is not null)
        {
            source = target = known = null;
            tasks = null;
        }
    }

    private Activations Computed(ref Activations? wanted, string name)
    {
        if (wanted is null && network is not null)
            Compute();
        return wanted ?? throw Absent($"{name} batch");
    }

    /// <summary>
    /// All domains at once where they share a batch. Otherwise each by itself, and then it is the target by which batch
    /// norm will normalise in use, or the source where there is no target: no others' batches move its running statistics.
    /// </summary>
    private void Compute()
    {
        Tensor? ofSource = ShowsSource ? SourceInputs : null;
        Tensor[] parts = [.. ((Tensor?[])[ofSource, TargetInputs, KnownInputs]).OfType<Tensor>(), .. Tasks.Select(static task => task.Inputs)];
        if (!Tracks)
            SetTracks(false);
        if (Joint || parts.Length == 1)
        {
            Activations all = Activate(parts.Length == 1 ? parts[0] : Tensor.Concatenate(parts));
            long at = 0;
            source = Next(ofSource);
            target = Next(TargetInputs);
            known = Next(KnownInputs);
            tasks = [.. Tasks.Select(task => Next(task.Inputs)!)];

            Activations? Next(Tensor? inputs)
            {
                if (inputs is null)
                    return null;
                long start = at;
                at += inputs.Size(0);
                return parts.Length == 1 ? all : all.Slice(start, at);
            }
        }
        else
        {
            SetTracks(Tracks && TargetInputs is null);
            source = ofSource is null ? null : Activate(ofSource);
            SetTracks(false);
            tasks = [.. Tasks.Select(task => Activate(task.Inputs))];
            SetTracks(Tracks);
            target = TargetInputs is null ? null : Activate(TargetInputs);
            known = KnownInputs is null ? null : Activate(KnownInputs);
        }

        if (!Tracks)
            SetTracks(true);
    }

    private void SetTracks(bool tracks)
    {
        foreach (BatchNorm norm in Network.Modules().OfType<BatchNorm>())
            norm.Tracks = tracks;
    }

    private static InvalidOperationException Absent(string what) => new($"this step has no {what}");
}
