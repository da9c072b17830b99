namespace Acclimate.Benchmarks;

/// <summary>Amazon reviews, good or bad, as 400 features: B books, D dvd, E electronics, K kitchen.</summary>
internal static class Amazon400
{
    /// <summary>Wang, Chen, Yu, Huang, Yang, ICME 2019: EasyTL's average.</summary>
    public static ReferenceTable EasyTl { get; } = ReferenceTable.Parse("EasyTL results", """
        EasyTL | = 79.5
        """);

    /// <summary>Recomputed from the same files with an independent program: samples of unit length, logistic regression with C = 100.</summary>
    public static ReferenceTable Recomputed { get; } = ReferenceTable.Parse("recomputed", """
        logistic | 78.7 76.0 77.9 67.1 74.3 77.2 71.2 72.4 84.1 68.8 75.9 82.4
        """);

    public static BenchmarkSuite Suite { get; } = new(
        "amazon-400",
        "Amazon reviews, 400 features",
        BenchmarkSuites.Tasks("B>D B>E B>K D>B D>E D>K E>B E>D E>K K>B K>D K>E", FileOf),
        [
            new("no-adaptation", "no-adaptation", "", "l2"),
            new("no-adaptation-logistic", "no-adaptation", "", "l2", Recomputed["logistic"]) { Classifier = "logistic:C=100" },
            new("pca-100", "pca", "dimensions=100", "l2"),
            new("tca-30", "tca", "kernel=linear dimensions=30 mu=1", "l2"),
            new("jda-30", "jda", "kernel=linear dimensions=30 lambda=1", "l2"),
            new("logistic", "no-adaptation", "", "l2") { Classifier = "logistic:C=1" },
            new("msda", "msda", "", "l2") { Classifier = "logistic:C=1" },
            new("scl", "scl", "", "l2") { Classifier = "logistic:C=1" },
            new("log-linear", "feature-subsetting", "lambda=0", "l2"),
            new("feature-subsetting", "feature-subsetting", "", "l2"),
            new("easytl", "easytl", "alignment=coral", "rowsum,zscore", EasyTl["EasyTL"]),
            new("easytl-plain", "easytl", "alignment=none", "rowsum,zscore"),
            new("coral-svm", "coral", "", "l2") { Classifier = "svm:C=1" },
            new("ot-sinkhorn", "ot-sinkhorn", "", "l2"),
        ]);

    /// <summary>Where a domain is, by its letter.</summary>
    internal static string FileOf(string letter) => $"amazon_reviews_400/{letter switch
    {
        "B" => "books",
        "D" => "dvd",
        "E" => "elec",
        _ => "kitchen",
    }}_400.mat";
}
