using Acclimate.Catalog;
using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>
/// Digits by a LeNet: M MNIST, U USPS, MM MNIST-M (digits over photographs), all samples of the training parts, 2,000 steps
/// of 64 + 64 at 28 × 28. MNIST and USPS are scored on their test parts, MNIST-M on the samples that were adapted to.
/// </summary>
internal static class DeepDigits
{
    private const string Mnist = "mnist?part=train", MnistTest = "mnist?part=test", MnistM = "mnist_m";
    private const string Usps = "usps/usps.npz?features=x_train&labels=y_train", UspsTest = "usps/usps.npz?features=x_test&labels=y_test";
    private const string Half = "&classes=0,1,2,3,4";

    internal static readonly BenchmarkTask MnistToUsps = new("M>U", Mnist, Usps) { Test = UspsTest };
    internal static readonly BenchmarkTask UspsToMnist = new("U>M", Usps, Mnist) { Test = MnistTest };
    private static readonly BenchmarkTask MnistToMnistM = new("M>MM", Mnist, MnistM);

    internal static readonly RunConfig Training = new() { Backbone = "lenet", Size = 28, Steps = 2000, BatchSize = 64, CheckpointSteps = 500 };

    /// <summary>The library's own figures: 50,000 steps of 128 and the best epoch by the target's labels.</summary>
    private static readonly ReferenceTable Tllib = ReferenceTable.Parse("TLlib, 50,000 steps, best epoch by target labels", """
        source | 82.1 74.6 -
        DANN   | 91.7 95.2 -
        DAN    | 86.0 89.5 -
        JAN    | 84.0 86.8 -
        ADDA   | 94.5 98.3 -
        """);

    /// <summary>Tzeng, Hoffman, Saenko, Darrell, CVPR 2017.</summary>
    private static readonly ReferenceTable Adda = ReferenceTable.Parse("ADDA paper, its LeNet", """
        source | 75.2 57.1 -
        DANN   | 77.1 73.0 -
        ADDA   | 89.4 90.1 -
        """);

    /// <summary>Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand, Lempitsky, JMLR 2016.</summary>
    private static readonly ReferenceTable Dann = ReferenceTable.Parse("DANN paper, all of MNIST-M", """
        source          | - - 52.25
        DANN            | - - 76.66
        train on target | - - 95.96
        """);

    public static BenchmarkSuite Suite { get; } = new(
        "digits-deep",
        "Digits, LeNet at 28 × 28",
        [MnistToUsps, UspsToMnist, MnistToMnistM],
        [.. BenchmarkSuites.Deep(ClassSets.Same).SelectMany(static row => row.Method == "dan"
            ? (BenchmarkRow[])[row, new("dan-linear", "dan", "estimator=linear-unbiased", ""), new("dan-logits", "dan", "layers=features,logits", "")]
            : [row])])
    {
        Training = Training,
        Seeds = [0, 1, 2],
        Context = [.. Tllib.Rows, .. Adda.Rows, .. Dann.Rows],
    };

    public static BenchmarkSuite Partial { get; } = new(
        "digits-partial",
        "Digits, the target has 0 to 4 alone",
        [
            MnistToUsps with { Target = Usps + Half, Test = UspsTest + Half },
            UspsToMnist with { Target = Mnist + Half, Test = MnistTest + Half },
            MnistToMnistM with { Target = MnistM + "?" + Half[1..] },
        ],
        [.. BenchmarkSuites.Among("source-only", "dann", "dan", "cdan", "mcc", "shot"), .. BenchmarkSuites.Deep(ClassSets.Partial)])
    {
        Training = Training,
        Seeds = [0, 1, 2],
    };

    public static BenchmarkSuite Open { get; } = new(
        "digits-open",
        "Digits, the source knows 0 to 4 alone",
        [
            MnistToUsps with { Source = Mnist + Half },
            UspsToMnist with { Source = Usps + Half },
            MnistToMnistM with { Source = Mnist + Half },
        ],
        [.. BenchmarkSuites.Among("source-only", "dann"), .. BenchmarkSuites.Deep(ClassSets.Open)])
    {
        Training = Training with { OpenSet = true },
        Seeds = [0, 1, 2],
    };
}
