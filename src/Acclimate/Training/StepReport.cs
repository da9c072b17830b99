namespace Acclimate.Training;

/// <summary>What one training step came to.</summary>
/// <param name="Step">Steps done, from 1.</param>
/// <param name="Steps">All steps of the run.</param>
/// <param name="Terms">Each term of the loss by name, before its weight; <c>task</c> is the classification loss.</param>
/// <param name="Weights">What each term was multiplied by.</param>
/// <param name="LearningRate">The learning rate in force.</param>
public sealed record StepReport(
    long Step, long Steps, IReadOnlyDictionary<string, double> Terms, IReadOnlyDictionary<string, double> Weights, double LearningRate)
{
    /// <summary>The stage that the step belongs to.</summary>
    public string Stage { get; init; } = string.Empty;

    /// <summary>The length of the loss's gradient: the root of the sum of its updates' squares, where a step has several.</summary>
    public double GradientNorm { get; init; }
}
