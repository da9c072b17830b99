namespace Acclimate.Torch;

/// <summary>Parameters that an optimizer treats alike.</summary>
public sealed class ParameterGroup
{
    /// <summary>Creates a group.</summary>
    /// <param name="parameters">Parameters by name, as <see cref="Module.NamedParameters"/> gives them; they stay their module's.</param>
    public ParameterGroup(IEnumerable<KeyValuePair<string, Tensor>> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
    }

    /// <summary>The parameters by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Parameters { get; }

    /// <summary>What the optimizer's learning rate is multiplied by for this group; 1 unless set, at least 0.</summary>
    public double RateFactor
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 1;

    /// <summary>The group's own weight decay, at least 0; the optimizer's where it is none.</summary>
    public double? WeightDecay
    {
        get;
        init
        {
            if (value is { } decay)
                ArgumentOutOfRangeException.ThrowIfNegative(decay, nameof(value));
            field = value;
        }
    }
}
