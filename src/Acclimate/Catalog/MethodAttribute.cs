namespace Acclimate.Catalog;

/// <summary>Which way of transfer a method takes.</summary>
public enum Family
{
    /// <summary>No adaptation: what every method is measured against.</summary>
    Baseline,

    /// <summary>Source samples weighed or selected, so that the source stands for the target; what is learnt from them takes the weights.</summary>
    Instances,

    /// <summary>Features mapped, or weighed, so that they serve both domains; no network.</summary>
    Features,

    /// <summary>A network trained so that its features serve both domains.</summary>
    Deep,

    /// <summary>Samples or classes without any label: classes known by attributes, features and groups from samples that nobody labelled.</summary>
    Unlabelled,

    /// <summary>What a network learnt elsewhere, its parameters or its answers, kept in use while it learns one labelled set.</summary>
    Parameters,

    /// <summary>What is known of how things hang together in one world of relations, put into another's terms.</summary>
    Relations,

    /// <summary>What was learnt for acting in one environment, kept in use while another is learnt.</summary>
    Policies,
}

/// <summary>Which labels a method takes.</summary>
public enum LabelSetting
{
    /// <summary>Labelled source; the target is not looked at.</summary>
    SourceOnly,

    /// <summary>Labelled source, unlabelled target.</summary>
    UnsupervisedTarget,

    /// <summary>Labelled source, and labels of a few target samples.</summary>
    FewTargetLabels,

    /// <summary>A classifier of the source, then unlabelled target without the source.</summary>
    SourceFree,

    /// <summary>Labels of a few target samples; those of the source, if it has any, are not looked at.</summary>
    TargetOnly,

    /// <summary>Samples of other classes with labels, and what all classes are like.</summary>
    OtherClasses,

    /// <summary>No label at all.</summary>
    None,
}

/// <summary>How the target's classes lie to the source's.</summary>
public enum ClassSets
{
    /// <summary>They are the same.</summary>
    Same,

    /// <summary>The target has some of the source's only.</summary>
    Partial,

    /// <summary>The target has others too, which the source doesn't know.</summary>
    Open,
}

/// <summary>
/// Puts a class into the catalogue: the command line, the docs and the contract tests read it from here.
/// </summary>
/// <param name="name">The name on the command line.</param>
/// <param name="family">The way of transfer.</param>
/// <param name="setting">The labels that it takes.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MethodAttribute(string name, Family family, LabelSetting setting) : Attribute
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>The way of transfer.</summary>
    public Family Family { get; } = family;

    /// <summary>The labels that it takes.</summary>
    public LabelSetting Setting { get; } = setting;

    /// <summary>How the target's classes may lie to the source's; the same unless said.</summary>
    public ClassSets Classes { get; init; }

    /// <summary>Whether it learns from several sources, which it tells apart; false unless said.</summary>
    public bool SeveralSources { get; init; }

    /// <summary>The method's name in full.</summary>
    public required string Title { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Its objective, in the paper's symbols.</summary>
    public required string Formula { get; init; }

    /// <summary>The command that it is for, such as <c>relations transfer</c>; none for a method that domains of samples are adapted with, by <c>train</c>.</summary>
    public string? Command { get; init; }

    /// <summary>Authors, title, venue, year; none for a baseline.</summary>
    public string? Paper { get; init; }
}

/// <summary>Makes an <c>init</c> property an option that can be set by name; its default is what a new object has.</summary>
/// <param name="name">The option's name on the command line.</param>
/// <param name="description">What it means, with its range.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string name, string description) : Attribute
{
    /// <summary>What <see cref="Search"/> says of an option that no search sets.</summary>
    public const string Fixed = "fixed";

    /// <summary>The option's name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>What it means, with its range.</summary>
    public string Description { get; } = description;

    /// <summary>Where the default comes from.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// What a search tries, as <see cref="SearchRange"/> reads it: <c>0..1</c>, <c>0.01..100 log</c>, <c>a|b</c>. <see cref="Fixed"/> for what is
    /// not to be searched: names, files, weights of named tasks, and what only costs time as it grows. None for a choice, and for true or false:
    /// all values. Ranges are the papers' where these name one, otherwise a factor around the default; none was tuned on data.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>The value of another option, <c>kernel=rbf</c>, without which this one does nothing, so that it is not searched; none where it always counts.</summary>
    public string? When { get; init; }
}
