using Acclimate.Catalog;
using Acclimate.Data;

namespace Acclimate.Selection.Planning;

/// <summary>Reads off the data what a plan rests on.</summary>
public static class PlanReading
{
    /// <summary>With fewer labelled samples a class, labels are called a few.</summary>
    private const int FewPerClass = 10;

    /// <summary>What two domains say; labels of the target are taken for labels that may be learnt from.</summary>
    /// <param name="source">The source's source string.</param>
    /// <param name="target">The target's; none where there is none yet.</param>
    /// <param name="measure">Whether the shift between them is measured, where they have the same features. Takes seconds.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DataException">One can't be opened or read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PlanFacts Read(string source, string? target, bool measure, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Domain first = Domain.Open(source);
        Domain? second = null;
        try
        {
            PlanFacts facts = new() { Source = source, SourceLabels = LabelsOf(first), SourceSamples = first.Count, Kind = KindOf(first) };
            if (target is null)
                return facts;
            second = OpenBeside(first, target);
            bool same = KindOf(first) == KindOf(second) && (first.SampleShape.Count > 1 || first.SampleShape[0] == second.SampleShape[0]);
            facts = facts with { Target = target, TargetLabels = LabelsOf(second), TargetSamples = second.Count, SameFeatures = same, Kind = KindOf(second) };
            facts = WithClasses(facts, first.Labels, second.Labels);
            if (!same)
                return facts with { SameDomain = false };
            return measure ? Measured(facts, ref first, ref second, cancellation) : facts;
        }
        finally
        {
            first.Dispose();
            second?.Dispose();
        }
    }

    /// <summary>What samples are.</summary>
    /// <param name="domain">The domain.</param>
    public static SampleKind KindOf(Domain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return domain.Vocabulary is not null ? SampleKind.Text : domain.SampleShape.Count > 1 ? SampleKind.Pictures : SampleKind.Rows;
    }

    private static PlanFacts Measured(PlanFacts facts, ref Domain first, ref Domain second, CancellationToken cancellation)
    {
        DomainPair.ShareVocabulary(ref first, ref second);
        if (first.Count < 2 || second.Count < 2)
            return facts;
        using Domain compared = first.Labels is { } known && second.Labels is { } found && found.Classes.All(known.Classes.Contains)
            ? second.WithLabels(found.AlignTo(known.Classes))
            : second.Unlabelled();
        ShiftKinds kinds = DomainShift.OfSamples(first, compared, cancellation: cancellation).Kinds;
        bool differ = kinds.Inputs == Finding.Found || kinds.WithinClasses == Finding.Found || kinds.Balance is Finding.Found or Finding.Suspected;
        return facts with { Shift = kinds, SameDomain = !differ };
    }

    /// <summary>The target read as the source is; or as it is itself, where it has other columns.</summary>
    private static Domain OpenBeside(Domain source, string target)
    {
        try
        {
            return Domain.Open(target, new DomainOptions { Encoder = source.Encoder, FeatureCount = source.SampleShape.Count == 1 ? (int)source.SampleShape[0] : null });
        }
        catch (DataException)
        {
            return Domain.Open(target);
        }
    }

    private static LabelState LabelsOf(Domain domain) =>
        domain.Labels is not { } labels ? LabelState.None : labels.Count < FewPerClass * labels.Classes.Count ? LabelState.Few : LabelState.All;

    private static PlanFacts WithClasses(PlanFacts facts, Labels? source, Labels? target)
    {
        if (source is null || target is null)
            return facts;
        int shared = target.Classes.Count(source.Classes.Contains);
        return shared == 0
            ? facts with { SameTask = false }
            : facts with
            {
                SameTask = true,
                Classes = shared < target.Classes.Count ? ClassSets.Open : shared < source.Classes.Count ? ClassSets.Partial : ClassSets.Same,
            };
    }
}
