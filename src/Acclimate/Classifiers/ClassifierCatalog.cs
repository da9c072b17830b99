using System.Globalization;
using Acclimate.Catalog;

namespace Acclimate.Classifiers;

/// <summary>A classifier that can be named.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Options">Its options.</param>
public sealed record ClassifierEntry(string Name, string Summary, IReadOnlyList<MethodOption> Options);

/// <summary>Every classifier by name: <c>1nn</c>, <c>svm:C=10</c>, <c>logistic:C=none,folds=5</c>.</summary>
public static class ClassifierCatalog
{
    private static readonly (string Name, string Summary, Func<Classifier> Make)[] Known =
    [
        ("knn", "k nearest neighbours; 1nn, 5nn … for short", static () => new NearestNeighbours()),
        ("graded-1nn", "1nn's answers with graded probabilities: by each class's nearest sample", static () => new NearestOfClass()),
        ("centroid", "the class whose mean is nearest", static () => new NearestCentroid()),
        ("svm", "linear support vector machines, each class against the rest (liblinear)", static () => new LinearSvm()),
        ("svm-pairs", "linear support vector machines, one for each pair of classes (libsvm)", static () => new KernelSvm { Kernel = SvmKernel.Linear }),
        ("svm-rbf", "support vector machines with the Gaussian kernel, one for each pair of classes (libsvm)", static () => new KernelSvm()),
        ("logistic", "multinomial logistic regression", static () => new LogisticRegression()),
        ("ridge", "least squares onto the classes, each against the rest", static () => new RidgeClassifier()),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClassifierEntry> All =>
        [.. Known.Select(static known => new ClassifierEntry(known.Name, known.Summary, OptionsOf(known.Make())))];

    /// <summary>The names of those whose samples can count differently, in words.</summary>
    internal static string Weighing => string.Join(", ", Known.Where(static known => known.Make().TakesWeights).Select(static known => known.Name));

    /// <summary>Reads a classifier's name with its options.</summary>
    /// <param name="text">A name, or one with options behind a colon: <c>svm:C=10,loss=hinge</c>.</param>
    /// <exception cref="ArgumentException">The name or an option is not known, or an option is out of range.</exception>
    public static Classifier Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
        string name = parts[0];
        string[] settings = parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (name.EndsWith("nn", StringComparison.Ordinal) && int.TryParse(name[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out int k))
            (name, settings) = ("knn", [FormattableString.Invariant($"k={k}"), .. settings]);
        Func<Classifier>? make = Known.FirstOrDefault(known => known.Name == name).Make;
        if (make is null)
        {
            string[] names = [.. Known.Select(static known => known.Name)];
            string hint = NearestName.Hint(name, [.. names, "1nn"]);
            throw new ArgumentException($"there is no classifier '{name}'{(hint.Length > 0 ? hint : ".")} Known: 1nn, {string.Join(", ", names)}.");
        }

        List<KeyValuePair<string, string>> options = [];
        foreach (string setting in settings)
        {
            string[] sides = setting.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides.Length != 2)
                throw new ArgumentException($"'{setting}' is no option of {name}; expected NAME=VALUE, such as {name}:C=1");
            options.Add(new(sides[0], sides[1]));
        }

        Classifier classifier = make();
        new OptionSet(classifier.GetType()).Set(classifier, name, options);
        classifier.Validate();
        return classifier;
    }

    /// <summary>A classifier as it would be written; options are named where they are not the default.</summary>
    /// <param name="classifier">The classifier.</param>
    public static string NameOf(Classifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier is NearestNeighbours { Neighbours: int k })
            return FormattableString.Invariant($"{k}nn");
        (string name, _, Func<Classifier>? make) = Known.FirstOrDefault(known =>
            known.Make() is var plain && plain.GetType() == classifier.GetType() && (plain as KernelSvm)?.Kernel == (classifier as KernelSvm)?.Kernel);
        if (make is null)
            return classifier.GetType().Name;
        IReadOnlyDictionary<string, string> plain = OptionSet.Of(make());
        string[] set = [.. OptionSet.Of(classifier).Where(option => plain[option.Key] != option.Value).Select(static option => $"{option.Key}={option.Value}")];
        return set.Length == 0 ? name : $"{name}:{string.Join(',', set)}";
    }

    /// <summary>A classifier's options; the Gaussian kernel's γ only where that is the kernel.</summary>
    private static IReadOnlyList<MethodOption> OptionsOf(Classifier classifier) =>
        [.. new OptionSet(classifier.GetType()).Options.Where(option => option.Name != "gamma" || classifier is not KernelSvm { Kernel: not SvmKernel.Rbf })];
}
