using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// A network up to the features that a classifier sees: named stages, one after another. Any stage is an output that
/// a method can adapt, and a place at which to freeze.
/// </summary>
public sealed class Backbone : Module
{
    private readonly IReadOnlyList<BackboneStage> stages;

    /// <summary>Puts stages of one module each together.</summary>
    /// <param name="stages">Names and modules in order; their state is kept under these names.</param>
    /// <param name="featureSize">How many features the last stage gives a sample.</param>
    public Backbone(IReadOnlyList<(string Name, Module Module)> stages, int featureSize)
        : this([.. (stages ?? throw new ArgumentNullException(nameof(stages))).Select(static s => new BackboneStage(s.Name, s))], featureSize)
    {
    }

    /// <summary>Puts stages together.</summary>
    /// <param name="stages">The stages in order.</param>
    /// <param name="featureSize">How many features the last stage gives a sample.</param>
    /// <exception cref="ArgumentException">Two modules have one name.</exception>
    public Backbone(IReadOnlyList<BackboneStage> stages, int featureSize)
    {
        ArgumentNullException.ThrowIfNull(stages);
        this.stages = stages;
        FeatureSize = featureSize;
        foreach ((string name, Module module) in stages.SelectMany(static stage => stage.Modules))
            Add(name, module);
    }

    /// <summary>How many features a sample has.</summary>
    public int FeatureSize { get; }

    /// <summary>What public weights call the classifier that follows. Default <c>fc</c>.</summary>
    public string HeadName { get; init; } = "fc";

    /// <summary>The stages' names in order.</summary>
    public IEnumerable<string> Stages => stages.Select(static s => s.Name);

    /// <summary>The modules of each stage: what is frozen, and learns at a rate, together.</summary>
    internal IReadOnlyList<IReadOnlyList<Module>> StageModules => [.. stages.Select(static stage => (Module[])[.. stage.Modules.Select(static part => part.Module)])];

    /// <summary>The features: batch × <see cref="FeatureSize"/>.</summary>
    /// <param name="input">A batch of samples.</param>
    public override Tensor Forward(Tensor input) => Outputs(input)[^1].Value;

    /// <summary>Every stage's output, in order.</summary>
    /// <param name="input">A batch of samples.</param>
    public IReadOnlyList<(string Layer, Tensor Value)> Outputs(Tensor input)
    {
        List<(string, Tensor)> outputs = new(stages.Count);
        foreach (BackboneStage stage in stages)
        {
            Tensor? within = null;
            foreach ((_, Module module) in stage.Modules)
            {
                // Freed at once: what autograd doesn't need must not pile up.
                using Tensor? before = within;
                within = module.Forward(before ?? input);
            }

            input = within!;
            outputs.Add((stage.Name, input));
        }

        return outputs;
    }
}

/// <summary>A stage of a backbone.</summary>
public sealed class BackboneStage
{
    /// <summary>Puts modules together to a stage.</summary>
    /// <param name="name">What the stage is called where its output is adapted.</param>
    /// <param name="modules">Its modules in order, one or more; their state is kept under these names.</param>
    /// <exception cref="ArgumentException">There is no module.</exception>
    public BackboneStage(string name, params (string Name, Module Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        if (modules.Length == 0)
            throw new ArgumentException($"the stage '{name}' has no module", nameof(modules));
        Name = name;
        Modules = modules;
    }

    /// <summary>What the stage is called.</summary>
    public string Name { get; }

    /// <summary>Its modules in order, with the names of their state.</summary>
    public IReadOnlyList<(string Name, Module Module)> Modules { get; }
}
