using System.Diagnostics;
using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>What hedging a shallow run came to.</summary>
/// <param name="Model">The source's own model, the default, a student of the rest of the pool, and the method's model, by their weights; to be disposed.</param>
/// <param name="Target">What the hedge says of each of the run's target samples.</param>
/// <param name="Source">What the source's own model says of them.</param>
/// <param name="Adapted">What the adapted side says of them.</param>
/// <param name="Report">What is told of it; without scores.</param>
internal sealed record FeatureHedge(MixtureModel Model, Predictions Target, Predictions Source, Predictions Adapted, GuardReport Report);

/// <summary>
/// The harm guard of a shallow run: the source's own model, a pool of other ways beside the method, and what comes of them by weights that no
/// target label decides.
/// </summary>
internal static class GuardedFeatureRun
{
    /// <summary>What the mixture's members are called beside the method's own name.</summary>
    public const string SourceOnly = "source-only", Pool = "pool";

    private const string MethodFamily = "method";

    /// <summary>Of fewer samples neither cross-validation nor neighbours say anything.</summary>
    private const int Least = 20;

    private const int PredictedAtOnce = 2048;

    private static readonly HalfAndHalfRule Rule = new();

    /// <summary>Why the guard does not apply to a run; none where it does.</summary>
    public static string? WhyNot(RunConfig config, RunData data)
    {
        MethodAttribute about = MethodCatalog.Find(config.Method).About;
        return about switch
        {
            { Family: Family.Baseline } => $"{config.Method} is the source's own model",
            { Setting: LabelSetting.FewTargetLabels } => "the method knows labels of the target, which the source's own model does not",
            { Classes: not ClassSets.Same } => $"{config.Method} is for a target with other classes than the source's, of which the checks know nothing",
            _ when config.OpenSet => "the target has classes that the source lacks, of which the checks know nothing",
            _ when data.Source.Labels!.Indices.Distinct().Count() < 2 => "the source has samples of one class only",
            _ when Math.Min(data.Source.Count, data.Target.Count) is var fewest && fewest < Least => $"there are {fewest} samples of a domain, and the checks need {Least}",
            _ => null,
        };
    }

    /// <summary>Hedges a method that is fitted.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="bare">The method's model; the hedge's model owns it from here on.</param>
    /// <param name="said">What the method says of the run's target samples: [n_t, C].</param>
    /// <param name="given">Both domains' samples as the method was given them.</param>
    /// <param name="progress">Hears of every member of the pool.</param>
    /// <param name="cancellation">Stops between two members.</param>
    public static FeatureHedge Run(
        RunConfig config, RunData data, FeatureModel bare, Tensor said, FeatureData given, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        int members = GuardPool.Size, checks = 3 * Rule.Validators.Count;
        FitContext first = Context(0), second = Context(members);
        using OriginalSamples original = OriginalSamples.Of(data, bare.Provenance.Preprocess!, first);
        using PoolSamples some = PoolSamples.Of(original.Source, data.Source.Labels!.Indices, data.Classes.Count, original.Target, first);
        using GuardPool pool = GuardPool.Fit(some.Pair, first);
        Tensor rows = Places(some.TargetRows);
        Candidate method = new(config.Method, MethodFamily, said.IndexSelect(0, rows));
        PoolEvidence evidence = PoolEvidence.Of(pool, Rule.Validators, method, context: second);
        Hedge hedge = new([.. pool.Candidates, method], evidence.Source, Rule.Weigh(evidence));

        // Few samples are all in the pool; of many, the others are asked now.
        bool whole = some.TargetRows.Count == data.Target.Count;
        Tensor source = whole ? pool.Source.Target : Asked(pool.Source, original.Target, some, cancellation);
        Tensor adapted = whole ? hedge.Adapted() : hedge.Sum(one => ReferenceEquals(one, method) ? said : Asked(one, original.Target, some, cancellation));
        Tensor all = hedge.Mixed(source, adapted);

        // The source's own model, the default and the method stay what they are; one student stands for the many others.
        int[] kept = [evidence.Default, hedge.Candidates.Count - 1];
        (Hedge rest, double share) = hedge.Without(kept);
        using HedgeStudent student = HedgeStudent.Of(
            given.Target.IndexSelect(0, rows), rest.Adapted(), given.Source.IndexSelect(0, Places(some.SourceRows)), some.Pair.SourceLabels, second);
        Tensor told = kept.Aggregate(student.HeldOut * share, (sum, i) => sum + (hedge.Candidates[i].Target * hedge.Weights.Adapted[i]));
        double agreement = hedge.Mixed(pool.Source.Target, told).ArgMax(1).ToArray<long>()
            .Zip(hedge.Target().ArgMax(1).ToArray<long>(), static (a, b) => a == b ? 1.0 : 0).Average();
        MixtureModel model = Mixture(config, data, bare, hedge, student, pool, original, some);
        IReadOnlyList<double> total = hedge.Weights.Total(evidence.Source);
        GuardReport report = new()
        {
            Hedged = true,
            Verdict = GuardWords.Verdict(Rule, evidence, hedge.Weights),
            Rule = Rule.Name,
            Weights = [.. hedge.Candidates.Select((candidate, i) => new GuardWeight(candidate.Name, candidate.Family, total[i]))],
            Evidence = [.. Rule.Validators.Select(name => EvidenceOf(name, evidence))],
            Shift = new GuardShift(evidence.LabelShift > HalfAndHalfRule.SuspectedShift, evidence.LabelShift, evidence.Shares),
            Agreement = agreement,
            Notes = [.. some.Notes, .. pool.Notes, Words(pool.Choice, original)],
            Statistics = PairStatistics.Of(some.Pair),
            Seconds = clock.Elapsed.TotalSeconds,
        };
        return new FeatureHedge(model, Told(all, data.Classes), Told(source, data.Classes), Told(adapted, data.Classes), report);

        static Tensor Places(IReadOnlyList<int> rows) => Tensor.From<long>([.. rows.Select(static row => (long)row)]);

        FitContext Context(int done) => new()
        {
            Seed = config.Seed,
            Cancellation = cancellation,
            Progress = round => progress?.Invoke(new RunProgress("guarding", Round: new FitProgress(done + round.Round, members + checks)) { Of = "guard" }),
        };
    }

    private static MixtureModel Mixture(
        RunConfig config, RunData data, FeatureModel bare, Hedge hedge, HedgeStudent student, GuardPool pool, OriginalSamples original, PoolSamples some)
    {
        // Each model owns its tensors.
        FeatureMap Reduced() => some.Directions is { } directions ? new AffineMap(directions.Clone().LeaveScopes()) : new IdentityMap();
        FeatureMap ofSourceOnly = Reduced(), ofGoodOne = Reduced();
        DomainSide plain = new(original.Preprocessing, ofSourceOnly), standardised = new(original.Preprocessing, ofGoodOne);
        FeatureModel source = Model(plain, plain, pool.SourceClassifier(), "no-adaptation", original.Recipe, pool.Source.Name);
        FeatureModel good = Model(standardised, standardised, pool.DefaultClassifier(), bare.Provenance.Method, original.Recipe, pool.Default.Name);
        FeatureModel others = Model(
            new DomainSide(data.SourcePreprocessing, new IdentityMap()), new DomainSide(data.TargetPreprocessing, new IdentityMap()),
            HedgeStudent.Rescaled(student.Classifier, 1), bare.Provenance.Method, bare.Provenance.Preprocess!, "a student of the pool");
        double adapted = 1 - hedge.Weights.Source, ofGood = hedge.Weights.Adapted[hedge.Candidates.ToList().IndexOf(pool.Default)], ofMethod = hedge.Weights.Adapted[^1];
        return new MixtureModel(
            [
                new(SourceOnly, source, hedge.Weights.Source), new(pool.Default.Name, good, adapted * ofGood), new(Pool, others, adapted * (1 - ofGood - ofMethod)),
                new(config.Method, bare, adapted * ofMethod),
            ], bare.Provenance);

        FeatureModel Model(DomainSide ofSource, DomainSide ofTarget, Classifiers.FittedClassifier classifier, string method, string recipe, string name) => new(
            data.InputShape, ofSource, ofTarget, classifier, data.Classes,
            TransferRun.ProvenanceOf(config, new Dictionary<string, string>(), 0) with { Method = method, Preprocess = recipe, Classifier = name },
            data.Source.Encoder, data.Source.Vocabulary);
    }

    private static Tensor Asked(Candidate candidate, Tensor target, PoolSamples some, CancellationToken cancellation)
    {
        using TensorScope all = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < target.Size(0); start += PredictedAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using TensorScope scope = TensorScope.Begin();
            parts.Add(scope.Keep(candidate.Predict!(some.Reduce(target.Slice(0, start, Math.Min(start + PredictedAtOnce, target.Size(0)))))));
        }

        return all.Keep(Tensor.Concatenate([.. parts]));
    }

    private static GuardEvidence EvidenceOf(string name, PoolEvidence evidence)
    {
        IReadOnlyList<double> said = evidence.Evidence[name];
        return new GuardEvidence(name, ValidatorCatalog.Find(name).About.Title, Number(said[evidence.Source]), Number(said[evidence.Default]))
        {
            Method = evidence.Method is { } method ? Number(said[method]) : null,
        };

        static double? Number(double score) => double.IsNaN(score) ? null : score;
    }

    private static string Words(SourceChoice choice, OriginalSamples original) => string.Create(
        CultureInfo.InvariantCulture,
        $"the source's own model: {choice.Base switch { SourceBase.Neighbour => "1nn", SourceBase.Svm => "svm", _ => $"logistic:C={choice.C}" }} on features by {original.Recipe}, right on {100 * choice.Accuracy:0.0} % of the source's samples in cross-validation");

    private static Predictions Told(Tensor probabilities, IReadOnlyList<string> classes)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] indices = Array.ConvertAll(probabilities.ArgMax(1).ToArray<long>(), static index => (int)index);
        return new Predictions(classes, indices, [.. probabilities.To(ScalarType.Float32).ToArray<float>().Chunk(classes.Count)]);
    }
}
