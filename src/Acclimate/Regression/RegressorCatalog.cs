using System.Globalization;
using Acclimate.Catalog;

namespace Acclimate.Regression;

/// <summary>A regressor that can be named.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Options">Its options.</param>
public sealed record RegressorEntry(string Name, string Summary, IReadOnlyList<MethodOption> Options);

/// <summary>Every regressor by name: <c>ridge</c>, <c>kernel-ridge:lambda=0.01,gamma=0.5</c>, <c>10nn</c>.</summary>
public static class RegressorCatalog
{
    private static readonly (string Name, string Summary, Func<Regressor> Make)[] Known =
    [
        ("ridge", "linear regression with a penalty on its length", static () => new RidgeRegressor()),
        ("kernel-ridge", "ridge regression with the Gaussian kernel", static () => new KernelRidgeRegressor()),
        ("knn", "the mean of the k nearest neighbours; 1nn, 10nn … for short", static () => new NeighbourRegressor()),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RegressorEntry> All => [.. Known.Select(static known => new RegressorEntry(known.Name, known.Summary, new OptionSet(known.Make().GetType()).Options))];

    /// <summary>Reads a regressor's name with its options.</summary>
    /// <param name="text">A name, or one with options behind a colon: <c>ridge:lambda=10</c>.</param>
    /// <exception cref="ArgumentException">The name or an option is not known, or an option is out of range.</exception>
    public static Regressor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
        string name = parts[0];
        string[] settings = parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (name.EndsWith("nn", StringComparison.Ordinal) && int.TryParse(name[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out int k))
            (name, settings) = ("knn", [FormattableString.Invariant($"k={k}"), .. settings]);
        if (Known.FirstOrDefault(known => known.Name == name).Make is not { } make)
        {
            string[] names = [.. Known.Select(static known => known.Name)];
            string hint = NearestName.Hint(name, names);
            throw new ArgumentException($"there is no regressor '{name}'{(hint.Length > 0 ? hint : ".")} Known: {string.Join(", ", names)}.");
        }

        List<KeyValuePair<string, string>> options = [];
        foreach (string setting in settings)
        {
            string[] sides = setting.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides.Length != 2)
                throw new ArgumentException($"'{setting}' is no option of {name}; expected NAME=VALUE, such as {name}:lambda=1");
            options.Add(new(sides[0], sides[1]));
        }

        Regressor regressor = make();
        new OptionSet(regressor.GetType()).Set(regressor, name, options);
        regressor.Validate();
        return regressor;
    }
}
