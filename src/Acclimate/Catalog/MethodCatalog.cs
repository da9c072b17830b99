using System.Collections;
using System.Globalization;
using System.Reflection;
using Acclimate.Torch;

namespace Acclimate.Catalog;

/// <summary>One option of a method.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it means.</param>
/// <param name="Default">The default, as it would be written.</param>
/// <param name="Source">Where the default comes from, if it is a paper's.</param>
/// <param name="Choices">What it can be, where that is a list.</param>
/// <param name="Range">What a search tries; none for what is not to be searched.</param>
/// <param name="When">The value of another option, <c>kernel=rbf</c>, without which this one does nothing; none where it always counts.</param>
public sealed record MethodOption(
    string Name, string Description, string Default, string? Source, IReadOnlyList<string> Choices, SearchRange? Range, string? When);

/// <summary>One method of the catalogue.</summary>
public sealed class MethodEntry
{
    private readonly Type type;
    private readonly OptionSet options;

    internal MethodEntry(Type type, MethodAttribute attribute)
    {
        this.type = type;
        About = attribute;
        options = new OptionSet(type);
    }

    /// <summary>Name, family, paper, formula.</summary>
    public MethodAttribute About { get; }

    /// <summary>The options, in the order in which the class states them.</summary>
    public IReadOnlyList<MethodOption> Options => options.Options;

    /// <summary>Whether it is a shallow method, a <see cref="Features.FeatureMethod"/>, and no network's <see cref="Deep.Objective"/>.</summary>
    public bool IsShallow => typeof(Features.FeatureMethod).IsAssignableFrom(type);

    /// <summary>Whether it trains a network: a <see cref="Deep.Objective"/>.</summary>
    public bool IsNetwork => typeof(Deep.Objective).IsAssignableFrom(type);

    /// <summary>The command that uses it: <c>train</c>, unless it is for one of its own.</summary>
    public string Command => About.Command ?? "train";

    /// <summary>The commands of methods for classes without samples, and of those that find groups.</summary>
    internal const string ZeroShot = "zero-shot", Cluster = "cluster";

    /// <summary>Whether it looks at a target, labelled or not.</summary>
    public bool NeedsTarget => IsShallow || About.Setting != LabelSetting.SourceOnly;

    /// <summary>Whether it learns further tasks beside the source's.</summary>
    public bool LearnsTasks => typeof(Deep.ILearnsTasks).IsAssignableFrom(type);

    /// <summary>This method, where samples can be adapted with it.</summary>
    /// <exception cref="ArgumentException">It is for a command of its own; the message names that.</exception>
    public MethodEntry OfSamples() => About.Command is { } command ? throw new ArgumentException($"{About.Name} does not adapt samples: it is for `acclimate {command}`") : this;

    /// <summary>The kind of method by its place in the library, in kebab-case: <c>mean-matching</c>, <c>transport</c>.</summary>
    internal string Kind => OptionText.Kebab(type.Namespace!.Split('.')[^1]);

    /// <summary>Options for a trial: of each that has a range and counts beside the others a value by chance.</summary>
    /// <param name="generator">The source of chance: the same seed draws the same options.</param>
    public IReadOnlyDictionary<string, string> Draw(Generator generator) => options.Draw(generator);

    /// <summary>A new object of the method with the given options; the others keep their defaults.</summary>
    /// <param name="options">Values by option name.</param>
    /// <exception cref="ArgumentException">An option is unknown or a value can't be read: every fault in one message.</exception>
    public object Create(IReadOnlyDictionary<string, string>? options = null)
    {
        object method = Activator.CreateInstance(type)!;
        this.options.Set(method, About.Name, options ?? new Dictionary<string, string>());
        return method;
    }
}

/// <summary>Every method that the program knows, found by its <see cref="MethodAttribute"/>.</summary>
public static class MethodCatalog
{
    private static readonly Lazy<IReadOnlyList<MethodEntry>> Entries = new(static () =>
        [.. typeof(MethodCatalog).Assembly.GetTypes()
            .Select(static type => (Type: type, About: type.GetCustomAttribute<MethodAttribute>()))
            .Where(static pair => pair.About is not null)
            .OrderBy(static pair => pair.About!.Family)
            .ThenBy(static pair => pair.About!.Name, StringComparer.Ordinal)
            .Select(static pair => new MethodEntry(pair.Type, pair.About!))]);

    /// <summary>All methods: baselines first, then by family and name.</summary>
    public static IReadOnlyList<MethodEntry> All => Entries.Value;

    /// <summary>The method of that name.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static MethodEntry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(entry => entry.About.Name == name) is { } found)
            return found;
        string[] known = [.. All.Select(static entry => entry.About.Name)];
        string hint = NearestName.Hint(name, known);
        throw new ArgumentException($"there is no method '{name}'{(hint.Length > 0 ? hint : ".")} Known: {string.Join(", ", known)}.");
    }

    /// <summary>The name that a method's class has in the catalogue.</summary>
    /// <param name="method">An object of that class.</param>
    public static string NameOf(object method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.GetType().GetCustomAttribute<MethodAttribute>()?.Name ?? method.GetType().Name;
    }

    /// <summary>Every option of a method object by name, as it would be written.</summary>
    /// <param name="method">The method.</param>
    public static IReadOnlyDictionary<string, string> OptionsOf(object method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return OptionSet.Of(method);
    }
}

/// <summary>Options as text: numbers in the invariant form, lists with commas, choices in kebab-case.</summary>
internal static class OptionText
{
    /// <summary>What an option that may be left open reads as where it is.</summary>
    public static readonly object None = new();

    public static string Write(object? value) => value switch
    {
        null or IReadOnlyList<double> { Count: 0 } => "none",
        bool flag => flag ? "true" : "false",
        Enum choice => Kebab(choice.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        IReadOnlyList<int> { Count: 0 } or IReadOnlyList<string> { Count: 0 } => "none",
        IEnumerable items => string.Join(',', items.Cast<object?>().Select(Write)),
        _ => value.ToString() ?? string.Empty,
    };

    public static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : string.Empty) + char.ToLowerInvariant(c) : c.ToString()));

    public static object? Read(string text, Type type, out string expected)
    {
        expected = string.Empty;
        if (Nullable.GetUnderlyingType(type) is { } optional)
        {
            if (text == "none")
                return None;
            object? given = Read(text, optional, out expected);
            expected += " or none";
            return given;
        }

        if (type == typeof(string))
            return text;
        if (type == typeof(double))
        {
            expected = "a number";
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        }

        if (type == typeof(int))
        {
            expected = "a whole number";
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
        }

        if (type == typeof(bool))
        {
            expected = "true or false";
            return bool.TryParse(text, out bool flag) ? flag : null;
        }

        if (type.IsEnum)
        {
            string[] names = Enum.GetNames(type);
            expected = string.Join(" or ", names.Select(Kebab));
            string? name = names.FirstOrDefault(n => Kebab(n) == text);
            return name is null ? null : Enum.Parse(type, name);
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            expected = "names with commas between, or none";
            if (text == "none")
                return Array.Empty<string>();
            string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return names.Length == 0 ? null : names;
        }

        if (type == typeof(IReadOnlyList<int>))
        {
            expected = "whole numbers with commas between, or none";
            if (text == "none")
                return Array.Empty<int>();
            object?[] numbers = [.. text.Split(',').Select(static part => Read(part.Trim(), typeof(int), out _))];
            return numbers.Contains(null) ? null : numbers.Cast<int>().ToArray();
        }

        if (type == typeof(IReadOnlyList<double>))
        {
            expected = "numbers with commas between, or none";
            if (text == "none")
                return Array.Empty<double>();
            object?[] numbers = [.. text.Split(',').Select(static part => Read(part.Trim(), typeof(double), out _))];
            return numbers.Contains(null) ? null : numbers.Cast<double>().ToArray();
        }

        throw new ArgumentException($"options of type {type.Name} can't be read from text");
    }
}
