using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <content>Where adapters go: into its blocks, or behind each stage that has weights where it has no blocks.</content>
public sealed partial class Backbone
{
    /// <summary>The most features that come out of a place for an adapter.</summary>
    internal long AdapterWidth => Blocks.Length > 0
        ? Blocks.Max(static block => block.Outputs)
        : Enumerable.Range(0, stages.Length).Max(stage => LastLayer(stage)?.Weight.Size(0) ?? 0);

    private Block[] Blocks => [.. Modules().OfType<Block>()];

    /// <summary>Puts adapters in; a stage's own is its last layer from then on, <c>STAGE_adapter</c> in the state.</summary>
    internal void AddAdapters(int size, Generator generator)
    {
        Block[] blocks = Blocks;
        foreach (Block block in blocks)
            block.AddAdapters(size, generator);
        for (int stage = 0; blocks.Length == 0 && stage < stages.Length; stage++)
        {
            if (LastLayer(stage) is { } last)
                Append(stage, new BottleneckAdapter(last.Weight.Size(0), size, maps: last is Conv2d, generator));
        }
    }

    /// <summary>The last layer with weights in a stage.</summary>
    private LowRankLayer? LastLayer(int stage) => StageModules(stage).SelectMany(static step => step.Module.Modules()).OfType<LowRankLayer>().LastOrDefault();

    private void Append(int stage, Module module)
    {
        (string name, int end) = stages[stage];
        string called = $"{name.Replace('.', '_')}_adapter";
        steps.Insert(end, (called, Add(called, module)));
        foreach ((string layer, int after) in layers.ToArray())
            layers[layer] = after > end || layer == name ? after + 1 : after;
        for (int i = stage; i < stages.Length; i++)
            stages[i].End++;
    }
}
