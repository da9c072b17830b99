namespace Acclimate.Selection.Planning;

/// <summary>
/// Says which way of transfer fits what is known: one of eight paths (same task? same domain? at once?) by what labels there are. A
/// pure function: no sample is read and nothing is tried.
/// </summary>
public static class Planner
{
    private sealed record Question(
        string Asked, string Assumed, string Option, Func<PlanFacts, bool> IsOpen, Func<PlanFacts, PlanFacts> Assume, Func<PlanFacts, PlanFacts> Otherwise);

    /// <summary>What is asked, what is taken for granted where nobody says, and what would be the other answer.</summary>
    private static readonly Question[] Questions =
    [
        new("Does the source have labels?", "yes", "--source-labels none",
            static f => f.SourceLabels is null, static f => f with { SourceLabels = LabelState.All }, static f => f with { SourceLabels = LabelState.None }),
        new("May target labels be learnt from?", "there are none", "--target-labels few",
            static f => f.TargetLabels is null, static f => f with { TargetLabels = LabelState.None }, static f => f with { TargetLabels = LabelState.Few }),
        new("Are the same classes told apart?", "yes", "--other-task",
            static f => f.SameTask is null, static f => f with { SameTask = true }, static f => f with { SameTask = false }),
        new("Were the samples drawn in the same circumstance?", "no", "--same-domain",
            static f => f.SameDomain is null, static f => f with { SameDomain = false }, static f => f with { SameDomain = true }),
        new("Are both to be learnt at once?", "no, one after the other", "--at-once",
            static f => f.AtOnce is null, static f => f with { AtOnce = false }, static f => f with { AtOnce = true }),
        new("Has the target all of the source's classes, and no others?", "yes", "--classes partial",
            static f => f.Classes is null, static f => f with { Classes = Catalog.ClassSets.Same }, static f => f with { Classes = Catalog.ClassSets.Partial }),
        new("May the source's samples be kept while adapting?", "yes", "--source-free",
            static f => f.SourceStays is null, static f => f with { SourceStays = true }, static f => f with { SourceStays = false }),
    ];

    /// <summary>The plan for what is known.</summary>
    /// <param name="facts">What is known.</param>
    public static TransferPlan Plan(PlanFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Question[] open = [.. Questions.Where(question => question.IsOpen(facts))];
        PlanFacts assumed = open.Aggregate(facts, static (so, question) => question.Assume(so));
        TransferPlan plan = Decide(assumed);
        List<PlanAssumption> assumptions = [];
        foreach (Question question in open)
        {
            TransferPlan other = Decide(question.Otherwise(assumed));
            if (InShort(other) != InShort(plan))
                assumptions.Add(new PlanAssumption(question.Asked, question.Assumed, InShort(other), question.Option));
        }

        if (facts.Kind is null && plan.Methods.Count > 0)
            assumptions.Add(new PlanAssumption("What are the samples?", "not said", "methods for rows, texts or pictures alone", "--kind pictures"));
        return plan with { Assumptions = assumptions };
    }

    /// <summary>The path, and what to try first on it.</summary>
    public static string InShort(TransferPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string first = plan.Methods.Count > 0 ? plan.Methods[0].Method : "nothing here";
        return $"{plan.Path.Title.ToLowerInvariant()}, {(plan.Missing is null ? $"{first} first" : $"{Name(plan.Quadrant)}: {first}")}";
    }

    /// <summary>A quadrant in words.</summary>
    public static string Name(LabelQuadrant quadrant) => quadrant switch
    {
        LabelQuadrant.Both => "labels on both sides",
        LabelQuadrant.SourceOnly => "labels in the source alone",
        LabelQuadrant.TargetOnly => "labels in the target alone",
        _ => "no labels",
    };

    private static TransferPlan Decide(PlanFacts facts)
    {
        PathEntry path = PathEntry.Of(facts.SameTask!.Value, facts.SameDomain!.Value, facts.AtOnce!.Value);
        LabelQuadrant quadrant = (facts.SourceLabels != LabelState.None, facts.TargetLabels != LabelState.None) switch
        {
            (true, true) => LabelQuadrant.Both,
            (true, false) => LabelQuadrant.SourceOnly,
            (false, true) => LabelQuadrant.TargetOnly,
            _ => LabelQuadrant.Neither,
        };
        Advice advice = facts.SameFeatures == false && path.SameTask && quadrant == LabelQuadrant.Both && facts.Kind is SampleKind.Rows or null
            ? LabelledAdvice.OfDifferentFeatures(facts)
            : facts.SameFeatures == false && (path.SameTask || path.AtOnce) && quadrant != LabelQuadrant.TargetOnly
            ? Advice.Nothing("methods for samples of different features (heterogeneous transfer): the columns of one have to be brought to the other's first")
            : quadrant switch
            {
                LabelQuadrant.SourceOnly => AdaptationAdvice.Of(facts, path),
                LabelQuadrant.Both => LabelledAdvice.Of(facts, path),
                LabelQuadrant.TargetOnly => LabelledAdvice.OfTargetAlone(facts),
                _ => OfNoLabels(facts),
            };
        return new TransferPlan(path, quadrant, advice.Methods, [.. Reasons(facts, path, quadrant), .. advice.Reasons], advice.Missing, []);
    }

    private static Advice OfNoLabels(PlanFacts facts) => facts.Kind is SampleKind.Pictures
        ? Advice.Nothing("self-taught clustering of pictures as files: it takes rows of numbers of 0 or more. Label a few target samples, or a source, and ask again")
        : new Advice(
            [Advice.Own("stc", "groups of the target's samples, with features grouped by both domains", $"cluster {Shell.Quoted(facts.Target)} --auxiliary {Shell.Quoted(facts.Source)}")],
            ["Groups have no names: label a few target samples, or a source, to learn classes."]);

    private static IEnumerable<string> Reasons(PlanFacts facts, PathEntry path, LabelQuadrant quadrant)
    {
        yield return $"{char.ToUpperInvariant(path.Answers[0])}{path.Answers[1..]}: {path.Title.ToLowerInvariant()}.";
        yield return $"{char.ToUpperInvariant(Name(quadrant)[0])}{Name(quadrant)[1..]}: {Ways(quadrant)}.";
        if (facts.Shift is not { } shift)
            yield break;
        yield return shift.InWords();
        if (shift.Balance is Finding.Found or Finding.Suspected)
            yield return "No method is safe when class shares change: look at what speaks against adapting (acclimate inspect), and label a few target samples if you can.";
        if (shift.Concept == Finding.Suspected)
            yield return "Samples that look alike may have other classes: then no adaptation without target labels can be right.";
    }

    private static string Ways(LabelQuadrant quadrant) => quadrant switch
    {
        LabelQuadrant.Both => "fine-tuning from one to the other, or both as tasks of one network",
        LabelQuadrant.SourceOnly => "adaptation by what the domains share; for another task only zero-shot learning would do",
        LabelQuadrant.TargetOnly => "self-taught learning, which learns features from samples without labels",
        _ => "self-taught clustering",
    };
}
