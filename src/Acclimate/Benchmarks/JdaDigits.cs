namespace Acclimate.Benchmarks;

/// <summary>The JDA paper's digits: 1,800 of USPS and 2,000 of MNIST, 16 × 16 grey values, the same ten digits.</summary>
internal static class JdaDigits
{
    /// <summary>Long, Wang, Ding, Sun, Yu, ICCV 2013: k = 100, λ = 0.1, ten rounds, samples of unit length, 1-NN.</summary>
    public static ReferenceTable JdaPaper { get; } = ReferenceTable.Parse("JDA paper", """
        NN  | 44.70 65.94
        PCA | 44.95 66.22
        GFK | 46.45 67.22
        TCA | 51.05 56.28
        TSL | 53.75 66.06
        JDA | 59.65 67.28
        """);

    /// <summary>Wang, Feng, Chen, Yu, Huang, Yu, ACM Multimedia 2018; one decimal as printed. (Its GFK on M>U is not JDA's.)</summary>
    public static ReferenceTable Meda { get; } = ReferenceTable.Parse("MEDA Table 3", """
        1NN   | 44.7 65.9
        SVM   | 62.2 68.2
        PCA   | 45.0 66.2
        TCA   | 51.2 56.3
        GFK   | 46.5 61.2
        JDA   | 59.7 67.3
        TJM   | 52.3 63.3
        CORAL | 30.5 49.2
        SCA   | 48.0 65.1
        ARTL  | 67.7 88.8
        JGSA  | 68.2 80.4
        MEDA  | 72.1 89.5
        """);

    /// <summary>Zhang, Wu, "Discriminative Joint Probability MMD", IJCNN 2020: what was found of its digits.</summary>
    public static ReferenceTable Jpda { get; } = ReferenceTable.Parse("JPDA paper", """
        BDA  | 59.90 -
        JPDA | 59.20 68.94
        """);

    public static BenchmarkSuite Suite { get; } = new(
        "jda-digits",
        "MNIST and USPS, the JDA paper's samples",
        BenchmarkSuites.Tasks("U>M M>U", FileOf),
        [
            new("no-adaptation", "no-adaptation", "", "l2", JdaPaper["NN"]),
            new("pca-100", "pca", "dimensions=100", "l2", JdaPaper["PCA"]),
            new("tca-100", "tca", "kernel=primal dimensions=100 mu=0.1", "l2", JdaPaper["TCA"]),
            new("jda-100", "jda", "kernel=primal dimensions=100 lambda=0.1", "l2", JdaPaper["JDA"]),
            new("bda-100", "bda", "kernel=primal dimensions=100 lambda=0.1", "l2", Jpda["BDA"]),
            new("tjm-100", "tjm", "dimensions=100", "l2", Meda["TJM"]),
            new("jgsa-100", "jgsa", "kernel=primal dimensions=100 beta=0.01", "l2", Meda["JGSA"]),
            new("artl", "artl", "", "l2", Meda["ARTL"]),
            new("artl-svm", "artl", "loss=svm", "l2"),
            new("meda", "meda", "", "l2", Meda["MEDA"]),
            new("meda-0.99", "meda", "mu=0.99", "l2", Meda["MEDA"]),
            new("easytl", "easytl", "", "l2"),
            new("gfk-20", "gfk", "dimensions=20", "l2", JdaPaper["GFK"], Meda["GFK"]),
            new("coral", "coral", "similarity=true", "l2", Meda["CORAL"]),
            new("coral-1nn", "coral", "", "l2", Meda["CORAL"]),
            new("ot-emd", "ot-emd", "", "l2"),
            new("ot-sinkhorn", "ot-sinkhorn", "", "l2"),
            new("ot-class", "ot-class", "", "l2"),
            new("ot-linear", "ot-linear", "", "l2"),
            new("taisl", "taisl", "shape=16,16", "l2"),
            new("sa-30", "sa", "dimensions=30", "l2"),
        ]);

    /// <summary>Where a domain is, by its letter.</summary>
    internal static string FileOf(string letter) =>
        "mnist_usps_jda/MNIST_vs_USPS.mat?samples=columns" + (letter == "M" ? "&features=X_src&labels=Y_src" : "&features=X_tar&labels=Y_tar");
}
