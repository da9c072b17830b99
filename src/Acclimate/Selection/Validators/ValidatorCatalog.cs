using System.Reflection;
using Acclimate.Catalog;

namespace Acclimate.Selection;

/// <summary>One validator of the catalogue.</summary>
public sealed class ValidatorEntry
{
    private readonly Type type;
    private readonly OptionSet options;

    internal ValidatorEntry(Type type, ValidatorAttribute attribute)
    {
        this.type = type;
        About = attribute;
        options = new OptionSet(type);
    }

    /// <summary>Name, paper, formula, needs.</summary>
    public ValidatorAttribute About { get; }

    /// <summary>The options, in the order in which the class states them.</summary>
    public IReadOnlyList<MethodOption> Options => options.Options;

    /// <summary>A new object of the validator with the given options; the others keep their defaults.</summary>
    /// <param name="options">Values by option name.</param>
    /// <exception cref="ArgumentException">An option is unknown, can't be read, or is out of range.</exception>
    public Validator Create(IReadOnlyDictionary<string, string>? options = null)
    {
        Validator validator = (Validator)Activator.CreateInstance(type)!;
        this.options.Set(validator, About.Name, options ?? new Dictionary<string, string>());
        validator.Validate();
        return validator;
    }
}

/// <summary>Every validator that the program knows, found by its <see cref="ValidatorAttribute"/>.</summary>
public static class ValidatorCatalog
{
    private static readonly Lazy<IReadOnlyList<ValidatorEntry>> Entries = new(static () =>
        [.. typeof(ValidatorCatalog).Assembly.GetTypes()
            .Select(static type => (Type: type, About: type.GetCustomAttribute<ValidatorAttribute>()))
            .Where(static pair => pair.About is not null)
            .OrderBy(static pair => pair.About!.Name, StringComparer.Ordinal)
            .Select(static pair => new ValidatorEntry(pair.Type, pair.About!))]);

    /// <summary>All validators by name.</summary>
    public static IReadOnlyList<ValidatorEntry> All => Entries.Value;

    /// <summary>The validator of that name.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static ValidatorEntry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(entry => entry.About.Name == name) is { } found)
            return found;
        string[] known = [.. All.Select(static entry => entry.About.Name)];
        string hint = NearestName.Hint(name, known);
        throw new ArgumentException($"there is no validator '{name}'{(hint.Length > 0 ? hint : ".")} Known: {string.Join(", ", known)}.");
    }

    /// <summary>The name that a validator's class has in the catalogue.</summary>
    /// <param name="validator">An object of that class.</param>
    public static string NameOf(Validator validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        return validator.GetType().GetCustomAttribute<ValidatorAttribute>()?.Name ?? validator.GetType().Name;
    }
}
