using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <content>What can be refused before anything is read.</content>
public sealed partial record RunConfig
{
    /// <summary>Refuses what can be refused before anything is read or written.</summary>
    /// <exception cref="ArgumentException">Something is unknown or out of range.</exception>
    public void Validate()
    {
        if (MethodCatalog.Find(Method).OfSamples().NeedsTarget && Target.Length == 0)
            throw new ArgumentException($"{Method} adapts to a target, and none is given");
        if (IsShallow)
        {
            ValidateShallow();
        }
        else
        {
            using Deep.Objective objective = Objective();
            _ = Trainer(1);
            ValidateAddition();
            SourceWeighing.Validate(this, objective);
            _ = NetworkName;
            Refuse("is for shallow methods", [("classifier", Classifier is not null), ("preprocess", Preprocess is not null)]);
            if (Precision is not (AutoPrecision or Float32 or Bfloat16))
                throw new ArgumentException($"precision is '{Precision}'; expected {AutoPrecision}, {Float32} or {Bfloat16}");
            if (BatchNorm is not (SharedBatchNorm or PerDomainBatchNorm))
                throw new ArgumentException($"batch norm is '{BatchNorm}'; expected {SharedBatchNorm} or {PerDomainBatchNorm}");
            RequireKnown(Setting != LabelSetting.SourceFree && objective.Stages.Any(static stage => stage.UsesTarget));
            if (Backbone is not null && !Networks.Knows(Backbone))
                throw Networks.Unknown(Backbone);
        }

        if (MethodCatalog.Find(Method).About.SeveralSources && Also is not { Count: > 0 })
            throw new ArgumentException($"{Method} learns from several sources: name the others with --also, once for each");
        TaskConfig.Validate(Tasks, Method);
        if (Balance && Also is not { Count: > 0 })
            throw new ArgumentException("--balance is for sources that become one: name the others with --also");
        if (Size is < 8 or > 1024)
            throw new ArgumentException($"size is {Size}; expected 8 to 1024 pixels");
    }

    private void ValidateAddition()
    {
        if (Lora is < 1)
            throw new ArgumentException($"lora is {Lora}; expected a rank of 1 or more");
        if (LoraAlpha is not null and not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"lora alpha is {LoraAlpha}; expected a number above 0"));
        if (Lora is null && LoraAlpha is not null)
            throw new ArgumentException("--lora-alpha says how much --lora adds: give a rank with --lora");
        if (Adapters is < 1)
            throw new ArgumentException($"adapters is {Adapters}; expected a width of 1 or more");
        if (Lora is not null && Adapters is not null)
            throw new ArgumentException("--lora and --adapters are two ways of learning beside the weights: only one of the two can be");
        string? given = Lora is not null ? "--lora" : Adapters is not null ? "--adapters" : null;
        if (given is not null && Weights is null)
            throw new ArgumentException($"{given} learns beside weights that are good already: say which with --weights");
        if (given is not null && Freeze == FineTuning.All)
            throw new ArgumentException($"all stages are frozen, and {given} is to learn in them: only one of the two can be");
    }

    private void ValidateShallow()
    {
        RunConfig plain = new();
        Refuse("is for methods that train a network", [
            ("backbone", Backbone is not null), ("weights", Weights is not null), ("freeze", Freeze is not null), ("freeze-from", FreezeFrom is not null),
            ("gradual", Gradual), ("cache", Cache != plain.Cache), ("backbone-rate", BackboneRate is not null), ("layer-decay", LayerDecay is not null),
            ("weigh", Weigh is not null), ("lora", Lora is not null), ("lora-alpha", LoraAlpha is not null), ("adapters", Adapters is not null), ("augment", Augment), ("steps", Steps != plain.Steps), ("epochs", Epochs is not null),
            ("batch-size", BatchSize != plain.BatchSize), ("learning-rate", LearningRate != plain.LearningRate),
            ("weight-decay", WeightDecay != plain.WeightDecay), ("checkpoint-steps", CheckpointSteps is not null),
            ("precision", Precision is not (AutoPrecision or Float64)), ("batch-norm", BatchNorm != plain.BatchNorm)]);
        FeatureMethod().Validate();
        Classifier classifier = ClassifierCatalog.Parse(ClassifierName);
        if (WeighsSamples)
            classifier.RequireWeights(Method);
        _ = PreprocessingRecipe.Parse(Preprocess ?? string.Empty);
        RequireKnown(true);
    }

    private LabelSetting Setting => MethodCatalog.Find(Method).About.Setting;

    /// <summary>Labelled target samples are given where the method needs them, and only where it can learn from them.</summary>
    private void RequireKnown(bool taken)
    {
        string given = TargetLabelled is not null ? "--target-labelled" : "--target-labels";
        if (Setting is LabelSetting.FewTargetLabels or LabelSetting.TargetOnly && !KnowsTarget)
            throw new ArgumentException($"{Method} learns from a few labelled samples of the target{(Setting == LabelSetting.TargetOnly ? string.Empty : " too")}: say which of its own they are with --target-labels, or where others are with --target-labelled");
        if (!taken && KnowsTarget)
            throw new ArgumentException($"{Method} takes no target labels: leave {given} out{(TargetLabelled is null ? string.Empty : ", or score on those samples with --test")}");
        if (TargetLabelled is not null && TargetLabels is not null)
            throw new ArgumentException("--target-labels names the target's own samples, --target-labelled others: only one of the two can be");
        if (TargetLabels is not null && KnownTarget.CountOf(TargetLabels) is < 1)
            throw new ArgumentException($"--target-labels {TargetLabels}: expected 1 label of each class or more, or a CSV with the columns sample and label");
    }

    private void Refuse(string why, (string Option, bool Given)[] options)
    {
        string[] given = [.. options.Where(static option => option.Given).Select(static option => "--" + option.Option)];
        if (given.Length > 0)
            throw new ArgumentException($"{string.Join(", ", given)} {why}, and {Method} is not one: leave {(given.Length == 1 ? "it" : "them")} out");
    }
}
