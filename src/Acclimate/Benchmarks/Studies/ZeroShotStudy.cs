using Acclimate.Classifiers;
using Acclimate.Torch;
using Acclimate.ZeroShot;

namespace Acclimate.Benchmarks.Studies;

/// <summary>Animals with Attributes: its 50 classes' attributes as they are, samples generated from them; ten classes have no training samples.</summary>
public sealed class ZeroShotStudy : Study
{
    private const string Folder = "awa_attributes";
    private const int Features = 100;
    private const int Train = 30;
    private const int Test = 10;

    /// <summary>How far a class is from what its attributes say, and a sample from its class, relative to the classes' own spread.</summary>
    private const double ClassNoise = 0.5, SampleNoise = 2;

    private static readonly string[] Unseen =
        ["chimpanzee", "giant+panda", "leopard", "persian+cat", "pig", "hippopotamus", "humpback+whale", "raccoon", "rat", "seal"];

    /// <inheritdoc/>
    public override string Name => "zero-shot";

    /// <inheritdoc/>
    public override string Title => "Animals with Attributes: 40 classes with samples, 10 known by 85 attributes alone";

    /// <inheritdoc/>
    public override string Protocol =>
        "The classes' binary attributes and the split are the data set's; features are generated anew with each seed: a random linear map of the attributes to 100 features (their spread over the classes is 1), noise of deviation 0.5 for each class and of 2 for each sample; "
        + "30 training samples a class. Mean accuracy over classes in percent: on the ten among themselves (chance 10), and among all 50 on the ten (unseen) and on the 40 (seen), with the harmonic mean.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["among 10", "unseen of 50", "seen of 50", "harmonic"];

    /// <inheritdoc/>
    public override IReadOnlyList<StudyRow> Rows { get; } =
    [
        new("dap", "direct attribute prediction"),
        new("eszsl", "embarrassingly simple zero-shot learning"),
        new("supervised", "logistic regression of the 40 classes alone, which can't say any other"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; } = [Folder];

    /// <inheritdoc/>
    public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(data);
        AttributeTable table = Table(data);
        int[] unseen = [.. Enumerable.Range(0, table.Classes.Count).Where(c => Unseen.Contains(table.Classes[c]))], seen = [.. Enumerable.Range(0, table.Classes.Count).Except(unseen)];
        using Generator generator = new(Generator.Derive(seed, 85));
        Tensor means = Means(table, generator);
        int[] train = Repeated(seen, Train), test = [.. Repeated(seen, Test), .. Repeated(unseen, Test)];
        Tensor x = Drawn(means, train, generator), y = Drawn(means, test, generator);
        Tensor centre = x.Mean(0, keep: true), spread = x.StandardDeviation(0, unbiased: false, keep: true);
        (x, y) = ((x - centre) / spread, (y - centre) / spread);
        if (row.Name == "supervised")
        {
            using FittedClassifier plain = new LogisticRegression().Fit(x, train, table.Classes.Count);
            ZeroShotScore only = ZeroShotScore.Of(test, plain.Predict(y), seen);
            return [0, 100 * only.Unseen!.Value, 100 * only.Seen!.Value, 100 * only.Harmonic!.Value];
        }

        ZeroShotMethod method = row.Name == "dap" ? new DirectAttributePrediction() : new EmbarrassinglySimpleZeroShot();
        using FittedLinear all = method.Fit(x, train, table), some = ZeroShotMethod.Among(all, unseen);
        int[] among = some.Predict(y.Slice(0, seen.Length * Test, test.Length));
        ZeroShotScore narrow = ZeroShotScore.Of(test[(seen.Length * Test)..], [.. among.Select(index => unseen[index])], seen);
        ZeroShotScore wide = ZeroShotScore.Of(test, all.Predict(y), seen);
        return [100 * narrow.Unseen!.Value, 100 * wide.Unseen!.Value, 100 * wide.Seen!.Value, 100 * wide.Harmonic!.Value];
    }

    private static AttributeTable Table(BenchmarkData data)
    {
        string folder = data.Locate(Folder);
        string[] classes = [.. Lines("classes.txt").Select(static line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1])];
        return new AttributeTable(classes, [.. Lines("predicate-matrix-binary.txt").Select(static line => Array.ConvertAll(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), static cell => cell == "1" ? 1.0 : 0))]);

        IEnumerable<string> Lines(string name) => File.ReadLines(Path.Combine(folder, name)).Where(static line => line.Trim().Length > 0);
    }

    /// <summary>Where each class's samples lie: a random linear map of its attributes, and something of its own.</summary>
    private static Tensor Means(AttributeTable table, Generator generator)
    {
        Tensor a = table.Rows(Enumerable.Range(0, table.Classes.Count));
        Tensor mapped = (a - a.Mean(0, keep: true)).MatMul(Tensor.Normal([table.Attributes, Features], generator, ScalarType.Float64));
        mapped /= mapped.StandardDeviation(0, unbiased: false, keep: true);
        return mapped + (Tensor.Normal(mapped.Shape, generator, ScalarType.Float64) * ClassNoise);
    }

    private static Tensor Drawn(Tensor means, int[] classes, Generator generator) =>
        means.IndexSelect(0, Tensor.From(Array.ConvertAll(classes, static c => (long)c))) + (Tensor.Normal([classes.Length, Features], generator, ScalarType.Float64) * SampleNoise);

    private static int[] Repeated(int[] classes, int times) => [.. classes.SelectMany(c => Enumerable.Repeat(c, times))];
}
