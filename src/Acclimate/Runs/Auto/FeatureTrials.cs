using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// Fits shallow methods, one at a time, on the samples that the guard's pool has, as a method is given them, and asks the guard's checks
/// of each. They are used with the classifier that the source picked by itself, unless the user names another.
/// </summary>
internal sealed class FeatureTrials : IDisposable
{
    private readonly FeatureGuard guard;
    private readonly PoolEvidence known;
    private readonly FeatureData given;
    private readonly PoolSamples seen;
    private readonly Classifier classifier;

    /// <summary>For methods that weigh samples, where the source picked a classifier that makes nothing of weights.</summary>
    private readonly ScaledClassifier weighing = new(new LogisticRegression());
    private readonly long seed;

    public FeatureTrials(RunConfig config, FeatureGuard guard, PoolEvidence known, FeatureData given)
    {
        this.guard = guard;
        this.known = known;
        this.given = given;
        seed = config.Seed;
        SourceChoice choice = guard.Pool.Choice;
        classifier = config.Classifier is { } named ? ClassifierCatalog.Parse(named) : new ScaledClassifier(SourceChoice.Classifier(choice.Base, choice.C));
        seen = PoolSamples.Of(given.Source, given.SourceLabels, given.Classes, given.Target, new FitContext { Seed = seed });
    }

    /// <summary>What a method has in common with others: the pool's families where it is of their kind, else where it stands in the library.</summary>
    public static string FamilyOf(MethodEntry method) => method.About.Name switch
    {
        "balanced-self-training" => PoolFamilies.SelfTraining,
        "label-propagation" => PoolFamilies.Propagation,
        _ when method.Kind == "mean-matching" => PoolFamilies.Alignment,
        _ => method.Kind,
    };

    /// <summary>Fits a method, and judges it.</summary>
    /// <param name="attempt">What.</param>
    /// <param name="cancellation">Stops between rounds and between checks.</param>
    public JudgedTrial Fit(AutoAttempt attempt, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureMethod method = (FeatureMethod)MethodCatalog.Find(attempt.Method).Create(attempt.Options);
        method.Validate();
        FeatureData samples = new(seen.Pair.Source, [.. seen.Pair.SourceLabels], given.Classes, seen.Pair.Target);
        Classifier used = MethodCatalog.Find(attempt.Method).About.Family == Family.Instances && !classifier.TakesWeights ? weighing : classifier;
        using FittedFeatures fitted = method.Fit(samples, new FitContext { Classifier = used, Seed = seed, Cancellation = cancellation });
        using FittedClassifier trained = fitted.ClassifierFor(samples, used);
        Tensor ofPool = FeatureRun.Said(fitted, trained, samples);
        Candidate candidate = new(attempt.Name, attempt.Family, ofPool) { Predict = x => trained.Probabilities(fitted.Target.Apply(x)) };
        GuardEvidence[] evidence = [.. FeatureGuard.Rule.Validators.Select(name => Judge(name, candidate, cancellation))];
        if (seen.TargetRows.Count == given.TargetCount)
            return new JudgedTrial(evidence, scope.Keep(ofPool.Clone()));

        // What was decided of the samples that it was fitted on stays; the others are asked now.
        Tensor all = FeatureGuard.Asked(candidate, given.Target, seen, cancellation);
        Torch.Native.Operator.Get("aten::index_copy_").Run(all, 0L, guard.TargetRows(), ofPool);
        return new JudgedTrial(evidence, scope.Keep(all));
    }

    /// <summary>A trial as a candidate beside the pool.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="said">What it says of all target samples.</param>
    public FurtherCandidate Candidate(AutoTrial trial, Tensor said) => new(new Candidate(trial.Name, trial.Family, said.IndexSelect(0, guard.TargetRows())), said);

    public void Dispose() => seen.Dispose();

    private GuardEvidence Judge(string name, Candidate candidate, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ValidatorEntry validator = ValidatorCatalog.Find(name);
        return GuardEvidence.Of(validator.About, known.Evidence[name][known.Source], validator.Create().Score(guard.Pool.Pair, candidate, guard.Pool.Candidates));
    }
}
