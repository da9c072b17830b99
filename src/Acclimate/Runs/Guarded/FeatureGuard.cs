using System.Diagnostics;
using System.Globalization;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>What hedging a shallow run came to.</summary>
/// <param name="Model">The source's own model, the default, a student of the rest, and the method's model where one was asked for, by their weights; to be disposed.</param>
/// <param name="Target">What the hedge says of each of the run's target samples.</param>
/// <param name="Source">What the source's own model says of them.</param>
/// <param name="Report">What is told of it; without scores.</param>
internal sealed record FeatureHedge(MixtureModel Model, Predictions Target, Predictions Source, GuardReport Report);

/// <summary>A candidate beside the pool.</summary>
/// <param name="Candidate">It, as it says of the pool's target samples.</param>
/// <param name="Said">What it says of all of the run's: [n_t, C].</param>
internal sealed record FurtherCandidate(Candidate Candidate, Tensor Said);

/// <summary>
/// The harm guard of a shallow run, its pool fitted: the source's own model and other ways of labelling the target, to be hedged by weights
/// that no target label decides, with other candidates beside them or without.
/// </summary>
internal sealed class FeatureGuard : IDisposable
{
    /// <summary>What the mixture's members are called beside a method's own name.</summary>
    public const string SourceOnly = "source-only", Rest = "pool";

    private const int PredictedAtOnce = 2048;

    private readonly RunConfig config;
    private readonly RunData data;
    private readonly OriginalSamples original;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private FeatureGuard(RunConfig config, RunData data, OriginalSamples original, PoolSamples some, GuardPool pool)
    {
        this.config = config;
        this.data = data;
        this.original = original;
        Some = some;
        Pool = pool;
    }

    /// <summary>The rule that sets the weights.</summary>
    public static HalfAndHalfRule Rule { get; } = new();

    /// <summary>The samples that the pool was fitted on.</summary>
    public PoolSamples Some { get; }

    /// <summary>The pool.</summary>
    public GuardPool Pool { get; }

    /// <summary>Which of the target's samples those are: [n].</summary>
    public Tensor TargetRows() => Places(Some.TargetRows);

    /// <summary>Fits the pool.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="recipe">What is done to its samples before a method sees them.</param>
    /// <param name="context">Seed, progress (a round is a member) and cancellation.</param>
    /// <returns>To be disposed.</returns>
    public static FeatureGuard Fit(RunConfig config, RunData data, string recipe, FitContext context)
    {
        using NoGrad noGrad = NoGrad.Begin();
        OriginalSamples original = OriginalSamples.Of(data, recipe, context);
        PoolSamples? some = null;
        try
        {
            some = PoolSamples.Of(original.Source, data.Source.Labels!.Indices, data.Classes.Count, original.Target, context);
            return new FeatureGuard(config, data, original, some, GuardPool.Fit(some.Pair, context));
        }
        catch
        {
            some?.Dispose();
            original.Dispose();
            throw;
        }
    }

    /// <summary>Asks a candidate of many samples, a part at a time.</summary>
    /// <param name="candidate">One that can be asked of further samples.</param>
    /// <param name="target">[m, d], before they are brought down.</param>
    /// <param name="some">Brings samples down to what the candidate was fitted on.</param>
    /// <param name="cancellation">Stops between two parts.</param>
    /// <returns>[m, C].</returns>
    public static Tensor Asked(Candidate candidate, Tensor target, PoolSamples some, CancellationToken cancellation)
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

    /// <summary>Hedges.</summary>
    /// <param name="evidence">What is known of the pool, and of the candidates beside it behind its own.</param>
    /// <param name="others">Those candidates, in that order.</param>
    /// <param name="given">Both domains' samples as a method is given them, from which the student learns.</param>
    /// <param name="provenance">Where the mixture comes from.</param>
    /// <param name="bare">The model of the method that was asked for, which the mixture owns from here on; none where none was.</param>
    /// <param name="context">Seed and cancellation.</param>
    public FeatureHedge Hedge(
        PoolEvidence evidence, IReadOnlyList<FurtherCandidate> others, FeatureData given, Provenance provenance, FeatureModel? bare, FitContext context)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Hedge hedge = new([.. Pool.Candidates, .. others.Select(static one => one.Candidate)], evidence.Source, Rule.Weigh(evidence));

        // Few samples are all in the pool; of many, the others are asked now.
        bool whole = Some.TargetRows.Count == data.Target.Count;
        Tensor source = whole ? Pool.Source.Target : Asked(Pool.Source, original.Target, Some, context.Cancellation);
        Tensor adapted = whole ? hedge.Adapted() : hedge.Sum(one =>
            others.FirstOrDefault(other => ReferenceEquals(other.Candidate, one))?.Said ?? Asked(one, original.Target, Some, context.Cancellation));
        Tensor all = hedge.Mixed(source, adapted);

        // The source's own model, the default and the method stay what they are; one student stands for the many others.
        int[] kept = bare is null ? [evidence.Default] : [evidence.Default, hedge.Candidates.Count - 1];
        (Hedge rest, double share) = hedge.Without(kept);
        using HedgeStudent student = HedgeStudent.Of(
            given.Target.IndexSelect(0, TargetRows()), rest.Adapted(), given.Source.IndexSelect(0, Places(Some.SourceRows)), Some.Pair.SourceLabels, context);
        Tensor told = kept.Aggregate(student.HeldOut * share, (sum, i) => sum + (hedge.Candidates[i].Target * hedge.Weights.Adapted[i]));
        double agreement = hedge.Mixed(Pool.Source.Target, told).ArgMax(1).ToArray<long>()
            .Zip(hedge.Target().ArgMax(1).ToArray<long>(), static (a, b) => a == b ? 1.0 : 0).Average();
        IReadOnlyList<double> total = hedge.Weights.Total(evidence.Source);
        GuardReport report = new()
        {
            Hedged = true,
            Verdict = GuardWords.Verdict(Rule, evidence, hedge.Weights),
            Rule = Rule.Name,
            Weights = [.. hedge.Candidates.Select((candidate, i) => new GuardWeight(candidate.Name, candidate.Family, total[i]))],
            Evidence = [.. Rule.Validators.Select(name => EvidenceOf(name, evidence))],
            Shift = new GuardShift(evidence.SharesAtOdds, evidence.LabelShift, evidence.Shares),
            Agreement = agreement,
            Notes = [.. Some.Notes, .. Pool.Notes, Words(Pool.Choice, original)],
            Statistics = PairStatistics.Of(Some.Pair),
            Seconds = clock.Elapsed.TotalSeconds,
        };
        return new FeatureHedge(Mixture(hedge, student, provenance, bare), Told(all), Told(source), report);
    }

    public void Dispose()
    {
        Pool.Dispose();
        Some.Dispose();
        original.Dispose();
    }

    private MixtureModel Mixture(Hedge hedge, HedgeStudent student, Provenance provenance, FeatureModel? bare)
    {
        // Each model owns its tensors.
        FeatureMap Reduced() => Some.Directions is { } directions ? new AffineMap(directions.Clone().LeaveScopes()) : new IdentityMap();
        DomainSide plain = new(original.Preprocessing, Reduced()), standardised = new(original.Preprocessing, Reduced());
        FeatureModel source = Model(plain, plain, Pool.SourceClassifier(), "no-adaptation", original.Recipe, Pool.Source.Name);
        FeatureModel good = Model(standardised, standardised, Pool.DefaultClassifier(), provenance.Method, original.Recipe, Pool.Default.Name);
        FeatureModel others = Model(
            new DomainSide(data.SourcePreprocessing, new IdentityMap()), new DomainSide(data.TargetPreprocessing, new IdentityMap()),
            HedgeStudent.Rescaled(student.Classifier, 1), provenance.Method, provenance.Preprocess!, "a student of the pool");
        double adapted = 1 - hedge.Weights.Source, ofGood = hedge.Weights.Adapted[hedge.Candidates.ToList().IndexOf(Pool.Default)], ofMethod = bare is null ? 0 : hedge.Weights.Adapted[^1];
        MixtureMember[] method = bare is null ? [] : [new(config.Method, bare, adapted * ofMethod)];
        return new MixtureModel(
            [new(SourceOnly, source, hedge.Weights.Source), new(Pool.Default.Name, good, adapted * ofGood), new(Rest, others, adapted * (1 - ofGood - ofMethod)), .. method], provenance);

        FeatureModel Model(DomainSide ofSource, DomainSide ofTarget, Classifiers.FittedClassifier classifier, string name, string recipe, string classified) => new(
            data.InputShape, ofSource, ofTarget, classifier, data.Classes,
            TransferRun.ProvenanceOf(config, new Dictionary<string, string>(), 0) with { Method = name, Preprocess = recipe, Classifier = classified },
            data.Source.Encoder, data.Source.Vocabulary);
    }

    private static GuardEvidence EvidenceOf(string name, PoolEvidence evidence)
    {
        IReadOnlyList<double> said = evidence.Evidence[name];
        return GuardEvidence.Of(ValidatorCatalog.Find(name).About, said[evidence.Source], said[evidence.Default]) with
        {
            Method = evidence.Method is { } method ? GuardEvidence.Known(said[method]) : null,
        };
    }

    private static string Words(SourceChoice choice, OriginalSamples original) => string.Create(
        CultureInfo.InvariantCulture,
        $"the source's own model: {choice.Base switch { SourceBase.Neighbour => "1nn", SourceBase.Svm => "svm", _ => $"logistic:C={choice.C}" }} on features by {original.Recipe}, right on {100 * choice.Accuracy:0.0} % of the source's samples in cross-validation");

    private static Tensor Places(IReadOnlyList<int> rows) => Tensor.From<long>([.. rows.Select(static row => (long)row)]);

    private Predictions Told(Tensor probabilities)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] indices = Array.ConvertAll(probabilities.ArgMax(1).ToArray<long>(), static index => (int)index);
        return new Predictions(data.Classes, indices, [.. probabilities.To(ScalarType.Float32).ToArray<float>().Chunk(data.Classes.Count)]);
    }
}
