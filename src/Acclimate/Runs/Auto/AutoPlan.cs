using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Selection.Planning;

namespace Acclimate.Runs;

/// <summary>What is known of a pair before anything is tried, and the way of transfer that fits it.</summary>
/// <param name="Shift">In which ways the domains differ, as far as that can be told without target labels.</param>
/// <param name="Plan">The path, the label quadrant, and what to try first.</param>
internal sealed record AutoPlan(ShiftKinds Shift, TransferPlan Plan)
{
    /// <summary>Inspects a run's domains, and plans.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="cancellation">Stops it.</param>
    public static AutoPlan Of(RunConfig config, RunData data, CancellationToken cancellation)
    {
        using Domain target = data.Target.Unlabelled();
        ShiftKinds shift = DomainShift.OfSamples(data.Source, target, cancellation: cancellation).Kinds;
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
            TargetSamples = target.Count,
            Weights = config.Weights,
            Shift = shift,
        }));
    }

    /// <summary>The methods that come first because of how the domains differ; none where nothing but the usual stands out.</summary>
    public IReadOnlyList<PlannedMethod> First => Shift.Balance is Finding.Found or Finding.Suspected ? Plan.Methods : [];

    /// <summary>In words.</summary>
    public string InWords() => $"{Plan.Path.Title}, {Planner.Name(Plan.Quadrant)}. {Shift.InWords()}";
}
