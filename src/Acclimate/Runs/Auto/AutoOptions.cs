using System.Globalization;
using Acclimate.Catalog;

namespace Acclimate.Runs;

/// <summary>What a run that chooses by itself tries, and how long.</summary>
public sealed record AutoOptions
{
    private const double Longest = 14 * 24 * 3600;

    /// <summary>Seconds for all of it, above 0 to two weeks. Default ten minutes. What the answer rests on is finished in any case: the guard's pool, or the source's own network.</summary>
    public double Budget { get; init; } = 600;

    /// <summary>The methods to try; none tries those that map features, or train networks, and suit. Methods that weigh samples are tried where they are named.</summary>
    public IList<string>? Methods { get; init; }

    /// <summary>Methods not to try.</summary>
    public IList<string>? Exclude { get; init; }

    /// <summary>
    /// How often options are drawn from their search ranges of each of the three methods that most checks prefer, when all methods were tried at their defaults; 0 or more, 0 for none. Default 8.
    /// </summary>
    public int Draws { get; init; } = 8;

    /// <summary>Refuses what can be refused before anything is read.</summary>
    /// <exception cref="ArgumentException">The time or the draws are out of range, a method is unknown or can't be tried, or none is left.</exception>
    public void Validate()
    {
        if (Budget is not (> 0 and <= Longest))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the budget is {Budget} seconds; expected above 0, and two weeks at most"));
        if (Draws < 0)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"draws is {Draws}; expected 0 or more"));
        foreach (string name in Methods ?? [])
        {
            if (WhyNot(MethodCatalog.Find(name)) is { } why)
                throw new ArgumentException($"auto can't try {name}: {why}");
        }

        foreach (string name in Exclude ?? [])
            _ = MethodCatalog.Find(name);
        if (Methods is { Count: > 0 } && Methods.Select(static name => MethodCatalog.Find(name).IsShallow).Distinct().Count() > 1)
            throw new ArgumentException("auto tries shallow methods or networks, not both in one run: name methods of one kind");
        if (Methods is { Count: > 0 } && Methods.All(name => Exclude?.Contains(name) == true))
            throw new ArgumentException("every method that was named is excluded: nothing is left to try");
    }

    /// <summary>The methods to try, shallow ones or networks, in the catalogue's order.</summary>
    internal IReadOnlyList<MethodEntry> Wanted(bool shallow) =>
    [
        .. MethodCatalog.All.Where(entry => entry.IsShallow == shallow && WhyNot(entry) is null && Exclude?.Contains(entry.About.Name) != true
            && (Methods is { Count: > 0 } ? Methods.Contains(entry.About.Name) : entry.About.Family is Family.Features or Family.Deep)),
    ];

    /// <summary>Whether all methods that are named weigh the source's samples.</summary>
    internal bool OnlyWeighs => Methods is { Count: > 0 } && Methods.All(static name => MethodCatalog.Find(name).About.Family == Family.Instances);

    private static string? WhyNot(MethodEntry entry) => entry.About switch
    {
        { Command: { } command } => $"it does not adapt samples, it is for `acclimate {command}`",
        { Family: Family.Baseline } => "it does not adapt, and what it would be compared with is there in any case",
        { Setting: not LabelSetting.UnsupervisedTarget } => "it is not one that learns from a labelled source and an unlabelled target together",
        { SeveralSources: true } => "it is for several sources that are told apart",
        { Classes: not ClassSets.Same } => "it is for a target with other classes than the source's, of which the checks know nothing",
        _ => null,
    };
}
