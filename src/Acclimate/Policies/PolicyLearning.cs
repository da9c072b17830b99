using Acclimate.Generated;

namespace Acclimate.Policies;

/// <summary>What acts while it learns: the best action by its values, now and then another. Ways of transfer act otherwise.</summary>
/// <param name="values">Where its values start; they are changed.</param>
public class PolicyLearning(ActionValues values)
{
    /// <summary>What is learnt.</summary>
    public ActionValues Values { get; } = values;

    /// <summary>The values whose best actions it would take for good by now.</summary>
    public virtual ActionValues Chosen => Values;

    /// <summary>An episode begins.</summary>
    internal virtual void Begin(ref RandomStream random)
    {
    }

    /// <summary>What to do.</summary>
    internal virtual int Act(CartState state, int step, ref RandomStream random) => Explore(state, QLearning.Exploration, ref random);

    /// <summary>An episode is over.</summary>
    internal virtual void End(int steps, bool reached)
    {
    }

    /// <summary>The best action by its values, or any with a probability.</summary>
    private protected int Explore(CartState state, float probability, ref RandomStream random) => random.Chance(probability) ? random.Index(ValleyTask.Actions) : Values.Best(state);
}
