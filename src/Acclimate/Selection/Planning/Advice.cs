namespace Acclimate.Selection.Planning;

/// <summary>What fits on a path: methods with their commands, reasons, and what is missing.</summary>
internal sealed record Advice(IReadOnlyList<PlannedMethod> Methods, IReadOnlyList<string> Reasons, string? Missing = null)
{
    /// <summary>Where known target samples stand in a command when nobody said where they are.</summary>
    public const string Known = "KNOWN";

    /// <summary>Where a table of what classes are like stands in a command.</summary>
    public const string Attributes = "ATTRIBUTES";

    /// <summary>Where a source model's run goes.</summary>
    public const string FirstRun = "runs/source";

    /// <summary>There is nothing for it here.</summary>
    public static Advice Nothing(string needed) => new([], [], needed);

    /// <summary>A method by one <c>train</c> command.</summary>
    /// <param name="method">Its name in the catalogue.</param>
    /// <param name="why">Why it fits.</param>
    /// <param name="words">What stands behind <c>acclimate train</c>; the method's name comes behind it.</param>
    /// <param name="options">What stands behind the method's name.</param>
    public static PlannedMethod Train(string method, string why, string words, string options = "") =>
        new(method, [Line(method, words, options)], why);

    /// <summary>A method that goes on from a model of the source.</summary>
    /// <param name="facts">What is known; its weights serve where there are some.</param>
    /// <param name="method">The method of the second command.</param>
    /// <param name="why">Why it fits.</param>
    /// <param name="options">The second command's options.</param>
    public static PlannedMethod AfterSource(PlanFacts facts, string method, string why, string options = "")
    {
        string second = Line(method, Shell.Quoted(facts.Target), $"--weights {Shell.Quoted(facts.Weights ?? FirstRun)}{(options.Length > 0 ? $" {options}" : string.Empty)}");
        return new(method, facts.Weights is null ? [Line("source-only", Shell.Quoted(facts.Source), $"--out {FirstRun}"), second] : [second], why);
    }

    /// <summary>A method by a command of its own.</summary>
    /// <param name="method">Its name in the catalogue.</param>
    /// <param name="why">Why it fits.</param>
    /// <param name="words">What stands behind <c>acclimate</c>; the method's name comes behind it.</param>
    public static PlannedMethod Own(string method, string why, string words) => new(method, [$"acclimate {words} --method {method}"], why);

    private static string Line(string method, string words, string options) =>
        $"acclimate train {words} --method {method}{(options.Length > 0 ? $" {options}" : string.Empty)}";
}
