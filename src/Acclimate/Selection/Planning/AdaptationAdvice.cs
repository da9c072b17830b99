using Acclimate.Catalog;

namespace Acclimate.Selection.Planning;

/// <summary>What fits where the source alone has labels.</summary>
internal static class AdaptationAdvice
{
    /// <summary>With more samples, kernels and graphs over all of them take long; what needs moments alone doesn't.</summary>
    private const int Many = 20_000;

    /// <summary>With fewer pictures a network learns little from scratch.</summary>
    private const int FewPictures = 1_000;

    public static Advice Of(PlanFacts facts, PathEntry path)
    {
        string pair = $"{Shell.Quoted(facts.Source)} {Shell.Quoted(facts.Target)}";
        if (!path.SameTask)
            return Unseen(facts, pair);
        List<PlannedMethod> methods = [];
        List<string> reasons = [];
        if (path.SameDomain)
        {
            reasons.Add("Where nothing differs between the domains there is nothing to adapt to, and adapting can only do harm.");
            methods.Add(Advice.Train("source-only", "the source's own classifier should do on the target", pair));
            if (facts.Kind is not SampleKind.Text)
                methods.Add(Advice.Train("self-training", "the target's samples serve as further ones without labels", pair, Start(facts)));
            return new Advice(methods, reasons);
        }

        if (path.AtOnce)
            methods.Add(Advice.Train("beyond-sharing", "one network for each domain, their layers held related, trained together", pair));
        if (facts.SourceStays == false)
            AddSourceFree(methods, pair, Start(facts));
        else if (facts.Classes is ClassSets.Open)
            AddOpen(methods, facts, pair);
        else if (facts.Classes is ClassSets.Partial)
            AddPartial(methods, pair, Start(facts));
        else if (facts.Shift?.Balance is Finding.Found or Finding.Suspected)
            AddShiftedBalance(methods, facts, pair);
        else
        {
            AddUsual(methods, facts, pair);
            AddWeighing(methods, reasons, facts, pair);
        }

        if (facts.Kind == SampleKind.Pictures && facts.Weights is null && Count(facts) < FewPictures)
            reasons.Add("So few pictures teach a network little: start from published weights (--weights resnet18, after acclimate weights get resnet18).");
        methods.Add(Reference(facts, pair));
        return new Advice(methods, reasons);
    }

    /// <summary>Other classes, of which no sample is labelled: they have to be known by something else.</summary>
    private static Advice Unseen(PlanFacts facts, string pair)
    {
        if (facts.Kind is SampleKind.Pictures)
            return Advice.Nothing("zero-shot learning from pictures themselves: it takes rows of features, such as a network's. Label a few target samples, and ask again with --target-labels few");
        string words = $"zero-shot {pair} --attributes {Advice.Attributes}";
        return new Advice(
        [
            Advice.Own("eszsl", "classes without samples are known by a table of attributes; in closed form", words),
            Advice.Own("dap", "the same with a classifier for each attribute, which can be looked at one by one", words),
        ], [$"{Advice.Attributes} stands for a table with a row of attributes for each class, of the source's and of the target's: without it, or a few labelled target samples (--target-labels few), nothing can be learnt of the target's classes."]);
    }

    private static void AddSourceFree(List<PlannedMethod> methods, string pair, string start)
    {
        methods.Add(Advice.Train("shot", "keeps the source's classifier and moves the target's features to it; the source is not looked at again", pair, start));
        methods.Add(Advice.Train("tent", "for a model that is in use already: batch norm alone adapts", pair, start));
        methods.Add(Advice.Train("adabn", "the same without training: the target's own statistics", pair, start));
    }

    private static void AddOpen(List<PlannedMethod> methods, PlanFacts facts, string pair)
    {
        if (facts.Kind is not SampleKind.Text)
            methods.Add(Advice.Train("osbp", "learns to call unknown what belongs to no class of the source", pair, $"--open-set{Then(Start(facts))}"));
        if (facts.Kind is not SampleKind.Pictures)
            methods.Add(Advice.Train("ati", "assigns samples to classes or to none by a linear program: seconds, no training", pair, $"--open-set --preprocess {(facts.Kind is SampleKind.Text ? "tfidf" : "zscore")}"));
    }

    private static void AddPartial(List<PlannedMethod> methods, string pair, string start)
    {
        methods.Add(Advice.Train("pada", "weighs the source's classes by how often the target is taken for them; matching whole domains does harm here", pair, start));
        methods.Add(Advice.Train("iwan", "weighs source samples by how much they look like the target's", pair, start));
    }

    private static void AddShiftedBalance(List<PlannedMethod> methods, PlanFacts facts, string pair)
    {
        if (facts.Kind is not SampleKind.Pictures)
            methods.Add(Advice.Train("ccsl", "matches each class by as much as the target has of it, not the domains as wholes", pair, Shallow(facts)));
        if (facts.Kind is not SampleKind.Text)
        {
            methods.Add(Advice.Train("self-training", "rests on predictions, not on matching wholes whose class shares differ", pair, Start(facts)));
            methods.Add(Advice.Train("mcc", "the same by the classes' confusion", pair, Start(facts)));
        }
    }

    /// <summary>
    /// Weighing the source's samples, where inputs moved and nothing measured speaks against p(y|x) having stayed. That it did, the data can't tell without
    /// labels of the target.
    /// </summary>
    private static void AddWeighing(List<PlannedMethod> methods, List<string> reasons, PlanFacts facts, string pair)
    {
        if (facts is not { Kind: SampleKind.Rows, Shift: { Inputs: Finding.Found, Concept: not Finding.Suspected } })
            return;
        methods.Add(Advice.Train("kmm", "weighs the source's samples: right where the same input means the same class in both domains, and the target lies where the source has samples", pair, "--preprocess zscore-source --classifier logistic"));
        reasons.Add("The inputs moved. Where that is all, and a sample's class hangs on its features as before (other customers, the same behaviour), weighing the source's samples is what fits; where features themselves changed (another camera, another unit), matching them is. The data alone don't say which: you may know.");
    }

    private static void AddUsual(List<PlannedMethod> methods, PlanFacts facts, string pair)
    {
        bool many = Count(facts) > Many;
        if (facts.Kind is SampleKind.Text)
            methods.Add(Advice.Train("scl", "what words that both domains share say of words that only one has", pair, Shallow(facts)));
        if (facts.Kind is not SampleKind.Pictures && !many)
        {
            methods.Add(Advice.Train("jda", "seconds, no training; after a z-score of each domain it gained the most of the shallow alignments in a study of 38 real pairs", pair, Shallow(facts)));
            methods.Add(Advice.Train("coral", "no rounds and nothing to tune", pair, Shallow(facts, "svm")));
        }

        if (facts.Kind is not SampleKind.Pictures && many)
            methods.Add(Advice.Train("coral", "needs the samples' moments alone: one pass over however many there are", pair, Shallow(facts, "svm")));
        if (facts.Kind is SampleKind.Text)
            return;
        methods.Add(Advice.Train("dsan", "matches each class by its predictions; among the best of the deep methods on the measured digits", pair, Start(facts)));
        methods.Add(Advice.Train("dan", "trusts no prediction: one weight, ramped, stable", pair, Start(facts)));
        if (facts.Kind is SampleKind.Pictures)
            methods.Add(Advice.Train("dann", "for domains that differ in look and have many samples each", pair, Start(facts)));
    }

    /// <summary>What every other has to beat.</summary>
    private static PlannedMethod Reference(PlanFacts facts, string pair) => facts.Kind is SampleKind.Text or SampleKind.Rows
        ? Advice.Train("no-adaptation", "the reference: what every other has to beat", pair, Shallow(facts))
        : Advice.Train("source-only", "the reference: what every other has to beat", pair, Start(facts));

    /// <summary>Preprocessing and classifier of a shallow method.</summary>
    private static string Shallow(PlanFacts facts, string classifier = "logistic:C=none") =>
        $"--preprocess {(facts.Kind is SampleKind.Text ? "tfidf" : "zscore")} --classifier {classifier}";

    private static string Start(PlanFacts facts) => facts.Weights is { } weights ? $"--weights {Shell.Quoted(weights)}" : string.Empty;

    private static string Then(string options) => options.Length > 0 ? $" {options}" : string.Empty;

    private static int? Count(PlanFacts facts) => facts.SourceSamples + facts.TargetSamples;
}
