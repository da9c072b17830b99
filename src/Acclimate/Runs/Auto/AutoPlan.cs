using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Selection.Planning;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>What is known of a pair before anything is tried, and the way of transfer that fits it.</summary>
/// <param name="Shift">In which ways the domains differ, as far as that can be told without target labels; none where there was no time to look.</param>
/// <param name="Plan">The path, the label quadrant, and what to try first.</param>
internal sealed record AutoPlan(ShiftKinds? Shift, TransferPlan Plan)
{
    /// <summary>The most samples of a domain that are compared.</summary>
    private const int Most = 1000;

    /// <summary>Inspects a run's domains, and plans.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="pair">Their samples where candidates are judged.</param>
    /// <param name="clock">The time: where it is over, the domains are not compared.</param>
    public static AutoPlan Of(RunConfig config, RunData data, LabelFreePair pair, AutoClock clock)
    {
        ShiftKinds? shift = clock.IsOver ? null : Compared(pair, data.Classes);
        return new AutoPlan(shift, Planner.Plan(new PlanFacts
        {
            Source = config.Source,
            Target = config.Target,
            SourceLabels = LabelState.All,
            TargetLabels = LabelState.None,
            SameTask = true,
            SameDomain = false,
            AtOnce = false,
            Kind = PlanReading.KindOf(data.Source),
            SameFeatures = true,
            Classes = ClassSets.Same,
            SourceStays = true,
            SourceSamples = data.Source.Count,
            TargetSamples = data.Target.Count,
            Weights = config.Weights,
            Shift = shift,
        }));
    }

    /// <summary>The methods that come first because of how the domains differ; none where nothing but the usual stands out.</summary>
    public IReadOnlyList<PlannedMethod> First => Shift is { Balance: Finding.Found or Finding.Suspected } ? Plan.Methods : [];

    /// <summary>In words.</summary>
    public string InWords() => $"{Plan.Path.Title}, {Planner.Name(Plan.Quadrant)}.{(Shift is null ? string.Empty : $" {Shift.InWords()}")}";

    private static ShiftKinds Compared(LabelFreePair pair, IReadOnlyList<string> classes)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        long[] ofSource = Some(pair.Source.Size(0)), ofTarget = Some(pair.Target.Size(0));
        Tensor source = pair.Source.IndexSelect(0, Tensor.From(ofSource)), target = pair.Target.IndexSelect(0, Tensor.From(ofTarget));
        Tensor mean = source.Mean(0, keep: true), deviation = source.StandardDeviation(0, unbiased: false, keep: true);
        Tensor scale = deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
        Labels labels = new(classes, [.. ofSource.Select(row => pair.SourceLabels[(int)row])]);
        return DomainShift.Describe((source - mean) / scale, (target - mean) / scale, labels).Kinds;
    }

    /// <summary>At most 1,000 rows, evenly spaced.</summary>
    private static long[] Some(long count)
    {
        long few = Math.Min(count, Most);
        return [.. Enumerable.Range(0, (int)few).Select(i => i * count / few)];
    }
}
