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
        Classifier classifier = ClassifierCatalog.Parse(config.Classifier ?? RunConfig.DefaultClassifier);
        string recipe = PreprocessingRecipe.Parse(RunData.RecipeOf(config, data.Source)).ToString();
        using TensorScope scope = TensorScope.Begin();
        FeatureData samples = Read(data);
        cancellation.ThrowIfCancellationRequested();
        progress?.Invoke(new RunProgress("fitting", Facts: new RunFacts(
            data.Source.Count, data.Target.Count, data.Scoring?.Count, data.Source.Skipped + data.Target.Skipped, data.Classes.Count, data.InputShape)
        {
            Merged = data.Source.Origins?.CountPerClass(),
            Features = new FeatureFacts(samples.Features, recipe, ClassifierCatalog.NameOf(classifier), data.TargetLabelled?.Count),
        }));

        Stopwatch clock = Stopwatch.StartNew();
        FitContext context = new()
        {
            Classifier = classifier,
            Seed = config.Seed,
            Progress = round => progress?.Invoke(new RunProgress("fitting", Round: round)),
            Cancellation = cancellation,
        };
        FittedFeatures fitted = method.Fit(samples, context);
        FittedClassifier trained = fitted.ClassifierFor(samples, classifier);
        double seconds = clock.Elapsed.TotalSeconds;

        IReadOnlyDictionary<string, string> options = MethodCatalog.OptionsOf(method);
        FeatureModel bare = new(
            data.InputShape, new DomainSide(data.SourcePreprocessing, fitted.Source), new DomainSide(data.TargetPreprocessing, fitted.Target), trained,
            data.Classes, TransferRun.ProvenanceOf(config, options, 0) with { Preprocess = recipe, Classifier = ClassifierCatalog.NameOf(classifier) },
            data.Source.Encoder, data.Source.Vocabulary);
        cancellation.ThrowIfCancellationRequested();
        string? notHedged = config.Guard ? GuardedFeatureRun.WhyNot(config, data) : null;
        FeatureHedge? hedge = null;
        TransferModel model = bare;
        try
        {
            if (config.Guard && notHedged is null)
            {
                hedge = GuardedFeatureRun.Run(config, data, bare, Said(fitted, bare, samples), samples, progress, cancellation);
                model = hedge.Model;
            }

            progress?.Invoke(new RunProgress("scoring"));
            Save(config, data, folder, model, hedge);
            (Score Score, long[][] Confusion)? ofMethod = Scored(bare, fitted.TargetLabels?[..data.Target.Count]);
            (Score Score, long[][] Confusion)? honest = hedge is null ? ofMethod : Scored(model, hedge.Target.Indices);
            RunResult result = TransferRun.ResultOf(config, data, options, seconds, honest) with
            {
                Protocol = hedge is not null ? HedgedProtocol : data.TargetLabelled is null ? Protocol : FewProtocol,
                Preprocess = recipe,
                Classifier = fitted.Classifier is null ? ClassifierCatalog.NameOf(classifier) : "the method's own",
                Certificate = fitted.Certificate,
                Guard = notHedged is not null ? GuardReport.NotApplied(notHedged)
                    : hedge is null ? null
                    : hedge.Report with { Bare = ofMethod?.Score, Source = Scored(hedge.Model.Members[0].Model, hedge.Source.Indices)?.Score },
            };
            result.Save(folder.Result);
            return result;
        }
        finally
        {
            model.Dispose();
            bare.Dispose();
        }

        // What was decided of the run's own target samples counts there, not what its model would say of others like them.
        (Score Score, long[][] Confusion)? Scored(TransferModel of, IReadOnlyList<int>? decided) => data.Scoring is null ? null
            : decided is not null && config.Test is null ? TransferRun.ScoreOf(data.Scoring, decided, data.Classes.Count)
            : TransferRun.Evaluate(of, data.Scoring, cancellation);
    }

    /// <summary>Class probabilities of the run's target samples by the method: certain where it decides on them together.</summary>
    private static Tensor Said(FittedFeatures fitted, FeatureModel model, FeatureData samples) => fitted.TargetLabels is { } labels
        ? Tensor.From(Array.ConvertAll(labels, static label => (long)label)).OneHot(samples.Classes).To(ScalarType.Float64)
        : model.Classifier.Probabilities(fitted.Target.Apply(samples.Target));

    private static void Save(RunConfig config, RunData data, RunFolder folder, TransferModel model, FeatureHedge? hedge)
    {
        model.Save(folder.Model);
        if (hedge is null)
            return;
        using Domain target = model.Open(config.Target);
        AtomicFile.Write(folder.Predictions, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            PredictionTable.Write(hedge.Target, target, writer);
        });
        ToLabel.Write(folder, hedge.Model, GuardedFeatureRun.SourceOnly, target, hedge.Source, hedge.Adapted, config.Seed);
    }

    /// <summary>All samples, the few labelled ones of the target behind the others.</summary>
    private static FeatureData Read(RunData data)
    {
        Tensor source = FeatureData.Rows(data.Source, data.SourcePreprocessing), target = FeatureData.Rows(data.Target, data.TargetPreprocessing);
        int[]? known = null;
        if (data.TargetLabelled is { } few)
        {
            known = [.. Enumerable.Repeat(FeatureData.Unknown, data.Target.Count), .. few.Labels!.Indices];
            target = Tensor.Concatenate([target, FeatureData.Rows(few, data.TargetPreprocessing)]);
        }

        return new FeatureData(source, data.Source.Labels!.Indices, data.Classes.Count, target, known, data.InputShape);
    }
}
