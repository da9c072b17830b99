using System.Globalization;
using Acclimate.Classifiers;
using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>How much the source's own network weighs against the method's, and what spoke for that: checks in a space that no candidate shaped.</summary>
internal sealed class NetworkHedge
{
    /// <summary>The shallow guard's, but for the crowd that it asks and the default that it has.</summary>
    private const string Rule = "half-and-half, of two networks";

    /// <summary>
    /// Neighbours and clusters, which tell where classes are clusters, and judges trained on the labels in question, which tell where one
    /// linear function serves both domains: two kinds, each blind where the other sees. A crowd of checkpoints of one method is none.
    /// </summary>
    private static readonly string[] Checks = ["knn", "silhouette", "rev-fix", "rev-raw"];

    private readonly GuardShift shift;

    private NetworkHedge(IReadOnlyList<GuardEvidence> evidence, GuardShift shift)
    {
        Evidence = evidence;
        this.shift = shift;
    }

    /// <summary>What the source's own network weighs. There is no pool of diverse ways beside the method's, which makes little of the source safe in the shallow guard: all checks must be for it.</summary>
    public double SourceWeight => shift.Suspected ? HalfAndHalfRule.AtOdds : Preferring == Checks.Length ? HalfAndHalfRule.Low : HalfAndHalfRule.Doubted;

    /// <summary>What each check says.</summary>
    public IReadOnlyList<GuardEvidence> Evidence { get; }

    private int Preferring => Evidence.Count(static one => one.PrefersAdapted);

    /// <summary>Judges the mean of the method's networks beside the source's.</summary>
    /// <param name="space">Where.</param>
    /// <param name="candidates">The networks with their families and what they say of the target; the source's first.</param>
    /// <param name="adapted">The mean of the others.</param>
    /// <param name="seed">The run's seed.</param>
    public static NetworkHedge Of(EvidenceSpace space, IReadOnlyList<(string Name, string Family, Predictions Said)> candidates, Predictions adapted, long seed)
    {
        using TensorScope scope = TensorScope.Begin();
        Candidate[] pool = [.. candidates.Select(candidate => new Candidate(candidate.Name, candidate.Family, Rows(candidate.Said, space.TargetRows)))];
        Candidate mean = new($"mean of {candidates[^1].Family}", candidates[^1].Family, Rows(adapted, space.TargetRows));
        GuardEvidence[] evidence = [.. Checks.Select(ValidatorCatalog.Find).Select(check => GuardEvidence.Of(
            check.About, check.Create().Score(space.Pair, pool[0], pool), check.Create().Score(space.Pair, mean, pool)))];
        return new NetworkHedge(evidence, ShiftOf(space.Pair, mean, seed));
    }

    /// <summary>What is told of it.</summary>
    /// <param name="weights">What each candidate weighs.</param>
    /// <param name="space">Where candidates were judged.</param>
    public GuardReport Report(IEnumerable<GuardWeight> weights, EvidenceSpace space) => new()
    {
        Hedged = true,
        Verdict = string.Create(
            CultureInfo.InvariantCulture,
            $"Hedged with the source's own network, which weighs {SourceWeight:0.0#}: {Preferring} of {Checks.Length} checks without labels prefer the adapted one{(shift.Suspected ? ", and the class shares that it finds in the target are not those that a classifier of the source tells of" : string.Empty)}. Not verified by target labels"),
        Rule = Rule,
        Weights = [.. weights],
        Evidence = Evidence,
        Shift = shift,
        Notes = [$"judged in {space.Words}"],
        Statistics = PairStatistics.Of(space.Pair),
    };

    /// <summary>Class probabilities of all samples: [n, C], each row summing to 1.</summary>
    internal static Tensor Rows(Predictions said) => Rows(said, [.. Enumerable.Range(0, said.Indices.Count)]);

    private static Tensor Rows(Predictions said, int[] rows)
    {
        using Tensor all = Tensor.From<double>([.. rows.SelectMany(row => said.Probabilities[row]).Select(static p => (double)p)], rows.Length, said.Classes.Count);
        return all / all.Sum(1, keep: true);
    }

    /// <summary>The target's class shares by a classifier of half of the source's samples, whose confusions the other half shows.</summary>
    private static GuardShift ShiftOf(LabelFreePair pair, Candidate adapted, long seed)
    {
        using TensorScope scope = TensorScope.Begin();
        int half = (int)pair.Source.Size(0) / 2;
        if (half == 0)
            return new GuardShift(false, 0, []);
        Tensor first = pair.Source.Slice(0, 0, half), mean = first.Mean(0, keep: true), spread = ((first - mean) * (first - mean)).Mean(0, keep: true).Sqrt();
        Tensor scale = spread.GreaterThan(0).Where(spread, spread.OnesLike());
        using FittedClassifier judge = ClassifierCatalog.Parse("logistic:C=0.1").Fit((first - mean) / scale, [.. pair.SourceLabels.Take(half)], pair.Classes);
        Tensor second = pair.Source.Slice(0, half, pair.Source.Size(0));
        HeldOutSource held = new([.. Enumerable.Range(half, (int)second.Size(0))], judge.Probabilities((second - mean) / scale));
        LabelShift found = LabelShift.Estimate(pair, held, judge.Probabilities((pair.Target - mean) / scale), seed);
        bool atOdds = found.IsAtOddsWith(LabelShift.Shares(adapted.Target.ArgMax(1).ToArray<long>().Select(static label => (int)label), pair.Classes));
        return new GuardShift(atOdds, found.Agreed, found.Soft.Shares);
    }
}
