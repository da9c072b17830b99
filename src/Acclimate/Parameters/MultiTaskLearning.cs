using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Deep.SourceFree;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>How the losses of several tasks are weighed against each other.</summary>
public enum TaskWeighting
{
    /// <summary>By each task's uncertainty σ², which is learnt.</summary>
    Uncertainty,

    /// <summary>By numbers that are given.</summary>
    Fixed,
}

/// <summary>
/// Several tasks at once: a trunk that all share, a classifier for each, and labelled samples of every task in each step.
/// Caruana, "Multitask Learning", Machine Learning 28, 1997. The tasks' losses L_i are weighed by how uncertain each is,
/// Σ_i e^{−s_i} L_i + s_i/2 with s_i = log σ_i² learnt: Kendall, Gal, Cipolla, "Multi-Task Learning Using Uncertainty to Weigh
/// Losses for Scene Geometry and Semantics", CVPR 2018, section 3.2 (the likelihood of a softmax at temperature σ²).
/// </summary>
/// <remarks>
/// The source's task comes first, and its classifier is the network's. A task that is learnt by heart has a loss near 0,
/// whose weight 1/(2L) would grow without bounds, so weights stop at <see cref="Most"/>. Where batch norm sees each
/// data set by itself, every task's network normalises by the statistics of its own samples.
/// </remarks>
[Method("multi-task", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Multi-task learning",
    Summary = "Learns several tasks at once: one trunk, a classifier for each, their losses weighed by learnt uncertainty.",
    Formula = "min Σ_i e^{−s_i} E_i[−log p_i(y|x)] + s_i/2,  s_i = log σ_i²",
    Paper = "Caruana: Multitask Learning, Machine Learning 28, 1997; Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics, CVPR 2018")]
public sealed class MultiTaskLearning : Objective, ILearnsTasks
{
    private readonly List<ClassifierNetwork> finished = [];
    private IReadOnlyList<TaskInfo> tasks = [];
    private Classifiers? classifiers;

    /// <summary>How the tasks' losses are weighed.</summary>
    [Option("weighting", "how the tasks' losses are weighed: by learnt uncertainty, or by fixed numbers", Source = "by uncertainty in Kendall et al.; Caruana weighs alike, which is fixed with no weights")]
    public TaskWeighting Weighting { get; init; } = TaskWeighting.Uncertainty;

    /// <summary>The fixed weights: the source's task first, then each further one; none is 1 each.</summary>
    [Option("weights", "with fixed weighting: a weight for the source's task and one for each further task, 0 or more, with commas between; none is 1 each", Search = "fixed", Source = "1 each: the plain sum of Caruana's paper")]
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>The most that a task's weight can grow to.</summary>
    [Option("most", "with uncertainty weighting: the most that a task's weight can grow to, 1 or more", Search = "1..10 log", When = "weighting=uncertainty", Source = "the paper's tasks keep a loss; one that is learnt by heart would not")]
    public double Most { get; init; } = 3;

    /// <inheritdoc/>
    public override Module? Network => classifiers;

    /// <inheritdoc/>
    public override bool FinishMakesModel => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [new Stage("tasks") { UsesTarget = false }];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("multi-task", "most", Most, 1);
        foreach (double weight in Weights)
            Require.AtLeast("multi-task", "a weight", weight, 0);
        tasks = context.Tasks;
        if (Weights.Count > 0 && (Weighting != TaskWeighting.Fixed || Weights.Count != tasks.Count + 1))
        {
            throw new ArgumentException(Weighting != TaskWeighting.Fixed
                ? "multi-task: weights are given, but the weighting is by uncertainty: set weighting=fixed too, or leave them out"
                : $"multi-task: {Weights.Count} weights for {tasks.Count + 1} tasks; expected one for the source's task and one for each of the {tasks.Count} others");
        }

        classifiers = new Classifiers(context.Network.FeatureSize, tasks, context.Generator);
    }

    /// <summary>Keeps every weight e^{−s} at or below <see cref="Most"/>.</summary>
    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        classifiers!.LogVariances.CopyInPlace(classifiers.LogVariances.Clamp(low: -Math.Log(Most)));
    }

    /// <summary>Every task's cross entropy, weighed, and what moves the weights.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor[] losses =
        [
            Functional.CrossEntropy(step.Source.Logits, step.Labels),
            .. tasks.Select((_, i) => Functional.CrossEntropy(step.Forward(classifiers!.Of(i), step.OfTask(i).Features), step.Tasks[i].Labels)),
        ];
        string[] names = ["task", .. tasks.Select(static task => $"task.{task.Name}")];
        if (Weighting == TaskWeighting.Fixed)
            return [.. losses.Select((loss, i) => new LossTerm(names[i], loss, Weights.Count == 0 ? 1 : Weights[i]))];
        return Weigh(losses, names, classifiers!.LogVariances);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <inheritdoc/>
    public override void Finish(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        for (int i = 0; i < tasks.Count; i++)
        {
            ClassifierNetwork network = context.Network.WithHead(classifiers!.Of(i));
            finished.Add(network);
            if (context.Joint)
                continue;
            BatchNorm[] learnt = [.. network.Modules().Zip(context.Network.Modules())
                .Where(static pair => !pair.Second.IsFrozen).Select(static pair => pair.First).OfType<BatchNorm>()];
            TargetStatistics.Replace(learnt, context.OfTask(i, network), passes: null);
        }
    }

    /// <inheritdoc/>
    public ClassifierNetwork NetworkOf(int task) => task < finished.Count
        ? finished[task].Copy()
        : throw new InvalidOperationException($"there is no network of a task {task}: there are {tasks.Count} further tasks, counted from 0, and training comes first");

    /// <summary>
    /// The terms of Σ e^{−s}L + s/2, taken apart so that each task's own loss is seen: L with the weight e^{−s} moves the network,
    /// and Σ e^{−s}L + s/2 with L held moves s. Together their gradient is that of the whole.
    /// </summary>
    internal static IReadOnlyList<LossTerm> Weigh(Tensor[] losses, string[] names, Tensor logVariances)
    {
        double[] weights = (-logVariances.Detach()).To(ScalarType.Float64).Exp().ToArray<double>();
        Tensor held = Tensor.Stack([.. losses.Select(static loss => loss.Detach())]);
        Tensor moving = (((-logVariances).Exp() * held) + (logVariances / 2)).Sum();
        return [.. losses.Select((loss, i) => new LossTerm(names[i], loss, weights[i])), new LossTerm("uncertainty", moving)];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            finished.ForEach(static network => network.Dispose());
        base.Dispose(disposing);
    }

    /// <summary>The further tasks' classifiers, and s = log σ² of every task, the source's first.</summary>
    private sealed class Classifiers : Module
    {
        private readonly List<Linear> heads = [];

        public Classifiers(long features, IReadOnlyList<TaskInfo> tasks, Generator generator)
        {
            LogVariances = AddParameter("log_variances", Tensor.Zeros([tasks.Count + 1]));
            for (int i = 0; i < tasks.Count; i++)
                heads.Add(Add($"task{i}", new Linear(features, tasks[i].Classes, generator)));
        }

        public Tensor LogVariances { get; }

        public Linear Of(int task) => heads[task];

        public override Tensor Forward(Tensor input) => throw new NotSupportedException("each task has a classifier of its own");
    }
}
