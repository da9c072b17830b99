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
        using FeatureModel model = new(
            data.InputShape, new DomainSide(data.SourcePreprocessing, fitted.Source), new DomainSide(data.TargetPreprocessing, fitted.Target), trained,
            data.Classes, TransferRun.ProvenanceOf(config, options, 0) with { Preprocess = recipe, Classifier = ClassifierCatalog.NameOf(classifier) },
            data.Source.Encoder, data.Source.Vocabulary);
        cancellation.ThrowIfCancellationRequested();
        progress?.Invoke(new RunProgress("scoring"));
        model.Save(folder.Model);

        // A method that decides on the target's samples together has said already what they are.
        bool decided = fitted.TargetLabels is not null && config.Test is null;
        (Score Score, long[][] Confusion)? honest = data.Scoring is null ? null
            : decided ? TransferRun.ScoreOf(data.Scoring, fitted.TargetLabels![..data.Target.Count], data.Classes.Count)
            : TransferRun.Evaluate(model, data.Scoring, cancellation);
        RunResult result = TransferRun.ResultOf(config, data, options, seconds, honest) with
        {
            Protocol = data.TargetLabelled is null ? Protocol : FewProtocol,
            Preprocess = recipe,
            Classifier = fitted.Classifier is null ? ClassifierCatalog.NameOf(classifier) : "the method's own",
            Certificate = fitted.Certificate,
        };
        result.Save(folder.Result);
        return result;
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
