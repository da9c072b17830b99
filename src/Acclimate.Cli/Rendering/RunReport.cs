using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Features;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Rendering;

/// <summary>How a run reads on a terminal.</summary>
internal static class RunReport
{
    /// <summary>What a run is about to learn, before its first step.</summary>
    public static void Write(RunFacts facts, RunConfig config, Screen screen)
    {
        string scoring = facts.ScoringSamples is { } count
            ? config.Test is null ? " (labels kept aside for scoring only)" : $" · {Numbers.Count(count)} labelled in {config.Test}, for scoring only"
            : string.Empty;
        string shape = string.Join('×', facts.InputShape);
        string merged = facts.Merged is { } counts ? $" ({string.Join(" + ", counts.Select(count => Numbers.Count(count)))})" : string.Empty;
        screen.Fact("Source", $"{string.Join(" + ", [config.Source, .. config.Also ?? []])}  {(config.LooksAtTargetLabelsAlone ? $"{Numbers.Count(facts.SourceSamples)}, their labels not looked at" : $"{facts.Classes} classes, {Numbers.Count(facts.SourceSamples)} labelled")}{merged}");
        foreach (TaskFacts further in facts.Network?.Tasks ?? [])
            screen.Fact("Task", $"{further.Name}: {further.Source}  {further.Classes} classes, {Numbers.Count(further.Samples)} labelled");
        if (config.Target.Length > 0)
            screen.Fact("Target", $"{config.Target}  {Numbers.Count(facts.TargetSamples)} unlabelled{scoring}");
        else if (facts.ScoringSamples is not null)
            screen.Fact("Test", scoring.TrimStart(' ', '·'));
        if (facts.Skipped > 0)
            screen.Fact("Skipped", $"{Numbers.Count(facts.Skipped)} files that are no pictures (--strict refuses them)");
        string title = config.Auto is { } auto ? $"auto, within {Numbers.Duration(auto.Budget)}" : MethodCatalog.Find(config.Method).About.Title;
        if ((facts.Features?.TargetLabelled ?? facts.Network?.Known) is { } few)
            screen.Fact("Known", $"{config.TargetLabelled ?? Known(config.TargetLabels!)}  {Numbers.Count(few)} labelled target samples to learn from");
        if (facts.Features is { } features)
        {
            screen.Fact("Method", $"{title} · seed {config.Seed} · float64");
            screen.Fact("Samples", $"{Numbers.Count(features.Count)} {(facts.InputShape.Count == 3 ? $"pixels ({shape}), each a feature" : "features")} · preprocess {features.Preprocess} · classifier {features.Classifier}");
        }

        if (facts.Network is not { } network)
            return;
        screen.Fact("Method", $"{title} · seed {config.Seed} · {network.Precision}");
        string beside = config.Lora is { } rank ? $", LoRA of rank {rank}" : config.Adapters is { } width ? $", adapters of width {width}" : string.Empty;
        screen.Fact("Network", $"{network.Backbone} on {shape}{beside}: trains {Numbers.Part(network.TrainableParameters, network.Parameters, "parameters")}");
        if (network.Weights is { } loaded)
            screen.Fact("Weights", $"{loaded.Path}: {Taken(loaded)}");
        if (network.Hedged)
            screen.Fact("Guard", "the source's own network comes first; what is returned is hedged with it");
        if (network.StepsDone > 0)
            screen.Fact("Resumed", $"{Numbers.Count(network.StepsDone)} steps are done");
    }

    /// <summary>Which of the target's own labels are known.</summary>
    private static string Known(string labels) => int.TryParse(labels, out int count) ? $"{Numbers.Count(count)} of each class, drawn by the seed and not scored;" : $"{labels} (these are not scored) ";

    /// <summary>What a run took over from its weights.</summary>
    private static string Taken(LoadedWeights loaded) => loaded switch
    {
        { OtherBottleneck: { } features } => $"backbone; its bottleneck of {Numbers.Count(features)} features and the classifier on it give way",
        { Head: true, OtherClasses: null } => "backbone and classifier",
        { Head: true } => "backbone and classifier, its classes put into the source's order",
        { OtherClasses: { } others } => $"backbone; its classifier of other classes ({string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", …" : string.Empty)}) gives way to a new one",
        { HeadShape: [var classes, ..] } => $"backbone; its classifier of {Numbers.Count(classes)} classes gives way to a new one",
        _ => "backbone",
    };

    /// <summary>What came out: the verdict, what it rests on, and where to go from there.</summary>
    public static void Write(RunResult result, RunFolder folder, bool verbose, Screen screen)
    {
        screen.Out.WriteLine();
        bool shallow = MethodCatalog.Find(result.Method).IsShallow;
        string title = result.Auto is null ? MethodCatalog.Find(result.Method).About.Title : "Auto";
        if (result.Honest is { } honest)
        {
            string hedged = result.Guard is { Hedged: true } ? ", hedged" : string.Empty;
            screen.Out.WriteLine(screen.Bold($"{title}{hedged}: {Numbers.Accuracy(honest)} right on the {(result.Target.Length > 0 ? "target" : "test samples")}."));
            if (result.OpenSet is { } open)
                screen.Out.WriteLine(Numbers.OpenSet(open));
            screen.Out.WriteLine(shallow
                ? $"Fitted in {Numbers.Duration(result.Seconds)}; {LabelsUsed(folder)}"
                : $"{(result.Guard is { Hedged: true } ? "A mixture" : "The last step's model")}; {LabelsUsed(folder)}");
            if (result.Guard is { Source: { } source, Bare: { } bare })
                screen.Out.WriteLine($"Beside it, scored alike: the source's own model {Numbers.Percent(source.Accuracy)}, {title} alone {Numbers.Percent(bare.Accuracy)}.");
            else if (result is { Auto: not null, Guard.Source: { } own })
                screen.Out.WriteLine($"Beside it, scored alike: the source's own model {Numbers.Percent(own.Accuracy)}.");
            if (result.Oracle is { } oracle)
                screen.Out.WriteLine($"The best checkpoint by target labels, which can't be picked in earnest: {Numbers.Percent(oracle.Accuracy)} (step {oracle.Step}).");
            if (result.Retrieval is { } found)
                screen.Out.WriteLine($"Retrieval by {found.Bits}-bit codes: mean average precision {Numbers.Percent(found.MeanAveragePrecision)} ({Numbers.Count(found.Queries)} labelled target samples against the source's {Numbers.Count(found.Database)}).");
        }
        else
        {
            string done = shallow ? "fitted" : $"trained {Numbers.Count(result.Steps)} steps";
            screen.Out.WriteLine(screen.Bold($"{title}: {done} in {Numbers.Duration(result.Seconds)}."));
            screen.Out.WriteLine("No target labels were given: whether it helped is not verified. To score it on labelled samples:");
            screen.Out.WriteLine($"  acclimate evaluate {folder.Path} LABELLED");
        }

        if (KnowsTarget(folder) && MethodCatalog.Find(result.Method).Create(result.Options) is FeatureMethod { LearnsTargetLabels: false })
            screen.Out.WriteLine($"{title} with these options can't learn from labels of the target: those that were given changed nothing.");
        if (result.Guard is { } guard)
        {
            Prose.Hang(screen.Out, string.Empty, guard.Verdict + (guard.Verdict.EndsWith('.') ? string.Empty : "."));
            if (File.Exists(folder.Labels))
            {
                screen.Out.WriteLine("A few labels decide: fill in those of samples on which the two disagree, then");
                screen.Out.WriteLine($"  acclimate verify {folder.Path} --labels {folder.Labels}");
            }
        }

        if (result.Auto is { } tried)
            AutoView.Write(tried, screen);
        foreach (TaskResult further in result.Tasks ?? [])
        {
            string score = further.Honest is { } found ? $"{Numbers.Accuracy(found)} right on its test samples" : "no labelled samples to score it on were given";
            screen.Out.WriteLine($"Task {further.Name}: {score}. Its model: {Path.GetDirectoryName(folder.TaskModel(further.Name))}");
        }

        if (verbose)
        {
            WriteGuard(result.Guard, screen);
            WriteMore(result, screen);
        }

        string adapter = Path.Combine(folder.Model, NetworkModel.AdapterFile);
        if (File.Exists(adapter))
        {
            screen.Out.WriteLine($"What was learnt beside the weights, alone: {adapter} ({Numbers.Bytes(new FileInfo(adapter).Length)})");
            screen.Out.WriteLine(RunConfig.Load(folder.Config).Adapters is null
                ? $"  To fold it into them: acclimate merge {folder.Path} --out FOLDER"
                : $"  To put it into the weights again: acclimate merge {adapter} --weights FILE --out FOLDER");
        }

        screen.Out.WriteLine($"{folder.Path}/   {(File.Exists(folder.Report) ? "report.html · " : string.Empty)}model · config.yaml · {(shallow ? string.Empty : "metrics.jsonl · ")}{(File.Exists(folder.Predictions) ? "predictions.csv · " : string.Empty)}result.json");
        screen.Out.WriteLine($"Next: acclimate predict {folder.Path} INPUT --out predictions.csv");
    }

    /// <summary>What the target's labels were used for.</summary>
    private static string LabelsUsed(RunFolder folder) => KnowsTarget(folder)
        ? "the target's labels that were given to learn from are not scored, the others were used for this figure alone."
        : "target labels were used for this figure alone.";

    private static bool KnowsTarget(RunFolder folder) => File.Exists(folder.Config) && RunConfig.Load(folder.Config).KnowsTarget;

    /// <summary>What spoke for and against a hedge, and what it is made of.</summary>
    private static void WriteGuard(GuardReport? guard, Screen screen)
    {
        if (guard is not { Hedged: true })
            return;
        screen.Out.WriteLine();
        Box checks = new Box("Checks without labels; higher is better").Row("check", "source", "adapted", "method");
        foreach (GuardEvidence check in guard.Evidence)
            checks.Row(check.Validator, Told(check.Source), Told(check.Adapted), Told(check.Method));
        checks.Write(screen);
        Box weights = new("What each model weighs");
        foreach (GuardWeight one in guard.Weights.Where(static one => one.Weight > 0).OrderByDescending(static one => one.Weight))
            weights.Row(one.Candidate, Numbers.Fixed(one.Weight));
        weights.Write(screen);
        if (guard.Agreement is { } agreement)
            screen.Out.WriteLine($"The saved model, which stands for them, agrees with them on {Numbers.Percent(agreement)} of target samples that it did not learn from.");
        foreach (string note in guard.Notes)
            Prose.Hang(screen.Out, "  ", note);

        static string Told(double? score) => score is { } known ? Numbers.Short(known) : "–";
    }

    /// <summary>What the fit can show for itself, and each class's figures.</summary>
    private static void WriteMore(RunResult result, Screen screen)
    {
        if (result.Certificate is { } certificate)
        {
            screen.Out.WriteLine();
            screen.Out.WriteLine("What the fit can show for itself");
            foreach ((string name, double? value) in ((string, double?)[])[
                ("eigenpairs' residual", certificate.EigenResidual), ("constraint's error", certificate.ConstraintError), ("optimality (KKT)", certificate.KktResidual)])
            {
                if (value is { } residual)
                    screen.Out.WriteLine($"  {name,-22}{Numbers.Short(residual)}");
            }

            if (certificate.Objective.Count > 0)
                Prose.Hang(screen.Out, $"  {"objective by round",-22}", string.Join(", ", certificate.Objective.Select(Numbers.Short)));
            foreach (string note in certificate.Notes)
                Prose.Hang(screen.Out, "  ", note);
            if (certificate is { EigenResidual: null, ConstraintError: null, KktResidual: null, Objective.Count: 0, Notes.Count: 0 })
                screen.Out.WriteLine("  nothing: this method solves no problem that could be checked");
        }

        if (result.Confusion is not { } confusion)
            return;
        screen.Out.WriteLine();
        ClassTable.Write(confusion, result.Classes, screen);
        screen.Out.WriteLine();
    }
}
