using System.Reflection;

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
            pair.Property.PropertyType.IsEnum ? [.. Enum.GetNames(pair.Property.PropertyType).Select(OptionText.Kebab)] : []))];
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
}
