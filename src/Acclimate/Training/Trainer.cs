using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// The one training loop: classification loss on the source plus whatever the objective adds, by stochastic gradient
/// descent. It never sees a target label. Every random choice is a function of the seed and the step, so that a run
/// that goes on from a checkpoint gives the same bits as one that was never interrupted.
/// </summary>
public sealed class Trainer
{
    /// <summary>Sets apart the random draws of a run; part of every checkpoint's meaning, so never renumbered.</summary>
    private enum Purpose
    {
        SourceBatches = 1,
        TargetBatches = 2,
        Dropout = 3,
        ObjectiveNetwork = 4,
    }

    private readonly ClassifierNetwork network;
    private readonly Objective objective;
    private readonly TrainerOptions options;

    /// <summary>Brings together what is trained and how.</summary>
    /// <param name="network">The network; trained in place.</param>
    /// <param name="objective">What is added to the classification loss.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(ClassifierNetwork network, Objective objective, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.network = network;
        this.objective = objective;
        this.options = options;
    }

    /// <summary>Trains the network.</summary>
    /// <param name="source">The labelled domain.</param>
    /// <param name="target">The other domain; its labels, if it has any, are taken off at the door.</param>
    /// <param name="preprocessing">What is done to both domains' samples.</param>
    /// <param name="checkpoint">A file that holds the run from time to time, and from which it goes on if it is there; none keeps nothing.</param>
    /// <param name="progress">Hears of every step, on the calling thread.</param>
    /// <param name="atCheckpoint">Called after each checkpoint and at the end, with the steps done; the network is in evaluation mode.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="ArgumentException">The source has no labels, or the domains' samples differ in shape.</exception>
    /// <exception cref="TrainingException">A term of the loss is no longer a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint, if any, is written.</exception>
    public void Fit(
        Domain source,
        Domain target,
        Preprocessing preprocessing,
        string? checkpoint = null,
        Action<StepReport>? progress = null,
        Action<long>? atCheckpoint = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (!source.IsLabelled)
            throw new ArgumentException($"the source {source.Name} has no labels; training needs a labelled source");
        BatchLoader sourceBatches = Batches(source, preprocessing, Purpose.SourceBatches);
        using Domain unlabelled = target.Unlabelled();
        BatchLoader targetBatches = Batches(unlabelled, preprocessing, Purpose.TargetBatches);

        network.Train();
        Attach(sourceBatches);
        using Optimizer optimizer = new Sgd([new ParameterGroup(Parameters())], options.LearningRate, momentum: options.Momentum, weightDecay: options.WeightDecay);
        long done = checkpoint is not null && File.Exists(checkpoint)
            ? Checkpoint.Load(checkpoint, options.Seed, network, objective, optimizer)
            : 0;
        long every = options.CheckpointSteps ?? Math.Clamp(source.Count / options.BatchSize, 100, 1000);

        using IEnumerator<Batch> sources = sourceBatches.From(done).GetEnumerator();
        using IEnumerator<Batch> targets = objective.NeedsTarget ? targetBatches.From(done).GetEnumerator() : Enumerable.Empty<Batch>().GetEnumerator();
        while (done < options.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save(done);
                cancellation.ThrowIfCancellationRequested();
            }

            sources.MoveNext();
            using Batch sourceBatch = sources.Current;
            using Batch? targetBatch = targets.MoveNext() ? targets.Current : null;
            StepReport report = Step(new StepInfo(done, options.Steps), sourceBatch, targetBatch, optimizer, checkpoint);
            done++;
            progress?.Invoke(report);
            if (done % every == 0 || done == options.Steps)
            {
                Save(done);
                network.Eval();
                atCheckpoint?.Invoke(done);
                network.Train();
            }
        }

        network.Eval();

        void Save(long step)
        {
            if (checkpoint is not null)
                Checkpoint.Save(checkpoint, step, options.Seed, network, objective, optimizer);
        }
    }

    private StepReport Step(StepInfo step, Batch source, Batch? target, Optimizer optimizer, string? checkpoint)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator dropout = new(Generator.Derive(options.Seed, (long)Purpose.Dropout, step.Step));
        network.UseGenerator(dropout);
        objective.Network?.UseGenerator(dropout);

        List<LossTerm> terms = Terms(step, source, target);
        Dictionary<string, double> values = new(terms.Count);
        Dictionary<string, double> weights = new(terms.Count);
        Tensor? loss = null;
        foreach (LossTerm term in terms)
        {
            double value = term.Value.ToDouble();
            if (!double.IsFinite(value))
                throw Diverged(step, term.Name, value, checkpoint);
            values[term.Name] = value;
            weights[term.Name] = term.Weight;
            Tensor weighted = term.Weight == 1 ? term.Value : term.Value * term.Weight;
            loss = loss is null ? weighted : loss + weighted;
        }

        optimizer.ZeroGrad();
        loss!.Backward();
        optimizer.LearningRate = LearningRates.Annealed(options.LearningRate, step.Progress);
        optimizer.Step();
        return new StepReport(step.Step + 1, step.Steps, values, weights, optimizer.LearningRate);
    }

    private List<LossTerm> Terms(StepInfo step, Batch source, Batch? target)
    {
        Tensor labels = source.Labels!;
        if (target is null)
            return [new LossTerm("task", Functional.CrossEntropy(network.Forward(source.Inputs), labels))];

        (Activations ofSource, Activations ofTarget) = options.JointBatch
            ? network.Activate(Tensor.Concatenate([source.Inputs, target.Inputs])).SplitAt(source.Inputs.Size(0))
            : (network.Activate(source.Inputs), network.Activate(target.Inputs));
        return [new LossTerm("task", Functional.CrossEntropy(ofSource.Logits, labels)), .. objective.Loss(ofSource, labels, ofTarget, step)];
    }

    /// <summary>Shows the objective what the network computes, by one batch that changes nothing.</summary>
    private void Attach(BatchLoader batches)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(Generator.Derive(options.Seed, (long)Purpose.ObjectiveNetwork));
        using Batch batch = batches.At(0);
        network.Eval();
        objective.Attach(network.Activate(batch.Inputs), generator);
        network.Train();
        objective.Network?.Train();
    }

    /// <summary>What is trained, under names that can't meet.</summary>
    private IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
        network.NamedParameters().Concat((objective.Network?.NamedParameters() ?? []).Select(static p => KeyValuePair.Create($"objective.{p.Key}", p.Value)));

    private BatchLoader Batches(Domain domain, Preprocessing preprocessing, Purpose purpose) =>
        new(domain, preprocessing, options.BatchSize, options.Seed, (long)purpose);

    private static TrainingException Diverged(StepInfo step, string term, double value, string? checkpoint)
    {
        string last = checkpoint is not null && File.Exists(checkpoint)
            ? $"The last good checkpoint is {checkpoint}."
            : "There is no checkpoint yet.";
        return new TrainingException(
            $"the loss term '{term}' became {value} at step {step.Step + 1} of {step.Steps}; the run stopped before it could spoil the model. {last} "
            + "Try a lower --learning-rate, or a smaller weight for the method's term.");
    }
}
