namespace Acclimate.Policies;

/// <summary>A way of using what was learnt in one environment while another is learnt.</summary>
public abstract class PolicyTransfer
{
    /// <summary>What acts and learns in the new environment.</summary>
    /// <param name="source">What was learnt in the other; it is not changed.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PolicyLearning Learner(ActionValues source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Validate();
        return Create(source);
    }

    /// <summary>Refuses options that can't be.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public virtual void Validate()
    {
    }

    private protected abstract PolicyLearning Create(ActionValues source);
}
