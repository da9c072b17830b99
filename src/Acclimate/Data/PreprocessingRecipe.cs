using Acclimate.Data.Transforms;

namespace Acclimate.Data;

/// <summary>
/// Named preprocessing steps that are fitted on a pair of domains, such as <c>rowsum,zscore,l2</c>. What comes out is one
/// <see cref="Preprocessing"/> a domain, which a model keeps.
/// </summary>
public sealed class PreprocessingRecipe
{
    private static readonly Dictionary<string, (string Meaning, Step Fit)> Known = new(StringComparer.Ordinal)
    {
        ["rowsum"] = ("each sample divided by its sum", static (_, _, _) => (new UnitRows(RowNorm.Sum), new UnitRows(RowNorm.Sum))),
        ["l2"] = ("each sample scaled to unit length", static (_, _, _) => (new UnitRows(), new UnitRows())),
        ["zscore"] = ("each feature to mean 0 and deviation 1, each domain by its own", static (pair, s, t) => (Standardise.Fit(pair.Source, s), Standardise.Fit(pair.Target, t))),
        ["zscore-source"] = ("each feature to mean 0 and deviation 1 as measured on the source", static (pair, s, _) =>
        {
            Standardise both = Standardise.Fit(pair.Source, s);
            return (both, both);
        }
        ),
        ["tfidf"] = ("counts times how rare the word is in both domains together, each sample then scaled to unit length", static (pair, s, t) =>
        {
            TfIdf both = TfIdf.Fit(pair.Source, pair.Target, s, t);
            return (both, both);
        }
        ),
        ["binary"] = ("1 for what is above 0, else 0", static (_, _, _) => (new Binarise(), new Binarise())),
        ["log1p"] = ("log(1 + x), for counts", static (_, _, _) => (new LogCounts(), new LogCounts())),
    };

    private PreprocessingRecipe(IReadOnlyList<string> steps) => Steps = steps;

    private delegate (Transform Source, Transform Target) Step((Domain Source, Domain Target) pair, Preprocessing source, Preprocessing target);

    /// <summary>The names of the steps, first to last.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Every step that there is, with what it does.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> All => [.. Known.Select(static pair => (pair.Key, pair.Value.Meaning))];

    /// <summary>Reads step names.</summary>
    /// <param name="text">Names with commas between; nothing, or <c>none</c>, means no step.</param>
    /// <exception cref="ArgumentException">A name is not known; the message lists those that are.</exception>
    public static PreprocessingRecipe Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] names = text == "none" ? [] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(static name => !Known.ContainsKey(name)) is { } unknown)
            throw new ArgumentException($"there is no preprocessing step '{unknown}'{(NearestName.Hint(unknown, Known.Keys) is { Length: > 0 } hint ? hint : ".")} Known: {string.Join(", ", Known.Keys)}.");
        return new PreprocessingRecipe(names);
    }

    /// <summary>Fits the steps, each after those before it.</summary>
    /// <param name="source">The source; its labels are not looked at.</param>
    /// <param name="target">The target.</param>
    /// <param name="before">What comes before the steps, in both domains; nothing where it is left out.</param>
    /// <returns>What is done to source samples, and to target samples.</returns>
    /// <exception cref="DataException">The samples don't suit a step.</exception>
    public (Preprocessing Source, Preprocessing Target) Fit(Domain source, Domain target, Preprocessing? before = null)
    {
        Preprocessing ofSource = before ?? Preprocessing.None, ofTarget = ofSource;
        foreach (string name in Steps)
        {
            (Transform s, Transform t) = Known[name].Fit((source, target), ofSource, ofTarget);
            ofSource = new Preprocessing([.. ofSource.Steps, s]);
            ofTarget = new Preprocessing([.. ofTarget.Steps, t]);
        }

        return (ofSource, ofTarget);
    }

    /// <summary>The names with commas between.</summary>
    public override string ToString() => Steps.Count == 0 ? "none" : string.Join(',', Steps);
}
