namespace Acclimate.Selection.Planning;

/// <summary>One method that fits.</summary>
/// <param name="Method">Its name in the catalogue.</param>
/// <param name="Commands">What to type, in order.</param>
/// <param name="Why">Why it fits.</param>
public sealed record PlannedMethod(string Method, IReadOnlyList<string> Commands, string Why);

/// <summary>Something that is not known, and what the plan would be if it were otherwise.</summary>
/// <param name="Question">What is not known.</param>
/// <param name="Assumed">What was taken for granted.</param>
/// <param name="Otherwise">The plan in short if that is wrong.</param>
/// <param name="Option">The option of <c>acclimate plan</c> that says so.</param>
public sealed record PlanAssumption(string Question, string Assumed, string Otherwise, string Option);

/// <summary>Which way of transfer fits, and by which methods.</summary>
/// <param name="Path">The path.</param>
/// <param name="Quadrant">What labels there are.</param>
/// <param name="Methods">What fits, the first to try first; none where the project has nothing for it.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="Missing">What would be needed that the project doesn't have; none where nothing is.</param>
/// <param name="Assumptions">What is not known and would change the answer.</param>
public sealed record TransferPlan(
    PathEntry Path, LabelQuadrant Quadrant, IReadOnlyList<PlannedMethod> Methods, IReadOnlyList<string> Reasons, string? Missing, IReadOnlyList<PlanAssumption> Assumptions);
