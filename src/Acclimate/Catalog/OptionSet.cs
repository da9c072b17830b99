using System.Reflection;
using Acclimate.Torch;

namespace Acclimate.Catalog;

/// <summary>The options of a class: its <c>init</c> properties with an <see cref="OptionAttribute"/>.</summary>
internal sealed class OptionSet
{
    private readonly List<(PropertyInfo Property, OptionAttribute Option)> settable;

    public OptionSet(Type type)
    {
        settable = [.. type.GetProperties()
            .Select(static property => (property, property.GetCustomAttribute<OptionAttribute>()!))
            .Where(static pair => pair.Item2 is not null)];
        object plain = Activator.CreateInstance(type)!;
        Options = [.. settable.Select(pair => new MethodOption(
            pair.Option.Name,
            pair.Option.Description,
            OptionText.Write(pair.Property.GetValue(plain)),
            pair.Option.Source,
            Choices(pair.Property.PropertyType),
            Range(pair.Option.Search, pair.Property.PropertyType),
            pair.Option.When))];
    }

    /// <summary>The options, in the order in which the class states them.</summary>
    public IReadOnlyList<MethodOption> Options { get; }

    /// <summary>Sets options of an object by name; the others stay as they are.</summary>
    /// <param name="owner">The object.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="options">Values by option name.</param>
    /// <exception cref="ArgumentException">An option is unknown or a value can't be read: every fault in one message.</exception>
    public void Set(object owner, string name, IEnumerable<KeyValuePair<string, string>> options)
    {
        List<string> faults = [];
        foreach ((string option, string text) in options)
        {
            PropertyInfo? property = settable.FirstOrDefault(pair => pair.Option.Name == option).Property;
            if (property is null)
            {
                faults.Add($"{name} has no option '{option}'; it has: {(Options.Count == 0 ? "none" : string.Join(", ", Options.Select(static o => o.Name)))}");
                continue;
            }

            if (OptionText.Read(text, property.PropertyType, out string expected) is { } value)
                property.SetValue(owner, ReferenceEquals(value, OptionText.None) ? null : value);
            else
                faults.Add($"option '{option}' of {name} is '{text}'; expected {expected}");
        }

        if (faults.Count > 0)
            throw new ArgumentException(string.Join('\n', faults));
    }

    /// <summary>A value by chance for every option that has a range and counts beside the others.</summary>
    /// <param name="generator">The source of chance.</param>
    public IReadOnlyDictionary<string, string> Draw(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Dictionary<string, string> drawn = Options.Where(static option => option.Range is not null).ToDictionary(static option => option.Name, option => option.Range!.Draw(generator));
        foreach (MethodOption option in Options.Where(static option => option.When is not null))
        {
            string[] sides = option.When!.Split('=');
            if (drawn.GetValueOrDefault(sides[0], Options.First(other => other.Name == sides[0]).Default) != sides[1])
                drawn.Remove(option.Name);
        }

        return drawn;
    }

    /// <summary>Every option of an object by name, as it would be written.</summary>
    public static IReadOnlyDictionary<string, string> Of(object owner)
    {
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (PropertyInfo property in owner.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is { } option)
                options[option.Name] = OptionText.Write(property.GetValue(owner));
        }

        return options;
    }

    private static string[] Choices(Type type) => type.IsEnum ? [.. Enum.GetNames(type).Select(OptionText.Kebab)] : [];

    private static SearchRange? Range(string? search, Type type) => search switch
    {
        OptionAttribute.Fixed => null,
        not null => SearchRange.Parse(search, whole: (Nullable.GetUnderlyingType(type) ?? type) == typeof(int)),
        null when type.IsEnum => SearchRange.OfList(Choices(type)),
        null when type == typeof(bool) => SearchRange.OfList([OptionText.Write(false), OptionText.Write(true)]),
        _ => null,
    };
}
