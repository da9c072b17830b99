using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>Several labelled sources, one domain left out at a time: with its samples, unlabelled, to learn from, or without a look at it.</summary>
internal static class ManySources
{
    private const string Mnist = "mnist?part=train&take=700", MnistOthers = "mnist?part=train&take=1000&draw=1";
    private const string Usps = "usps/usps.npz?features=x_train&labels=y_train", UspsTest = "usps/usps.npz?features=x_test&labels=y_test";
    private const string MnistM = "mnist_m";

    /// <summary>Amazon's three other products to one, whose reviews are there without labels.</summary>
    public static BenchmarkSuite Weighted { get; } = new(
        "many-sources",
        "Amazon reviews, 400 features, three products to the fourth",
        [.. LeftOut().Select(static left => new BenchmarkTask(left.Name, left.Sources[0], left.Target) { Also = left.Sources[1..] })],
        [
            new("merged", "no-adaptation", "", "l2") { Classifier = "logistic:C=1" },
            new("even", "multi-source", "weights=even", "l2") { Classifier = "logistic:C=1" },
            new("shares", "multi-source", "weights=shares", "l2") { Classifier = "logistic:C=1" },
            new("density", "multi-source", "weights=density", "l2") { Classifier = "logistic:C=1" },
            new("merged-msda", "msda", "layers=3", "l2") { Classifier = "logistic:C=1" },
            new("merged-coral", "coral", "", "l2") { Classifier = "svm:C=1" },
        ]);

    /// <summary>
    /// Digits by a LeNet: M MNIST (7,000 samples), U USPS, MM MNIST-M; 1,000 steps of 96, each source as often as another. The left-out domain is not looked at. USPS is scored on
    /// its test part and MNIST-M on all of it; MNIST on 10,000 of its training part, since the digits of its test part are those that MNIST-M shows.
    /// </summary>
    public static BenchmarkSuite Digits { get; } = new(
        "generalisation",
        "Digits, LeNet at 28 × 28, a domain that nobody has seen",
        [
            new BenchmarkTask("U+MM>M", Usps, string.Empty) { Also = [MnistM], Test = MnistOthers },
            new BenchmarkTask("M+MM>U", Mnist, string.Empty) { Also = [MnistM], Test = UspsTest },
            new BenchmarkTask("M+U>MM", Mnist, string.Empty) { Also = [Usps], Test = MnistM },
        ],
        Rows)
    {
        Training = new RunConfig { Backbone = "lenet", Size = 28, Steps = 1000, BatchSize = 96, CheckpointSteps = 500, Balance = true },
        Seeds = [0, 1, 2],
    };

    /// <summary>Amazon's three other products to one that is not looked at, by a perceptron: 500 steps of 96.</summary>
    public static BenchmarkSuite Amazon { get; } = new(
        "generalisation-amazon",
        "Amazon reviews, 400 features, a product that nobody has seen",
        [.. LeftOut().Select(static left => new BenchmarkTask(left.Name, left.Sources[0], string.Empty) { Also = left.Sources[1..], Test = left.Target })],
        Rows)
    {
        Training = new RunConfig { Backbone = "mlp", Steps = 500, BatchSize = 96, CheckpointSteps = 250, Balance = true },
        Seeds = [0, 1, 2],
    };

    /// <summary>All sources as one without more (empirical risk minimisation), and what is made for sources that are told apart.</summary>
    private static BenchmarkRow[] Rows =>
        [new("erm", BenchmarkRow.SourceOnly, "", ""), new("group-dro", "group-dro", "", ""), new("coral-sources", "coral-sources", "", ""), new("mixstyle", "mixstyle", "", "")];

    private static IEnumerable<(string Name, string[] Sources, string Target)> LeftOut()
    {
        string[] letters = ["B", "D", "E", "K"];
        return letters.Select(left => ($"{string.Join('+', letters.Where(letter => letter != left))}>{left}", letters.Where(letter => letter != left).Select(Amazon400.FileOf).ToArray(), Amazon400.FileOf(left)));
    }
}
