using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// A network up to the features that a classifier sees: a chain of modules, cut into named stages. Any stage is an output
/// that a method can adapt, and a place at which to freeze; any layer of the chain can be looked at by its name.
/// </summary>
/// <remarks>
/// The state has the modules' own names, which for the networks of torchvision are torchvision's. A layer is called as its
/// state (<c>features.3</c>, <c>layer2.0</c>, <c>encoder.layers.encoder_layer_5</c>), by its stage where it ends one
/// (<c>block4</c>), or by an alias (<c>block4_pool</c>). Where a stage and a module share a name, the stage is meant.
/// </remarks>
public sealed partial class Backbone : Module
{
    private readonly List<(string Name, Module Module)> steps = [];

    /// <summary>Where each layer's output is there: after how many steps.</summary>
    private readonly Dictionary<string, int> layers = new(StringComparer.Ordinal);
    private readonly (string Name, int End)[] stages = [];

    /// <summary>Puts a chain together.</summary>
    /// <param name="chain">
    /// Names and modules in order, each applied to what the one before gave; their state is kept under these names. The
    /// modules inside a <see cref="Sequential"/> are layers too.
    /// </param>
    /// <param name="featureSize">How many features the last module gives a sample.</param>
    /// <param name="stages">Each stage's name and its last layer, in order, the last of them the chain's; each module is a stage if left out.</param>
    /// <param name="headName">What the state of the whole network calls the classifier on the features.</param>
    /// <param name="aliases">Further names of layers.</param>
    /// <exception cref="ArgumentException">Two modules or two layers have one name, or the stages are not in the chain's order.</exception>
    public Backbone(
        IReadOnlyList<(string Name, Module Module)> chain,
        int featureSize,
        IReadOnlyList<(string Name, string LastLayer)>? stages = null,
        string headName = "head",
        IReadOnlyDictionary<string, string>? aliases = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentOutOfRangeException.ThrowIfZero(chain.Count, nameof(chain));
        FeatureSize = featureSize;
        HeadName = headName;
        foreach ((string name, Module module) in chain)
        {
            Add(name, module);
            AddSteps(name, module);
        }

        this.stages = [.. stages is null ? chain.Select(part => (part.Name, layers[part.Name])) : stages.Select(stage => (stage.Name, After(stage.LastLayer)))];
        int end = 0;
        foreach ((string name, int last) in this.stages)
        {
            if (last <= end)
                throw new ArgumentException($"the stage '{name}' doesn't end after the one before it", nameof(stages));
            end = last;
        }

        if (end != steps.Count)
            throw new ArgumentException($"the stages leave out the last {steps.Count - end} layers", nameof(stages));
        (string Alias, int After)[] further = [.. (aliases ?? new Dictionary<string, string>()).Select(alias => (alias.Key, After(alias.Value)))];
        foreach ((string name, int last) in this.stages)
            layers[name] = last;
        foreach ((string alias, int after) in further)
            layers.Add(alias, after);
    }

    /// <summary>How many features a sample has.</summary>
    public int FeatureSize { get; }

    /// <summary>
    /// What the state of the whole network calls the classifier on the features: <c>fc</c>, <c>classifier.6</c>,
    /// <c>heads.head</c>; <c>head</c> where there is no such state. The head of <see cref="ClassifierNetwork"/> is that classifier.
    /// </summary>
    public string HeadName { get; }

    /// <summary>The layers, each applied to what the one before gave.</summary>
    internal IEnumerable<Module> Chain => steps.Select(static step => step.Module);

    /// <summary>The stages' names in order.</summary>
    public IEnumerable<string> Stages => stages.Select(static s => s.Name);

    /// <summary>The names of all layers, those of stages and the aliases among them, in the order of the chain.</summary>
    public IEnumerable<string> Layers => layers.OrderBy(static layer => layer.Value).Select(static layer => layer.Key);

    /// <summary>The features: batch × <see cref="FeatureSize"/>.</summary>
    /// <param name="input">A batch of samples.</param>
    public override Tensor Forward(Tensor input) => Forward(input, firstStage: 0);

    /// <summary>The features, from a stage on.</summary>
    /// <param name="input">A batch of samples, or, from a later stage on, what the stage before gave.</param>
    /// <param name="firstStage">The first stage to run, counted from 0; <see cref="StageIndex"/> finds it by name.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public Tensor Forward(Tensor input, int firstStage) => Run(input, firstStage, [steps.Count])[steps.Count];

    /// <summary>The output of every stage, in order.</summary>
    /// <param name="input">A batch of samples, or, from a later stage on, what the stage before gave.</param>
    /// <param name="firstStage">The first stage to run, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public IReadOnlyList<(string Layer, Tensor Value)> Outputs(Tensor input, int firstStage = 0)
    {
        Dictionary<int, Tensor> found = Run(input, firstStage, stages.Skip(firstStage).Select(static s => s.End));
        return [.. stages.Skip(firstStage).Select(stage => (stage.Name, found[stage.End]))];
    }

    /// <summary>The outputs of the layers that are named; what lies after the last of them is not computed.</summary>
    /// <param name="input">A batch of samples, or, from a later stage on, what the stage before gave.</param>
    /// <param name="wanted">Names of layers, one or more; see <see cref="Layers"/>.</param>
    /// <param name="firstStage">The first stage to run, counted from 0.</param>
    /// <returns>In the order of the names; where two name one layer they get one tensor.</returns>
    /// <exception cref="ArgumentException">A layer is unknown, or lies before the first stage.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public IReadOnlyList<Tensor> Outputs(Tensor input, IReadOnlyList<string> wanted, int firstStage = 0)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentOutOfRangeException.ThrowIfZero(wanted.Count, nameof(wanted));
        int[] after = [.. wanted.Select(After)];
        Dictionary<int, Tensor> found = Run(input, firstStage, after);
        return [.. after.Select((end, i) => found.TryGetValue(end, out Tensor? value)
            ? value
            : throw new ArgumentException($"the layer '{wanted[i]}' lies before the stage '{stages[firstStage].Name}', from which on the network was to run", nameof(wanted)))];
    }

    /// <summary>Which stage ends with a layer, counted from 0.</summary>
    /// <param name="name">The stage's name, or any name of its last layer.</param>
    /// <exception cref="ArgumentException">There is no such layer, or it lies inside a stage.</exception>
    public int StageIndex(string name)
    {
        int end = After(name), index = Array.FindIndex(stages, stage => stage.End >= end);
        return stages[index].End == end
            ? index
            : throw new ArgumentException($"the layer '{name}' lies inside the stage '{stages[index].Name}', and stages are whole: {string.Join(", ", Stages)}");
    }

    /// <summary>The modules of a stage in order, with the names of their state.</summary>
    /// <param name="stage">Which, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public IReadOnlyList<(string Name, Module Module)> StageModules(int stage) => steps[Begin(stage)..stages[stage].End];

    /// <summary>The stage that a parameter or a buffer belongs to, counted from 0.</summary>
    /// <param name="stateName">Its name in this backbone's state.</param>
    /// <exception cref="ArgumentException">The state holds no such name.</exception>
    public int StageOf(string stateName)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        int step = steps.FindIndex(s => stateName.StartsWith(s.Name, StringComparison.Ordinal) && (stateName.Length == s.Name.Length || stateName[s.Name.Length] == '.'));
        return step >= 0 ? Array.FindIndex(stages, stage => stage.End > step) : throw new ArgumentException($"the backbone's state holds no '{stateName}'");
    }

    private void AddSteps(string name, Module module)
    {
        if (module is Sequential { Children.Count: > 0 } chain)
        {
            foreach ((string inner, Module child) in chain.Children)
                AddSteps($"{name}.{inner}", child);
        }
        else
        {
            steps.Add((name, module));
        }

        layers.Add(name, steps.Count);
    }

    private int After(string layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layers.TryGetValue(layer, out int after)
            ? after
            : throw new ArgumentException($"the backbone has no layer '{layer}'{NearestName.Hint(layer, Layers)}; its stages are {string.Join(", ", Stages)}, and their layers are called as in the state");
    }

    private int Begin(int stage)
    {
        if (stage < 0 || stage >= stages.Length)
            throw new ArgumentOutOfRangeException(nameof(stage), stage, $"the backbone has {stages.Length} stages, counted from 0");
        return stage == 0 ? 0 : stages[stage - 1].End;
    }

    /// <summary>The values after so many steps each, as far as they come after the first stage's beginning.</summary>
    private Dictionary<int, Tensor> Run(Tensor input, int firstStage, IEnumerable<int> wanted)
    {
        ArgumentNullException.ThrowIfNull(input);
        int begin = Begin(firstStage);
        HashSet<int> ends = [.. wanted];
        int last = ends.Max();
        Dictionary<int, Tensor> found = [];
        Tensor current = input;

        // Elements that the caller holds: the input, or what is handed out.
        nint held = input.Address;
        for (int i = begin; i < last; i++)
        {
            Module module = steps[i].Module;
            bool callers = i == begin || found.ContainsKey(i);
            Tensor next;
            if (module.OverwritesInput && current.Address == held)
            {
                using Tensor copy = current.Clone();
                next = module.Forward(copy);
            }
            else
            {
                next = module.Forward(current);
            }

            // Freed at once: what autograd doesn't need must not pile up.
            if (!callers)
                current.Dispose();
            current = next;
            if (ends.Contains(i + 1))
            {
                found[i + 1] = current;
                held = current.Address;
            }
        }

        return found;
    }
}
