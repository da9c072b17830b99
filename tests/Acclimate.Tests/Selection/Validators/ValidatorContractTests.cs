using Acclimate.Selection;
using Acclimate.TestSupport;
using Acclimate.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Selection.Validators;

/// <summary>What every validator of the catalogue keeps to.</summary>
public sealed class ValidatorContractTests
{
    /// <summary>Figures whose range is known; the others are open on one side or both.</summary>
    private static readonly Dictionary<string, (double Low, double High)> Ranges = new(StringComparer.Ordinal)
    {
        ["atc"] = (0, 1),
        ["bnm"] = (0, 1),
        ["centroid-cosine"] = (-1, 1),
        ["crowd-maj"] = (0, 1),
        ["crowd-share"] = (0, 1),
        ["dawid-skene"] = (0, 1),
        ["davies-bouldin"] = (double.NegativeInfinity, 0),
        ["entropy"] = (-Math.Log(3), 0),
        ["iwcv"] = (0, 1),
        ["knn"] = (double.NegativeInfinity, 1),
        ["mi"] = (0, Math.Log(3)),
        ["mixval"] = (0, 1),
        ["reverse"] = (0, 1),
        ["rev-fix"] = (0, 1),
        ["rev-raw"] = (0, 1),
        ["silhouette"] = (-1, 1),
        ["snd"] = (0, Math.Log(24)),
        ["source"] = (0, 1),
    };

    /// <summary>Two halves of the domains, or partners, are drawn by place: another order is another draw.</summary>
    private static readonly string[] DrawnByPlace = ["iwcv", "dev", "mixval"];

    public static TheoryData<string> All => [.. ValidatorCatalog.All.Select(static entry => entry.About.Name)];

    [Fact]
    public void Catalogue_NamesAreOneOfAKindAndEveryEntryExplainsItself()
    {
        Assert.Equal(ValidatorCatalog.All.Count, ValidatorCatalog.All.Select(static entry => entry.About.Name).Distinct().Count());
        Assert.All(ValidatorCatalog.All, static entry =>
        {
            Assert.All([entry.About.Title, entry.About.Formula, entry.About.Paper, entry.About.Beware], Assert.NotEmpty);
            Assert.All(entry.Options, static option => Assert.NotEmpty(option.Description));
            Assert.Equal(entry.About.Name, ValidatorCatalog.NameOf(entry.Create()));
        });
    }

    [Fact]
    public void Find_Unknown_NamesTheNearest()
    {
        Assert.Contains("there is no validator 'silhouete'; did you mean 'silhouette'?", Assert.Throws<ArgumentException>(static () => ValidatorCatalog.Find("silhouete")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snd", "temperature", "0")]
    [InlineData("knn", "k", "0")]
    [InlineData("mixval", "lambda", "0.5")]
    [InlineData("rev-fix", "C", "-1")]
    [InlineData("rev-raw", "C", "0")]
    public void Create_OptionOutOfRange_IsRefused(string name, string option, string value) =>
        Assert.Contains($"{name}: {option} is {value}", Assert.Throws<ArgumentException>(() => ValidatorCatalog.Find(name).Create(new Dictionary<string, string> { [option] = value })).Message, StringComparison.Ordinal);

    /// <summary>Twice the same bits from new objects on a new pair: nothing is drawn from elsewhere. That no tensor is left alive, the assembly's attribute sees to.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Score_Twice_IsTheSameNumber(string name)
    {
        Assert.True(double.IsFinite(Once()));
        Assert.Equal(Once(), Once());

        double Once()
        {
            using TensorScope scope = TensorScope.Begin();
            (LabelFreePair pair, Candidate[] pool) = Judged.Case(6);
            return ValidatorCatalog.Find(name).Create().Score(pair, pool[2], pool);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Score_CandidateOfNothingButPredictions_IsNaNWhereMoreIsNeeded(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(6);
        ValidatorEntry entry = ValidatorCatalog.Find(name);

        double score = entry.Create().Score(pair, new Candidate("bare", "bare", pool[2].Target), []);

        Assert.Equal(entry.About.Needs == ValidatorNeeds.None, double.IsFinite(score));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Score_DegeneratePools_GiveANumberOrNaN(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        Validator validator = ValidatorCatalog.Find(name).Create();
        foreach ((string what, LabelFreePair pair, Candidate[] pool) in Degenerate())
        {
            foreach (Candidate candidate in pool)
            {
                double score = validator.Score(pair, candidate, pool);
                Assert.False(double.IsInfinity(score), $"{name} is {score}: {what}");
            }
        }
    }

    [Fact]
    public void Score_RandomCandidates_StaysInRange_AndIgnoresHowClassesAndSamplesAreNumbered() =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), static seed =>
        {
            using TensorScope scope = TensorScope.Begin();
            (LabelFreePair pair, Candidate[] pool) = Judged.Case(seed, 24, 25, 4);
            using Generator generator = new(seed);
            int[] rename = Order(3), order = Order(25);
            LabelFreePair renamed = new(pair.Source, [.. pair.SourceLabels.Select(label => Array.IndexOf(rename, label))], 3, pair.Target);
            LabelFreePair shuffled = new(pair.Source, [.. pair.SourceLabels], 3, Judged.Rows(pair.Target, order));
            Candidate[] renamedPool = [.. pool.Select(c => c with
            {
                Target = Columns(c.Target),
                HeldOut = new HeldOutSource(c.HeldOut!.Indices, Columns(c.HeldOut.Probabilities), c.HeldOut.Features),
                Predict = rows => Columns(c.Predict!(rows)),
            })];
            Candidate[] shuffledPool = [.. pool.Select(c => c with { Target = Judged.Rows(c.Target, order), TargetFeatures = Judged.Rows(c.TargetFeatures!, order) })];
            foreach (ValidatorEntry entry in ValidatorCatalog.All)
            {
                Validator validator = entry.Create();
                double score = validator.Score(pair, pool[2], pool);
                if (Ranges.TryGetValue(entry.About.Name, out (double Low, double High) range) && (score < range.Low - 1e-9 || score > range.High + 1e-9))
                    throw new InvalidOperationException($"{entry.About.Name} is {score}");
                Same("classes renamed", entry.About.Name == "mixval" ? score : validator.Score(renamed, renamedPool[2], renamedPool));
                Same("samples in another order", DrawnByPlace.Contains(entry.About.Name) ? score : validator.Score(shuffled, shuffledPool[2], shuffledPool));

                // Sums in another order: rounding, where no class of a sample hangs on it.
                void Same(string what, double other)
                {
                    if (!(Math.Abs(score - other) <= 1e-7 * Math.Max(1, Math.Abs(score))) && !(double.IsNaN(score) && double.IsNaN(other)))
                        throw new InvalidOperationException($"{entry.About.Name} is {score}, but {other} with {what}");
                }
            }

            int[] Order(int count) => Array.ConvertAll(Tensor.Permutation(count, generator).ToArray<long>(), static at => (int)at);

            Tensor Columns(Tensor probabilities) => probabilities.IndexSelect(1, Tensor.From(Array.ConvertAll(rename, static c => (long)c)));
        }).Check(Draws.Seeded.WithMaxTest(15));

    private static IEnumerable<(string What, LabelFreePair Pair, Candidate[] Pool)> Degenerate()
    {
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(7, targets: 12);
        Tensor ones = Tensor.Ones([12, 1], ScalarType.Float64), nothing = Tensor.Zeros([12, 2], ScalarType.Float64);
        yield return ("one class predicted", pair, [pool[0] with { Target = Tensor.Concatenate([ones, nothing], 1) }, .. pool[1..]]);
        yield return ("all predict one class", pair, [.. pool.Select(c => c with { Target = Tensor.Concatenate([nothing, ones], 1) })]);
        yield return ("predictions that say nothing", pair, [.. pool.Select(c => c with { Target = Tensor.Full([12, 3], 1.0 / 3, ScalarType.Float64) })]);
        yield return ("a pool of one", pair, [pool[0]]);
        yield return ("a pool of one family", pair, [pool[0], pool[1]]);
        yield return ("every class its one sample", new LabelFreePair(pair.Source, [.. pair.SourceLabels], 3, Judged.Rows(pair.Target, [0, 1, 2])),
            [.. pool.Select(c => c with { Target = Tensor.Eye(3, ScalarType.Float64), TargetFeatures = Judged.Rows(c.TargetFeatures!, [0, 1, 2]) })]);
        (LabelFreePair one, Candidate[] few) = Judged.Case(8, targets: 1);
        yield return ("one target sample", one, few);
        (LabelFreePair single, Candidate[] known) = Judged.Case(8, sources: 1);
        yield return ("one source sample", single, known);
        int[] two = [.. pair.SourceLabels.Select(static label => label % 2)];
        yield return ("a class that the source lacks", new LabelFreePair(pair.Source, two, 3, pair.Target), pool);
        yield return ("a source of one class", new LabelFreePair(pair.Source, new int[two.Length], 3, pair.Target), pool);
        Tensor flat = Tensor.Ones([12, 7], ScalarType.Float64);
        yield return ("a target without variance", new LabelFreePair(pair.Source, [.. pair.SourceLabels], 3, flat), [.. pool.Select(c => c with { TargetFeatures = Tensor.Zeros([12, 4], ScalarType.Float64) })]);
        yield return ("a source without variance", new LabelFreePair(pair.Source.ZerosLike(), [.. pair.SourceLabels], 3, pair.Target), [.. pool.Select(c => c with { SourceFeatures = c.SourceFeatures!.ZerosLike() })]);
    }
}
