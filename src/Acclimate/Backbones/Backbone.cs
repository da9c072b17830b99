using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// A network up to the features that a classifier sees: named stages, one after another. Any stage is an output that
/// a method can adapt, and a place at which to freeze.
/// </summary>
public sealed class Backbone : Module
{
    private readonly IReadOnlyList<(string Name, Module Module)> stages;

    /// <summary>Puts stages together.</summary>
    /// <param name="stages">Names and modules in order; their state is kept under these names.</param>
    /// <param name="featureSize">How many features the last stage gives a sample.</param>
    public Backbone(IReadOnlyList<(string Name, Module Module)> stages, int featureSize)
    {
        ArgumentNullException.ThrowIfNull(stages);
        this.stages = stages;
        FeatureSize = featureSize;
        foreach ((string name, Module module) in stages)
            Add(name, module);
    }

    /// <summary>How many features a sample has.</summary>
    public int FeatureSize { get; }

    /// <summary>The stages' names in order.</summary>
    public IEnumerable<string> Stages => stages.Select(static s => s.Name);

    /// <summary>The features: batch × <see cref="FeatureSize"/>.</summary>
    /// <param name="input">A batch of samples.</param>
    public override Tensor Forward(Tensor input) => Outputs(input)[^1].Value;

    /// <summary>Every stage's output, in order.</summary>
    /// <param name="input">A batch of samples.</param>
    public IReadOnlyList<(string Layer, Tensor Value)> Outputs(Tensor input)
    {
        List<(string, Tensor)> outputs = new(stages.Count);
        foreach ((string name, Module module) in stages)
        {
            input = module.Forward(input);
            outputs.Add((name, input));
        }

        return outputs;
    }
}
