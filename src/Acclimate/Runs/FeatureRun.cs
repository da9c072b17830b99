using System.Diagnostics;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>The run of a shallow method: one fit on all samples of both domains.</summary>
internal static class FeatureRun
{
    private const string Protocol =
        "fitted on all samples of both domains, the target's without labels; no target label was used in choosing; labels given for scoring only";

    private const string HedgedProtocol =
        "a hedge of the source's own model, the method and a pool of other ways; no target label was used in fitting, in choosing or in weighing; labels given for scoring only";

    private const string FewProtocol =
        "fitted on all samples of both domains and the few labels given of target samples; labels given for scoring only";

    public static RunResult Run(RunConfig config, RunData data, RunFolder folder, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        FeatureMethod method = config.FeatureMethod();
        Classifier classifier = ClassifierCatalog.Parse(config.ClassifierName);
        string recipe = PreprocessingRecipe.Parse(RunData.RecipeOf(config, data.Source)).ToString();
        using TensorScope scope = TensorScope.Begin();
        FeatureData samples = Read(data);
        cancellation.ThrowIfCancellationRequested();
        progress?.Invoke(new RunProgress("fitting", Facts: FactsOf(data, new FeatureFacts((int)samples.Target.Size(1), recipe, ClassifierCatalog.NameOf(classifier), data.TargetLabelled?.Count))));

        Stopwatch clock = Stopwatch.StartNew();
        FitContext context = new()
        {
            Classifier = classifier,
            Seed = config.Seed,
            Progress = round => progress?.Invoke(new RunProgress("fitting", Round: round)),
            Cancellation = cancellation,
        };
        FittedFeatures fitted = method.Fit(samples, context);
        FittedClassifier trained = Trained(config.Method, fitted, samples, classifier);
        double seconds = clock.Elapsed.TotalSeconds;

        IReadOnlyDictionary<string, string> options = MethodCatalog.OptionsOf(method);
        FeatureModel bare = new(
            data.InputShape, new DomainSide(data.SourcePreprocessing, fitted.Source), new DomainSide(data.TargetPreprocessing, fitted.Target), trained,
            [.. data.Classes, .. method.ExtraClasses], TransferRun.ProvenanceOf(config, options, 0) with { Preprocess = recipe, Classifier = ClassifierCatalog.NameOf(classifier) },
            (method.TakesDifferentFeatures ? data.Target : data.Source).Encoder, (method.TakesDifferentFeatures ? data.Target : data.Source).Vocabulary)
        {
            SourceShape = samples.Source.Size(1) == samples.Target.Size(1) ? null : [samples.Source.Size(1)],
        };
        cancellation.ThrowIfCancellationRequested();
        string? notHedged = config.Guard ? GuardedFeatureRun.WhyNot(config, data) : null;
        FeatureHedge? hedge = null;
        TransferModel model = bare;
        try
        {
            if (config.Guard && notHedged is null)
            {
                hedge = GuardedFeatureRun.Run(config, data, bare, Said(fitted, bare.Classifier, samples), samples, progress, cancellation);
                model = hedge.Model;
            }

            progress?.Invoke(new RunProgress("scoring"));
            if (hedge is null)
                model.Save(folder.Model);
            else
                Save(config, folder, hedge);
            (Score Score, long[][] Confusion)? ofMethod = Scored(config, data, bare, fitted.TargetLabels?[..data.Target.Count], cancellation);
            (Score Score, long[][] Confusion)? honest = hedge is null ? ofMethod : Scored(config, data, model, hedge.Target.Indices, cancellation);
            RunResult result = TransferRun.ResultOf(config, data, options, seconds, honest) with
            {
                Protocol = hedge is not null ? HedgedProtocol : data.TargetLabelled is null ? Protocol : FewProtocol,
                Preprocess = recipe,
                Classifier = fitted.Classifier is null ? ClassifierCatalog.NameOf(classifier) : "the method's own",
                Certificate = fitted.Certificate,
                Guard = notHedged is not null ? GuardReport.NotApplied(notHedged)
                    : hedge is null ? null
                    : hedge.Report with { Bare = ofMethod?.Score, Source = Scored(config, data, hedge.Model.Members[0].Model, hedge.Source.Indices, cancellation)?.Score },
            };
            result.Save(folder.Result);
            return result;
        }
        finally
        {
            model.Dispose();
            bare.Dispose();
        }
    }

    /// <summary>The classifier that goes with what was fitted, which is refused, and freed, where samples of either domain come out as no finite numbers.</summary>
    private static FittedClassifier Trained(string method, FittedFeatures fitted, FeatureData samples, Classifier classifier)
    {
        FittedClassifier? trained = null;
        using TensorScope scope = TensorScope.Begin();
        try
        {
            trained = fitted.ClassifierFor(samples, classifier);
            return fitted.Target.Apply(samples.Target).IsFinite().All() ? trained : throw new NotFiniteException();
        }
        catch (NotFiniteException e)
        {
            trained?.Dispose();
            fitted.Dispose();
            throw FitFailure.Of(method, samples.Source, samples.Target, e);
        }
    }

    /// <summary>What is known once the domains are read.</summary>
    internal static RunFacts FactsOf(RunData data, FeatureFacts features) => new(
        data.Source.Count, data.Target.Count, data.Scoring?.Count, data.Source.Skipped + data.Target.Skipped, data.Classes.Count, data.InputShape)
    {
        Merged = data.Source.Origins?.CountPerClass(),
        Features = features,
    };

    /// <summary>A score where labels were given for it. What was decided of the run's own target samples counts there, not what its model would say of others like them.</summary>
    internal static (Score Score, long[][] Confusion)? Scored(
        RunConfig config, RunData data, TransferModel of, IReadOnlyList<int>? decided, CancellationToken cancellation) => data.Scoring is null ? null
        : decided is not null && config.Test is null ? TransferRun.ScoreOf(data.Scoring, data.ScoredRows is { } rows ? [.. rows.Select(row => decided[row])] : decided, data.Classes.Count)
        : TransferRun.Evaluate(of, data.Scoring, cancellation);

    /// <summary>Class probabilities of the run's target samples by the method: certain where it decides on them together.</summary>
    internal static Tensor Said(FittedFeatures fitted, FittedClassifier classifier, FeatureData samples) => fitted.TargetLabels is { } labels
        ? Tensor.From(Array.ConvertAll(labels, static label => (long)label)).OneHot(samples.Classes).To(ScalarType.Float64)
        : classifier.Probabilities(fitted.Target.Apply(samples.Target));

    /// <summary>Saves a hedge: its model, its labels of the run's own target samples, and what to label.</summary>
    internal static void Save(RunConfig config, RunFolder folder, FeatureHedge hedge)
    {
        hedge.Model.Save(folder.Model);
        using Domain target = hedge.Model.Open(config.Target);
        AtomicFile.Write(folder.Predictions, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            PredictionTable.Write(hedge.Target, target, writer);
        });

        // What labels decide between is what would be kept: the saved model's own members, not the many that one of them stands for.
        Predictions Of(Kept kept) => hedge.Model.Predict(target, Verification.WeightsOf(kept, FeatureGuard.SourceOnly, hedge.Model.Weights));
        ToLabel.Write(folder, hedge.Model, FeatureGuard.SourceOnly, target, Of(Kept.Source), Of(Kept.Adapted), config.Seed);
    }

    /// <summary>All samples; labelled ones of the target that are none of its own stand behind the others.</summary>
    internal static FeatureData Read(RunData data)
    {
        Tensor source = FeatureData.Rows(data.Source, data.SourcePreprocessing), target = FeatureData.Rows(data.Target, data.TargetPreprocessing);
        int[]? known = null;
        if (data.KnownRows is { } rows)
        {
            known = [.. Enumerable.Repeat(FeatureData.Unknown, data.Target.Count)];
            for (int i = 0; i < rows.Count; i++)
                known[rows[i]] = data.TargetLabelled!.Labels!.Indices[i];
        }
        else if (data.TargetLabelled is { } few)
        {
            known = [.. Enumerable.Repeat(FeatureData.Unknown, data.Target.Count), .. few.Labels!.Indices];
            target = Tensor.Concatenate([target, FeatureData.Rows(few, data.TargetPreprocessing)]);
        }

        return new FeatureData(source, data.Source.Labels!.Indices, data.Classes.Count, target, known, source.Size(1) == target.Size(1) ? data.InputShape : null) { SourceDomains = data.Source.Origins?.Indices };
    }
}
