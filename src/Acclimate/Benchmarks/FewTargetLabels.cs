namespace Acclimate.Benchmarks;

/// <summary>
/// What a few labels of the target are worth: 0, 1, 3 and 5 of each class to learn from, all others scored. U>M+3 is USPS to MNIST with three.
/// A row that needs target labels has no figure where there are none.
/// </summary>
internal static class FewTargetLabels
{
    private const int Draws = 3;

    private static readonly int[] Counts = [0, 1, 3, 5];

    /// <summary>The JDA paper's digits, samples of unit length; a figure is the mean of three draws of the labels.</summary>
    public static BenchmarkSuite Shallow { get; } = new(
        "few-target-labels",
        "MNIST and USPS, the JDA paper's samples, with labels of the target",
        [
            .. from pair in (string[])["U>M", "M>U"]
               from count in Counts
               let letters = pair.Split('>')
               select new BenchmarkTask($"{pair}+{count}", JdaDigits.FileOf(letters[0]), JdaDigits.FileOf(letters[1])) { Labels = count, Draws = Draws },
        ],
        [
            new("target-only", "target-only", "", "l2"),
            new("source+target", "no-adaptation", "", "l2"),
            new("jda-100", "jda", "kernel=primal dimensions=100 lambda=0.1", "l2"),
            new("meda", "meda", "", "l2"),
            new("drs", "drs", "", "l2"),
            new("msda", "msda", "layers=3", "l2") { Classifier = "logistic:C=1" },
            new("logistic", "no-adaptation", "", "l2") { Classifier = "logistic:C=1" },
            new("label-propagation", "label-propagation", "seeds=labels", "l2"),
            new("balanced-self-training", "balanced-self-training", "", "l2") { Classifier = "logistic:C=1" },
            new("gcn", "gcn", "", "l2"),
        ]);

    /// <summary>All of MNIST and USPS by a LeNet, with a short budget; other labels for each seed. What takes no target labels has the same figure whatever their number.</summary>
    public static BenchmarkSuite Deep { get; } = new(
        "few-target-labels-deep",
        "Digits, LeNet at 28 × 28, with labels of the target",
        [
            .. from task in (BenchmarkTask[])[DeepDigits.MnistToUsps, DeepDigits.UspsToMnist]
               from count in Counts
               select task with { Name = $"{task.Name}+{count}", Labels = count },
        ],
        [.. BenchmarkSuites.Among("source-only", "dan", "dann", "mcc", "self-training", "pseudo-label", "mean-teacher", "drcn", "gan-features")])
    {
        Training = DeepDigits.Training with { Steps = 1000, CheckpointSteps = 1000 },
        Seeds = [0, 1, 2],
    };
}
