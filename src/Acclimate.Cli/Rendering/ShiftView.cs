using Acclimate.Data;
using Acclimate.Selection;

namespace Acclimate.Cli.Rendering;

/// <summary>A shift report: the verdict, what it rests on, what is at risk.</summary>
internal static class ShiftView
{
    private const int RowsShown = 5;
    private const int RowsShownVerbose = 30;
    private const int Indent = 20;

    /// <summary>All of it for another program.</summary>
    public static object AsData(Domain source, Domain target, DomainShift found) => new
    {
        Source = About(source),
        Target = About(target),
        Verdict = Verdict(found),
        found.Kinds,
        found.Risk,
        found.ADistance,
        found.Mmd,
        found.Wasserstein,
        found.Support,
        found.ClassBalanceChange,
        Classes = found.Classes is not { } classes ? null : new
        {
            TargetLabelsGiven = classes.Known,
            classes.BalanceChange,
            classes.BalancePValue,
            HeldOutAccuracy = classes.HeldOut.Value,
            classes.MostFrequent,
            classes.IsTelling,
            classes.SourceConfidence,
            classes.TargetConfidence,
            classes.Classes,
            LabelShift = classes.Estimate is not { } shift ? null : new
            {
                shift.Suspected,
                shift.Source,
                BlackBoxHard = shift.Hard,
                BlackBoxSoft = shift.Soft,
                MaximumLikelihood = shift.Em,
                shift.Agreed,
                shift.Chance,
                shift.Disagreement,
                Interval = new { shift.Interval.Low, shift.Interval.High },
            },
            Concept = classes.Concept is not { } concept ? null : new
            {
                SourceClassifierFails = concept.Fails,
                RightWithinRange = concept.WithinRange?.Value,
                RightWhenTrainedOnTarget = concept.Own?.Value,
                RightOnSource = concept.HeldOut.Value,
            },
        },
        found.Drifts,
    };

    public static void Write(Domain source, Domain target, DomainShift found, bool verbose, Screen screen)
    {
        bool partly = found.Mmd.SourceUsed < source.Count || found.Mmd.TargetUsed < target.Count;
        string used = partly ? $" Measured on {Numbers.Count(found.Mmd.SourceUsed)} and {Numbers.Count(found.Mmd.TargetUsed)} samples." : string.Empty;
        screen.Out.WriteLine(screen.Bold(Verdict(found)));
        Prose.Hang(screen.Out, string.Empty, $"{found.Kinds.InWords()} A-distance {Numbers.Fixed(found.ADistance.Value)} of 2, MMD² {Numbers.Short(found.Mmd.Mmd)} ({Numbers.PValue(found.Mmd)}).{used}");
        screen.Out.WriteLine();
        Prose.Hang(screen.Out, "Source  ", Line(source));
        Prose.Hang(screen.Out, "Target  ", Line(target));
        screen.Out.WriteLine();
        WriteKinds(found, screen);
        int rows = verbose ? RowsShownVerbose : RowsShown;
        WriteDrifts(found.Drifts, rows, screen);
        if (found.Classes is { } classes)
            WriteClasses(classes, verbose ? RowsShownVerbose : 2 * RowsShown, screen);
        screen.Out.WriteLine();
        WriteRisk(found.Risk, screen);
    }

    private static string Verdict(DomainShift found) => found.Kinds switch
    {
        { Inputs: Finding.Found } => "The domains differ.",
        { Balance: Finding.Found } => "The domains differ in their class balance.",
        { WithinClasses: Finding.Found } => "The domains differ within classes.",
        _ => "No difference was found between the domains.",
    };

    private static void WriteKinds(DomainShift found, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold("Kind of shift"));
        if (found.Wasserstein is { } carried)
        {
            string exact = $"exact {Numbers.Short(carried.Exact)}, {Numbers.Short(carried.ExactByChance)} by chance, of {carried.ExactUsed} samples each";
            Kind("inputs, p(x)", found.Kinds.Inputs, $"sliced Wasserstein {Numbers.Short(carried.Sliced.Distance)}, {Numbers.Short(carried.Sliced.ByChance)} by chance; {exact}");
        }

        if (found.Support is { } support)
            Kind("range", null, $"{Numbers.Percent(support.Outside)} of the target's samples are outside the source's ({Numbers.Percent(support.Expected)} of the source's own are)");
        if (found.Classes is not { } classes)
        {
            Kind("balance, p(y)", Finding.Unknown, "the source has no labels");
            Kind("concept, p(y|x)", Finding.Unknown, "it takes labels of both domains");
            return;
        }

        int moved = classes.Classes.Count(static c => c.IsSignificant), tested = classes.Classes.Count(static c => c.Adjusted is not null);
        Kind("classes, p(x|y)", found.Kinds.WithinClasses, tested == 0 ? "too few samples of each class" : $"samples of {moved} of {tested} classes look different");
        Kind("balance, p(y)", found.Kinds.Balance, Balance(classes, found.Kinds));
        Kind("concept, p(y|x)", found.Kinds.Concept, classes.Concept switch
        {
            null => "it takes target labels",
            { WithinRange: { } inside, Own: { } own } concept => $"{(concept.Fails == true && found.Kinds.Concept == Finding.Unknown ? "the source's classifier fails on the target, but the inputs moved too, which may be all; " : string.Empty)}within the source's range its classifier is right on {Numbers.Percent(inside.Value)} of target samples ({Numbers.Percent(concept.HeldOut.Value)} on the source), one trained on the target on {Numbers.Percent(own.Value)}",
            _ => "too few target samples within the source's range",
        });

        void Kind(string name, Finding? finding, string evidence) =>
            Prose.Hang(screen.Out, $"  {name,-(Indent - 2)}", finding is { } told ? $"{InWords(told)}; {evidence}" : evidence);
    }

    private static string Balance(ClassShift classes, ShiftKinds kinds)
    {
        if (classes.Known)
            return $"class shares differ by {Numbers.Percent(classes.BalanceChange)} (p = {Numbers.Chance(classes.BalancePValue)})";
        if (classes.Estimate is not { } estimate)
            return "not estimated";
        string three = $"{Numbers.Percent(estimate.Hard.TotalVariation)} and {Numbers.Percent(estimate.Soft.TotalVariation)} (BBSE), {Numbers.Percent(estimate.Em.TotalVariation)} (EM)";
        string trust = kinds.WithinClasses == Finding.Found
            ? "They hold if classes look the same, and these don't: moved inputs alone make as much"
            : "They hold if classes look the same in both";
        return $"estimates of how far class shares changed: {three}; by chance below {Numbers.Percent(estimate.Chance)}. {trust}";
    }

    private static string InWords(Finding finding) => finding switch
    {
        Finding.Found => "changed",
        Finding.Suspected => "may have changed",
        Finding.NoSign => "no sign of a change",
        _ => "can't be told",
    };

    private static void WriteDrifts(IReadOnlyList<Drift> drifts, int rows, Screen screen)
    {
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold($"{Numbers.Count(drifts.Count(static d => d.IsSignificant))} of {Numbers.Count(drifts.Count)} features drifted (false discovery rate 5 %)"));
        screen.Out.WriteLine($"  {"feature",-30}{"d",9}{"Wasserstein",14}{"KS",8}{"adjusted p",13}");
        foreach (Drift drift in drifts.Take(rows))
            screen.Out.WriteLine($"  {Cut(drift.Feature, 29),-30}{Numbers.Short(Math.Clamp(drift.Deviations, -1e6, 1e6)),9}{Numbers.Short(drift.Wasserstein),14}{Numbers.Fixed(drift.KolmogorovSmirnov),8}{Numbers.Chance(drift.Adjusted),13}");
        if (drifts.Count > rows)
            screen.Out.WriteLine($"  … and {Numbers.Count(drifts.Count - rows)} more; all with --json");
    }

    private static void WriteClasses(ClassShift classes, int rows, Screen screen)
    {
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold(classes.Known ? "Classes, by the labels of both" : "Classes, by the source's classifier (no target labels)"));
        if (!classes.Known)
            Prose.Hang(screen.Out, "  ", $"It is linear, and right on {Numbers.Percent(classes.HeldOut.Value)} of source samples that it has not seen{(classes.IsTelling ? "." : ": what follows means little.")}");
        screen.Out.WriteLine($"  {"class",-26}{"source",10}{"target",10}{"MMD²",12}{"adjusted p",13}");
        foreach (ClassDrift c in classes.Classes.OrderByDescending(static c => Math.Abs(c.TargetShare - c.SourceShare)).ThenBy(static c => c.Adjusted ?? 1).Take(rows))
            screen.Out.WriteLine($"  {Cut(c.Class, 25),-26}{Numbers.Percent(c.SourceShare),10}{Numbers.Percent(c.TargetShare),10}{(c.Mmd is { } mmd ? Numbers.Short(mmd) : "–"),12}{(c.Adjusted is { } p ? Numbers.Chance(p) : "–"),13}");
        if (classes.Classes.Count > rows)
            screen.Out.WriteLine($"  … and {Numbers.Count(classes.Classes.Count - rows)} more; all with --json");
    }

    private static void WriteRisk(TransferRisk risk, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold($"Risk that adapting does harm: {risk.Level.ToString().ToLowerInvariant()} (a rule of thumb)"));
        foreach (string evidence in risk.Evidence)
            Prose.Hang(screen.Out, "  - ", $"{evidence}.");
        if (risk.Evidence.Count == 0)
            screen.Out.WriteLine("  Nothing that was looked for speaks against adapting.");
    }

    public static string Line(Domain domain)
    {
        string shape = string.Join(" × ", domain.SampleShape.Select(n => n < 0 ? "any" : $"{n}"));
        string labels = domain.Labels is { } known ? $"{known.Classes.Count} classes" : "no labels";
        string kind = domain.Vocabulary is not null ? "texts, words" : domain.SampleShape.Count == 1 ? "features" : "pictures";
        return $"{domain.Name}: {Numbers.Count(domain.Count)} samples, {kind} {shape}, {labels}";
    }

    private static object About(Domain domain) => new { Path = domain.Provenance, Samples = domain.Count, Shape = domain.SampleShape, domain.Labels?.Classes };

    private static string Cut(string name, int width) => name.Length <= width ? name : name[..(width - 1)] + "…";
}
