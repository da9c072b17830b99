namespace Acclimate.Benchmarks;

/// <summary>
/// Office+Caltech10 with SURF bags of words, 800 counts, all samples of the source: the 12 tasks on which most shallow
/// methods report. C Caltech10, A amazon, W webcam, D dslr.
/// </summary>
internal static class OfficeCaltechSurf
{
    /// <summary>Each sample over its sum, then each feature of a domain to mean 0 and deviation 1.</summary>
    private const string Z = "rowsum,zscore";

    /// <summary>The same, then each sample to unit length, as JDA's released code and its successors' have it.</summary>
    private const string ZL2 = "rowsum,zscore,l2";

    private static readonly ReferenceTable Jda = OfficeCaltechSurfTables.JdaPaper;
    private static readonly ReferenceTable Jgsa = OfficeCaltechSurfTables.JgsaPaper;
    private static readonly ReferenceTable Meda = OfficeCaltechSurfTables.Meda;
    private static readonly ReferenceTable Vda = OfficeCaltechSurfTables.VdaPaper;
    private static readonly ReferenceTable Tkl = OfficeCaltechSurfTables.TklPaper;
    private static readonly ReferenceTable Again = OfficeCaltechSurfTables.Recomputed;

    public static BenchmarkSuite Suite { get; } = new(
        "office-caltech-surf",
        "Office+Caltech10, SURF",
        BenchmarkSuites.Tasks("C>A C>W C>D A>C A>W A>D W>C W>A W>D D>C D>A D>W", static letter => $"office_caltech10_surf/{letter switch
        {
            "C" => "Caltech10",
            "A" => "amazon",
            "W" => "webcam",
            _ => "dslr",
        }}_SURF_L10.mat"),
        [
            new("no-adaptation", "no-adaptation", "", Z, Jda["NN"], Again["NN z"]),
            new("no-adaptation-l2", "no-adaptation", "", ZL2, Again["NN z l2"]),
            new("no-adaptation-svm", "no-adaptation", "", Z, Meda["SVM"]) { Classifier = "svm-pairs" },

            // Samples of unit length are 2 apart on the average, squared: γ = 1/2 is one over that.
            new("no-adaptation-svm-rbf", "no-adaptation", "", ZL2, Tkl["SVM"]) { Classifier = "svm-rbf:C=10,gamma=0.5" },

            // Kernel mean matching as the table's own machine has its kernel; B and ε as in Huang et al.
            new("kmm", "kmm", "gamma=0.5 ridge=0", ZL2, Tkl["KMM+SVM"]) { Classifier = "svm-rbf:C=10,gamma=0.5" },
            Weighing("kliep"),
            Weighing("ulsif"),
            Weighing("rulsif"),
            Weighing("domain-classifier"),
            Weighing("nn-weighting"),
            Weighing("selection-distance"),
            Weighing("selection-clustering"),
            Weighing("selection-uncertainty"),
            new("pca-100", "pca", "dimensions=100", Z, Jda["PCA"], Again["PCA k=100"]),
            new("pca-30", "pca", "dimensions=30", Z, Meda["PCA"], Again["PCA k=30"]),
            new("tca-30", "tca", "kernel=linear dimensions=30 mu=1", ZL2, Meda["TCA"], Again["TCA linear k=30"], Jgsa["TCA"]),
            new("tca-100", "tca", "kernel=linear dimensions=100 mu=1", ZL2, Again["TCA linear k=100"], Jda["TCA"]),
            new("tca-20", "tca", "kernel=linear dimensions=20 mu=1", ZL2, Again["TCA linear k=20"], Vda["TCA"]),
            new("tca-30-primal", "tca", "kernel=primal dimensions=30 mu=1", ZL2, Again["TCA primal k=30"]),
            new("tca-100-primal", "tca", "kernel=primal dimensions=100 mu=1", ZL2, Again["TCA primal k=100"], Jda["TCA"]),
            new("jda-100", "jda", "kernel=linear dimensions=100 lambda=1", ZL2, Jda["JDA"], Again["JDA linear k=100"]),
            new("jda-30", "jda", "kernel=linear dimensions=30 lambda=1", ZL2, Meda["JDA"], Again["JDA linear k=30"], Jgsa["JDA"]),
            new("jda-100-primal", "jda", "kernel=primal dimensions=100 lambda=1", ZL2, Again["JDA primal k=100"]),
            new("bda", "bda", "", ZL2, OfficeCaltechSurfTables.Jpda["BDA"]),
            new("bda-0.9", "bda", "mu=0.9", ZL2, OfficeCaltechSurfTables.Jpda["BDA"]),
            new("w-bda", "bda", "mode=w-bda mu=1", ZL2),
            new("tjm-20", "tjm", "dimensions=20", ZL2, Again["TJM linear k=20"], Meda["TJM"]),
            new("tjm-30", "tjm", "dimensions=30", ZL2, Jgsa["TJM"]),
            new("vda-20", "vda", "dimensions=20", ZL2, Vda["VDA"]),
            new("jgsa-primal", "jgsa", "kernel=primal dimensions=30", ZL2, Jgsa["JGSA primal"], Meda["JGSA"], Again["JGSA primal k=30"]),
            new("jgsa-linear", "jgsa", "kernel=linear dimensions=30", ZL2, Jgsa["JGSA linear"]),

            // The released code's γ is m²/8, m the mean squared distance of the task's samples.
            new("jgsa-rbf", "jgsa", "kernel=rbf dimensions=30 gamma=0.4996|0.4995|0.4994|0.4996|0.4998|0.4995|0.4995|0.4998|0.4998|0.4994|0.4995|0.4998", ZL2, Jgsa["JGSA rbf"]),
            new("sstca", "sstca", "", ZL2),
            new("aca", "aca", "", ZL2),
            new("ctc", "ctc", "", ZL2),

            // These classify by themselves.
            new("artl", "artl", "", Z, Meda["ARTL"]),
            new("meda", "meda", "", Z, Meda["MEDA"]),
            new("meda-half", "meda", "mu=0.5", Z, Meda["MEDA"]),
            new("artl-svm", "artl", "loss=svm", Z),
            new("easytl", "easytl", "alignment=coral", Z),
            new("easytl-plain", "easytl", "alignment=none", Z),
            new("dtmkl", "dtmkl", "", ZL2, Tkl["DTMKL+SVM"]),

            // The dimensions that the JDA paper's table was made with, task by task.
            new("gfk-jda", "gfk", "dimensions=20|20|10|20|10|20|20|10|10|10|20|10", Z, Jda["GFK"], Again["GFK JDA's d"]),
            new("gfk-20", "gfk", "dimensions=20", Z, Again["GFK d=20"], Meda["GFK"], Jgsa["GFK"]),
            new("sa-30", "sa", "dimensions=30", Z, Again["SA d=30"], Jgsa["SA"]),
            new("sa-20", "sa", "dimensions=20", Z, Again["SA d=20"]),
            new("sa-30-l2", "sa", "dimensions=30", ZL2, Again["SA d=30 l2"]),
            new("sda-30", "sda", "dimensions=30", Z, Jgsa["SDA"]),
            new("coral", "coral", "similarity=true", Z, Meda["CORAL"]),
            new("coral-svm", "coral", "", Z, Meda["CORAL"]) { Classifier = "svm-pairs" },
            new("coral-1nn", "coral", "", Z, Again["CORAL 1-NN"]),
            new("sgf", "sgf", "", Z),
            new("dip", "dip", "", Z),
            new("dip-cc", "dip-cc", "", Z),
            new("statistical-manifold", "statistical-manifold", "", Z),
            new("dme", "dme", "", Z),
            new("taisl", "taisl", "", Z),
            new("fssl", "fssl", "dimensions=20", Z, Vda["FSSL"]),
            new("fssp", "fssp", "", ZL2),
            new("ccsl", "ccsl", "", ZL2),
            new("ot-emd", "ot-emd", "", ZL2),
            new("ot-sinkhorn", "ot-sinkhorn", "", ZL2),
            new("ot-class", "ot-class", "", ZL2),
            new("ot-class-lp", "ot-class", "penalty=lp-l1", ZL2),
            new("ot-linear", "ot-linear", "", ZL2),
        ]);

    /// <summary>The same tasks with half of the classes rare in the target.</summary>
    public static BenchmarkSuite Imbalanced { get; } = new(
        "office-caltech-surf-imbalanced",
        "Office+Caltech10, SURF, every second class of the target thinned to 30 %",
        [.. Suite.Tasks.Select(static task => task with { ThinnedTo = 0.3 })],
        [
            new("no-adaptation-l2", "no-adaptation", "", ZL2),
            new("tca-30", "tca", "dimensions=30", ZL2),
            new("jda-30", "jda", "dimensions=30", ZL2),
            new("jda-100", "jda", "dimensions=100", ZL2),
            new("ccsl", "ccsl", "", ZL2),
            new("coral", "coral", "similarity=true", Z),
            new("meda", "meda", "", Z),
        ]);

    /// <summary>A method that weighs samples at its defaults, with the same machine as those of the TKL paper's table.</summary>
    private static BenchmarkRow Weighing(string method) => new(method, method, "", ZL2) { Classifier = "svm-rbf:C=10,gamma=0.5" };

    /// <summary>The same tasks with five classes in the source and all ten in the target: half of its classes are unknown.</summary>
    public static BenchmarkSuite Open { get; } = new(
        "surf-open",
        "Office+Caltech10, SURF, classes 1 to 5 in the source, 1 to 10 in the target",
        [.. Suite.Tasks.Select(static task => task with { Source = task.Source + "?classes=1,2,3,4,5", OpenSet = true })],
        [
            new("no-adaptation-svm", "no-adaptation", "", Z) { Classifier = "svm:C=0.001" },
            new("coral-svm", "coral", "", Z) { Classifier = "svm:C=0.001" },
            new("jda-30", "jda", "dimensions=30", ZL2),
            new("ati", "ati", "", Z),
            new("ati-0.4", "ati", "rho=0.4", Z),
            new("ati-0.35", "ati", "rho=0.35", Z),
            new("ati-n1-0.4", "ati", "rho=0.4 neighbours=1", Z),
        ]);
}
