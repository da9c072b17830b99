namespace Acclimate.Benchmarks.Honest;

/// <summary>Every real pair that the project measures honest choice on, in six suites.</summary>
public static class HonestPairs
{
    private const string MobileNet = "weights_mobilenet/mobilenet_v1_025_224.safetensors";
    private const string Mnist = "mnist?part=train&take=200&draw={seed}", MnistTest = "mnist?part=test&take=200&draw={seed}";
    private const string Usps = "usps/usps.npz?features=x_train&labels=y_train&take=200&draw={seed}", UspsTest = "usps/usps.npz?features=x_test&labels=y_test";

    private static readonly string[] Corruptions = ["noise:5", "blur:5", "fog:5", "contrast:5", "jpeg:5"];

    /// <summary>Office+Caltech's SURF, the JDA paper's digits and those of the whole sets, Amazon's reviews, MNIST-M, PACS and CIFAR made worse.</summary>
    public static IReadOnlyList<HonestPair> All { get; } =
    [
        .. Of("surf", OfficeCaltechSurf.Suite, "rowsum,zscore"),
        .. Of("digits", JdaDigits.Suite, "l2"),
        new("digits", "MNIST>USPS", Mnist, UspsTest, "l2"),
        new("digits", "USPS>MNIST", Usps, MnistTest, "l2"),
        .. Of("amazon", Amazon400.Suite, "l2"),
        new("mnist-m", "MNIST>MNIST-M", Mnist, "mnist_m?take=200&draw={seed}", "l2"),
        .. Of("pacs", "photo art_painting cartoon sketch"),
        .. from how in Corruptions
           select new HonestPair("cifar", $"clean>{how.Split(':')[0]}", "cifar10?part=train", $"cifar10?part=test&corrupt={how}", "none") { Weights = MobileNet },
    ];

    private static IEnumerable<HonestPair> Of(string name, BenchmarkSuite suite, string preprocess) =>
        suite.Tasks.Select(task => new HonestPair(name, task.Name, task.Source, task.Target, preprocess));

    /// <summary>PACS: each domain to each other.</summary>
    private static IEnumerable<HonestPair> Of(string name, string domains) =>
        from source in domains.Split(' ')
        from target in domains.Split(' ')
        where source != target
        select new HonestPair(name, $"{source}>{target}", $"pacs/{source}", $"pacs/{target}", "none") { Weights = MobileNet };
}
