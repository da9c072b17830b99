using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>What learns beside the weights of a backbone, which stay as they are: <see cref="LowRank"/> or <see cref="Adapters"/>.</summary>
public abstract record Addition
{
    /// <summary>Whether a name in a state is that of something that was added.</summary>
    /// <param name="stateName">The name.</param>
    public static bool IsPart(string stateName) => LowRankLayer.IsAddition(stateName) || BottleneckAdapter.IsPart(stateName);

    /// <summary>Whether it can be folded into the weights.</summary>
    internal abstract bool Folds { get; }

    /// <summary>Whether the weights that a module itself holds stay.</summary>
    internal virtual bool Keeps(Module module) => true;

    /// <summary>Fixes what a backbone holds, and adds what learns; the network computes what it did.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or there is an addition already.</exception>
    internal abstract void AddTo(Backbone backbone, Generator generator);

    /// <summary>Refuses a second addition.</summary>
    private protected static void RequireNone(Backbone backbone)
    {
        if (backbone.NamedParameters().Any(static pair => IsPart(pair.Key)))
            throw new ArgumentException("something learns beside the backbone's weights already");
    }
}
