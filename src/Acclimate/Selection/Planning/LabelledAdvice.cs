namespace Acclimate.Selection.Planning;

/// <summary>What fits where the target has labels to learn from.</summary>
internal static class LabelledAdvice
{
    private const string Published = "resnet18";

    public static Advice Of(PlanFacts facts, PathEntry path)
    {
        (string source, string target) = (Shell.Quoted(facts.Source), Shell.Quoted(facts.Target));
        bool few = facts.TargetLabels == LabelState.Few;
        string pair = $"{source} {target}", known = $"--target-labelled {(few ? Advice.Known : target)}";
        return path.Path switch
        {
            TransferPath.TaskFineTuning => new Advice(
            [
                Advice.AfterSource(facts, "source-only", "goes on from the source's model, classifier and all, at a lower rate, so that what it knows is not shaken off", "--learning-rate 0.001"),
                Advice.AfterSource(facts, "l2-sp", "the same, held near where it starts: for few samples"),
            ], []),
            TransferPath.DomainAdaptation when few => new Advice(Few(facts, pair, known), [$"{Advice.Known} stands for the labelled target samples."]),
            TransferPath.DomainAdaptation => new Advice(
            [
                Advice.AfterSource(facts, "fine-tune", "with labels of its own the target is learnt as any task is, from a start that the source gives"),
                Advice.AfterSource(facts, "l2-sp", "the same, held near the source's model: for few samples"),
                Advice.Train("source-only", "what the target's labels come to without the source", target),
            ], ["The target has labels enough to learn from: they say more than any matching of domains."]),
            TransferPath.TaskAdaptation => new Advice(
            [
                Advice.AfterSource(facts, "fine-tune", "the classifier is new, the features serve again: it learns first, then all of the network, the front slowest"),
                Advice.AfterSource(facts, "source-only", "the front is kept as it is: for few samples", "--freeze 1"),
                Advice.AfterSource(facts, "delta", "features held near the old ones where these matter"),
                Advice.AfterSource(facts, "bss", "keeps small directions of the features from being learnt by heart: for very few samples"),
            ], []),
            TransferPath.ModalityTransfer => facts.Kind is SampleKind.Rows or SampleKind.Text && facts.SameFeatures == false
                ? Advice.Nothing("methods for rows of different features (heterogeneous transfer): a network's weights fit the features that they were trained on alone")
                : new Advice(
                [
                    Advice.AfterSource(facts, "source-only", "all of the network learns again, from the old weights"),
                    Advice.AfterSource(facts, "fine-tune", "the same in two steps, the front slowest: where the front still fits"),
                    Advice.Train("source-only", "what the target's labels come to from random values: weights of a small or distant source may gain nothing", target),
                ], facts.Kind is SampleKind.Pictures or null && facts.Weights is null ? [$"Weights that have seen much serve better than those of a small source: --weights {Published} instead of {Advice.FirstRun}."] : []),
            TransferPath.DataSetMerging => new Advice(
            [
                Advice.Train("source-only", "two collections of one kind are one data set; --balance if one is small", source, $"--also {target}"),
            ], []),
            TransferPath.WeightSharing => new Advice(
            [
                Advice.Train("beyond-sharing", "one network for each domain, their layers held related; target labels are learnt from as well", pair, known),
                Advice.Train("source-only", "both as one data set, balanced: where one network can serve both", source, $"--also {target} --balance"),
            ], few ? [$"{Advice.Known} stands for the labelled target samples."] : []),
            TransferPath.MultiTaskLearning => new Advice(
            [
                Advice.Train("multi-task", "one trunk with a classifier for each task; their weights are learnt", source, $"--task target={target}"),
            ], []),
            TransferPath.ParallelTraining => new Advice(
            [
                Advice.Train("multi-task", "one trunk, each domain normalised by itself: for small data sets that share what is low in the network", source, $"--task target={target} --batch-norm per-domain"),
            ], ["Compare with two runs: tasks that share nothing take the trunk's capacity from each other."]),
            _ => throw new System.Diagnostics.UnreachableException($"there is no path {path.Path}"),
        };
    }

    /// <summary>The target has labels and the source none.</summary>
    public static Advice OfTargetAlone(PlanFacts facts)
    {
        string target = Shell.Quoted(facts.Target);
        List<PlannedMethod> methods = [Advice.Train("source-only", "learns the labelled side alone, without the samples that have no labels", target)];
        if (facts.Kind is SampleKind.Pictures or null)
            methods.Insert(0, Advice.Train("fine-tune", "weights that others trained stand in for features learnt from your own unlabelled samples", target, $"--weights {Shell.Quoted(facts.Weights ?? Published)}"));
        List<string> reasons = ["If the model is wanted for the unlabelled side, name the labelled side as SOURCE and this one as TARGET: then it is domain adaptation."];
        if (facts.Kind is not SampleKind.Text && facts.SameFeatures != false)
        {
            bool few = facts.TargetLabels == LabelState.Few;
            methods.Insert(0, Advice.Train(
                "self-taught", "features from the source's samples, which nobody labelled: for few labels of the target", $"{Shell.Quoted(facts.Source)} {target}", $"--target-labelled {(few ? Advice.Known : target)} --preprocess none --classifier logistic:C=10"));
            if (few)
                reasons.Add($"{Advice.Known} stands for the labelled target samples.");
        }

        return new Advice(methods, reasons);
    }

    /// <summary>Labels on both sides, but other features: what brings the one to the other.</summary>
    public static Advice OfDifferentFeatures(PlanFacts facts)
    {
        bool few = facts.TargetLabels == LabelState.Few;
        string target = Shell.Quoted(facts.Target);
        return new Advice(
            [
                Advice.Train("cdls", "maps the source onto the target's features, class by class, by the labelled target samples", $"{Shell.Quoted(facts.Source)} {target}", $"--target-labelled {(few ? Advice.Known : target)} --preprocess zscore,l2"),
                Advice.Train("source-only", "what the target's labels come to without the source", few ? Advice.Known : target),
            ], few ? [$"{Advice.Known} stands for the labelled target samples."] : []);
    }

    private static List<PlannedMethod> Few(PlanFacts facts, string pair, string known)
    {
        List<PlannedMethod> methods = [];
        if (facts.Kind is not SampleKind.Pictures)
        {
            string shallow = $"{known} --preprocess {(facts.Kind is SampleKind.Text ? "tfidf" : "zscore")}";
            methods.Add(Advice.Train("source-prior", "the source's classifier, moved by the few labels as far as they speak against it", pair, shallow));
            methods.Add(Advice.Train("drs", "source samples rebuilt from the few labelled ones of their class", pair, shallow));
        }

        if (facts.Kind is not SampleKind.Text)
        {
            string start = facts.Weights is { } weights ? $" --weights {Shell.Quoted(weights)}" : string.Empty;
            methods.Add(Advice.Train("domain-confusion", "the few labels teach how classes are alike, while features lose their domain", pair, known + start));
            methods.Add(Advice.Train("label-efficient", "each target sample has to be clearly like one class of the labelled ones", pair, known + start));
            methods.Add(Advice.Train("dsan", "matches each class; learns the few labels beside", pair, known + start));
        }

        return methods;
    }
}
