using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>One term of a loss.</summary>
/// <param name="Name">What it is called in the metrics.</param>
/// <param name="Value">A single number through which gradients flow.</param>
/// <param name="Weight">What it is multiplied by in the sum.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Weight = 1);

/// <summary>
/// A deep adaptation method. Most are a pure loss over what the network computed for a source and a target batch, which
/// the trainer adds to the classification loss: such a method is one class with a <see cref="Catalog.MethodAttribute"/>
/// and one <see cref="Loss"/>. What else a method may need, it overrides: networks of its own, several stages, several
/// updates in turns, a look at all samples between steps.
/// </summary>
/// <remarks>
/// What an objective keeps from step to step belongs into its <see cref="Network"/> (numbers as buffers): the checkpoint
/// holds that and nothing else, and a resumed run must come to the same bits.
/// </remarks>
public abstract class Objective : IDisposable
{
    /// <summary>What the objective trains or keeps beside the classifier, such as a domain discriminator; usually none.</summary>
    public virtual Module? Network => null;

    /// <summary>The stages of training; one with both domains unless overridden.</summary>
    public virtual IReadOnlyList<Stage> Stages => [Stage.Adapt];

    /// <summary>How <see cref="Network"/> descends; together with the classifier where it is none.</summary>
    public virtual OptimizerChoice? OwnOptimizer => null;

    /// <summary>Classes that the classifier has beside the source's, such as an unknown one; usually none.</summary>
    public virtual IReadOnlyList<string> ExtraClasses => [];

    /// <summary>A layer that the method wants between the backbone's features and the classifier; usually none.</summary>
    public virtual Bottleneck? Bottleneck => null;

    /// <summary>
    /// Whether the method works on the samples themselves (makes views of them, or others like them) or on layers inside frozen stages (batch norm's
    /// statistics), and not only on what the network makes of samples. Then what frozen stages gave can't stand in for them. Usually false.
    /// </summary>
    public virtual bool NeedsInputs => false;

    /// <summary>
    /// Whether the network is the method's only once <see cref="Finish"/> has been at it; what it was at an earlier step then says nothing of the
    /// method. Usually false.
    /// </summary>
    public virtual bool FinishMakesModel => false;

    /// <summary>
    /// Whether source samples can count differently in the classification loss (<see cref="TrainingStep.SourceWeights"/>): where it is <see cref="Task"/> as it stands here.
    /// </summary>
    public virtual bool TakesSourceWeights => GetType().GetMethod(nameof(Task), [typeof(TrainingStep)])!.DeclaringType == typeof(Objective);

    /// <summary>
    /// Whether the method's own terms know nothing of classes, so that the network may learn a number for each sample (<see cref="TrainingStep.Values"/>) in their place. Usually false.
    /// </summary>
    public virtual bool TakesNumbers => false;

    /// <summary>Prepares the objective for a network; called once, before training or resuming.</summary>
    /// <param name="context">Shows the network's layers and their sizes, and draws first values.</param>
    /// <exception cref="ArgumentException">The options ask for what the network doesn't have, or are out of range.</exception>
    public virtual void Attach(FitContext context)
    {
    }

    /// <summary>Called before the first step of a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="context">The run.</param>
    public virtual void Begin(Stage stage, FitContext context)
    {
    }

    /// <summary>Called before every step, for what is worked out over all samples from time to time.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="info">Where it stands.</param>
    /// <param name="context">The run.</param>
    public virtual void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
    }

    /// <summary>Called after the last step; what it does to the network is part of the model.</summary>
    /// <param name="context">The run.</param>
    public virtual void Finish(FitContext context)
    {
    }

    /// <summary>
    /// What is descended in a step of a stage, in order. Unless overridden one loss that moves everything:
    /// <see cref="Task"/> where the stage has the source, and <see cref="Loss"/> where it has the target.
    /// </summary>
    /// <param name="stage">The stage.</param>
    public virtual IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return [new Update(step => [.. stage.UsesSource ? Task(step) : [], .. stage.UsesTarget ? Loss(step) : []])];
    }

    /// <summary>
    /// The task's loss: cross entropy on the source batch, and on the labelled target batch where there is one; half the squared error where numbers are learnt in place of classes.
    /// </summary>
    /// <param name="step">The step.</param>
    public virtual IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("task", Error(step.Source.Logits, step.Labels, step.Values, step.SourceWeights)), .. KnownTask(step)];
    }

    /// <summary>The terms that are added to the classification loss.</summary>
    /// <param name="step">The step.</param>
    public abstract IReadOnlyList<LossTerm> Loss(TrainingStep step);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The task's loss on the labelled target batch, where there is one.</summary>
    /// <param name="step">The step.</param>
    protected static IReadOnlyList<LossTerm> KnownTask(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.KnownLabels is { } labels ? [new LossTerm("task.target", Error(step.Known.Logits, labels, step.KnownValues))] : [];
    }

    /// <summary>Frees the objective's own network.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Network?.Dispose();
    }

    /// <summary>The mean over samples of w (−log p(y|x)), or of w (f(x) − y)²/2 where y is a number.</summary>
    private static Tensor Error(Tensor outputs, Tensor labels, Tensor? values, Tensor? weights = null)
    {
        if (values is null && weights is null)
            return Functional.CrossEntropy(outputs, labels);
        Tensor each = values is null ? Functional.CrossEntropy(outputs, labels, reduction: Reduction.None) : (outputs.Squeeze(1) - values).Square() * 0.5;
        return (weights is null ? each : each * weights).Mean();
    }
}
