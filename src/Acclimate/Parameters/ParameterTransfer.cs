using Acclimate.Deep;

namespace Acclimate.Parameters;

/// <summary>
/// A method that learns one labelled set, starting from what a network learnt elsewhere: the classification loss of the
/// source, and <see cref="Objective.Loss"/> beside it. There is no target.
/// </summary>
public abstract class ParameterTransfer : Objective
{
    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) => [new Update(step => [.. Task(step), .. Loss(step)])];
}
