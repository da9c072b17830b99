namespace Acclimate.Deep;

/// <summary>Refuses options that are out of range, by the method's and the option's name.</summary>
internal static class Require
{
    /// <summary>A number that may not be below a bound.</summary>
    /// <exception cref="ArgumentException">It is, or is no number.</exception>
    public static void AtLeast(string method, string option, double value, double least)
    {
        if (!(value >= least))
            throw new ArgumentException(FormattableString.Invariant($"{method}: {option} is {value}; expected {least} or more"));
    }

    /// <summary>A number that must lie between two bounds, which it may meet.</summary>
    /// <exception cref="ArgumentException">It doesn't, or is no number.</exception>
    public static void Within(string method, string option, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException(FormattableString.Invariant($"{method}: {option} is {value}; expected {least} to {most}"));
    }

    /// <summary>A number that must be above a bound.</summary>
    /// <exception cref="ArgumentException">It isn't, or is no number.</exception>
    public static void Above(string method, string option, double value, double bound)
    {
        if (!(value > bound))
            throw new ArgumentException(FormattableString.Invariant($"{method}: {option} is {value}; expected more than {bound}"));
    }

    /// <summary>Layers to adapt: one or more, all of which the network has.</summary>
    /// <exception cref="ArgumentException">There are none, or the network lacks one; the message names those it has.</exception>
    public static void Layers(string method, IReadOnlyList<string> layers, Activations network)
    {
        if (layers.Count == 0)
            throw new ArgumentException($"{method}: layers is empty; the network has: {string.Join(", ", network.Names)}");
        foreach (string layer in layers)
            _ = network[layer];
    }
}
