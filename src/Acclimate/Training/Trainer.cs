using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// The one training loop: stage by stage, what the objective descends at each step, over batches of the source and the
/// target. It never sees a target label but those it is given as known. Every random choice is a function of the seed
/// and the step, so that a run that goes on from a checkpoint gives the same bits as one that was never interrupted.
/// </summary>
public sealed class Trainer
{
    private const int LookingBatch = 256;

    /// <summary>Sets apart the random draws of a run; part of every checkpoint's meaning, so never renumbered.</summary>
    private enum Purpose
    {
        SourceBatches = 1,
        TargetBatches = 2,
        Noise = 3,
        ObjectiveNetwork = 4,
        KnownBatches = 5,

        /// <summary>The first further task's; the others follow.</summary>
        TaskBatches = 1000,
    }

    private readonly ClassifierNetwork network;
    private readonly Objective objective;
    private readonly TrainerOptions options;
    private float[]? weights;

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
    /// <param name="caching">Told the part done, from 0 to 1, while frozen stages are computed once for each sample; see <see cref="TrainerOptions.Cache"/>.</param>
    /// <param name="known">A few target samples whose labels may be learnt from, coded as the source's; none without such.</param>
    /// <param name="tasks">What is learnt beside the source's task, by an objective that <see cref="ILearnsTasks"/>; none unless given.</param>
    /// <param name="sourceWeights">What each source sample counts in the classification loss, 0 or more; none counts each once. A run that goes on needs the same again.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="ArgumentException">The source or a task has no labels, the objective learns no tasks, the domains' samples differ in shape, or the backbone has no stage that fine-tuning names.</exception>
    /// <exception cref="TrainingException">A term of the loss, its gradient, or a parameter at a checkpoint is no longer a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint, if any, is written.</exception>
    public void Fit(
        Domain source,
        Domain target,
        Preprocessing preprocessing,
        string? checkpoint = null,
        Action<StepReport>? progress = null,
        Action<long>? atCheckpoint = null,
        Action<double>? caching = null,
        Domain? known = null,
        IReadOnlyList<FurtherTask>? tasks = null,
        IReadOnlyList<double>? sourceWeights = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (!source.IsLabelled)
            throw new ArgumentException($"the source {source.Name} has no labels; training needs a labelled source");
        if (known is { IsLabelled: false })
            throw new ArgumentException($"{known.Name} has no labels; known target samples need them");
        if (sourceWeights is not null && !objective.TakesSourceWeights)
            throw new ArgumentException($"{Catalog.MethodCatalog.NameOf(objective)} has a classification loss of its own, in which samples can't count differently");
        if (sourceWeights is not null && (sourceWeights.Count != source.Count || !sourceWeights.All(static weight => weight >= 0 && double.IsFinite(weight))))
            throw new ArgumentException($"{sourceWeights.Count} weights were given for {source.Count} source samples; expected one of 0 or more for each", nameof(sourceWeights));
        weights = sourceWeights is null ? null : [.. sourceWeights.Select(static weight => (float)weight)];
        if (source.Labels?.Values is not null && !objective.TakesNumbers)
            throw new ArgumentException($"{Catalog.MethodCatalog.NameOf(objective)} works on classes, but {source.Name} has numbers in their place");
        if (known is not null && known.Labels!.Values is null != source.Labels!.Values is null)
            throw new ArgumentException($"{known.Name} and {source.Name} are to be learnt together, but one has classes and the other numbers");
        tasks ??= [];
        if (tasks.Count > 0 && objective is not ILearnsTasks)
            throw new ArgumentException($"{Catalog.MethodCatalog.NameOf(objective)} learns no further tasks; multi-task does");
        if (tasks.FirstOrDefault(static task => !task.Samples.IsLabelled) is { } blank)
            throw new ArgumentException($"{blank.Samples.Name} has no labels; the task {blank.Name} needs them");
        using Domain unlabelled = target.Unlabelled();
        Labels? origins = source.Origins;
        long done = checkpoint is null ? 0 : Checkpoint.StepsDone(checkpoint);
        network.Train();
        options.FineTuning.Apply(network.Backbone, 0);
        using FrozenFront? front = tasks.Count > 0 ? null : FrozenFront.Of(network, objective, preprocessing, options, caching, cancellation);
        if (front is not null)
        {
            if (done > 0)
                Checkpoint.LoadNetwork(checkpoint!, network);
            source = front.Through(source);
            known = known is null ? null : front.Through(known);
            preprocessing = Preprocessing.None;
            front.Begin();
        }

        Lazy<Domain> seen = new(() => front?.Through(unlabelled) ?? unlabelled);
        BatchLoaders loaders = new(
            Batches(source, preprocessing, (long)Purpose.SourceBatches),
            objective.Stages.Any(static stage => stage.UsesTarget) ? Batches(seen.Value, preprocessing, (long)Purpose.TargetBatches) : null,
            known is null ? null : Batches(known, preprocessing, (long)Purpose.KnownBatches),
            [.. tasks.Select((task, i) => Batches(task.Samples, task.Preprocessing, (long)Purpose.TaskBatches + i))]);
        TaskInfo[] learnt = [.. tasks.Select(static task => new TaskInfo(task.Name, task.Samples.Labels!.Classes.Count))];
        FitContext context = new(network)
        {
            Classes = source.Labels!.Classes,
            SourceCount = source.Count,
            SourceDomains = origins?.Classes.Count ?? 1,
            TargetCount = target.Count,
            Tasks = learnt,
            Precision = options.Precision,
            Cancellation = cancellation,
            Joint = options.JointBatch,
            SourceBatches = () => BatchLoader.InOrder(source, preprocessing, LookingBatch, cancellation),
            TargetBatches = () => BatchLoader.InOrder(seen.Value, preprocessing, LookingBatch, cancellation),
            TaskBatches = task => BatchLoader.InOrder(tasks[task].Samples, tasks[task].Preprocessing, LookingBatch, cancellation),
        };

        Attach(loaders.Source, context);
        Schedule schedule = new(objective.Stages, options.Steps);
        Freeze(schedule, done);
        long every = options.CheckpointEvery(source.Count);
        bool resumed = done > 0;
        while (done < schedule.Steps)
        {
            (int at, StepInfo first) = schedule.At(done);
            Stage stage = schedule.Stages[at];
            Freeze(schedule, done);
            using StageOptimizers optimizers = new(network, objective, stage, options);
            if (resumed)
                Checkpoint.Load(checkpoint!, options.Seed, network, objective, first.Step == 0 ? null : optimizers);
            resumed = false;
            if (first.Step == 0)
                objective.Begin(stage, context);
            Run(stage, done, first, optimizers);
        }

        if (resumed)
            Checkpoint.Load(checkpoint!, options.Seed, network, objective, null);
        objective.Finish(context);
        network.Unfreeze();
        Look();

        void Look()
        {
            network.Eval();
            front?.End();
            atCheckpoint?.Invoke(done);
        }

        void Run(Stage stage, long start, StepInfo first, StageOptimizers optimizers)
        {
            Move[] moves = [.. objective.Updates(stage).Select(update => new Move(update, optimizers.Parameters))];
            using StageBatches batches = new(loaders, stage, start);
            for (StepInfo info = first; info.Step < info.Steps; info = info with { Step = info.Step + 1 })
            {
                if (cancellation.IsCancellationRequested)
                {
                    Save(info.Step == 0 ? null : optimizers);
                    cancellation.ThrowIfCancellationRequested();
                }

                using StepBatches batch = batches.Next();
                Freeze(schedule, done);
                objective.BeforeStep(stage, info, context);
                StepReport report = Step(new Place(stage, info, done, schedule.Steps, checkpoint), moves, optimizers, batch, origins);
                done++;
                progress?.Invoke(report);
                if (done % every == 0 || done == schedule.Steps)
                {
                    Save(optimizers);
                    if (done < schedule.Steps)
                    {
                        Look();
                        network.Train();
                        front?.Begin();
                    }
                }
            }

            void Save(StageOptimizers? descending)
            {
                RequireFinite(new Place(stage, first, Math.Max(0, done - 1), schedule.Steps, checkpoint));
                if (checkpoint is not null)
                    Checkpoint.Save(checkpoint, done, options.Seed, network, objective, descending);
            }
        }
    }

    /// <summary>Holds on to what fine-tuning, and the stage, keep at this point of the run.</summary>
    private void Freeze(Schedule schedule, long done)
    {
        Stage stage = schedule.Stages[schedule.At(Math.Min(done, schedule.Steps - 1)).Stage];
        if (options.FineTuning.Apply(network.Backbone, (double)done / schedule.Steps, stage.FreezesBackbone))
            network.Train();
    }

    /// <summary>One step: each update in turn, on the same batches.</summary>
    private StepReport Step(Place place, Move[] moves, StageOptimizers optimizers, StepBatches batch, Labels? origins)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator noise = new(Generator.Derive(options.Seed, (long)Purpose.Noise, place.Done));
        network.UseGenerator(noise);
        objective.Network?.UseGenerator(noise);
        TrainingStep step = new(place.Info, network, noise)
        {
            SourceInputs = batch.Source?.Inputs,
            Labels = batch.Source?.Labels!,
            Values = batch.Source?.Values,
            SourceDomains = origins is not null && batch.Source is { } drawn ? origins.Take(drawn.Indices).Indices : [],
            SourceWeights = weights is { } each && batch.Source is { } shown ? Tensor.From<float>([.. shown.Indices.Select(i => each[i])]) : null,
            TargetInputs = batch.Target?.Inputs,
            TargetIndices = batch.Target?.Indices ?? [],
            KnownInputs = batch.Known?.Inputs,
            KnownLabels = batch.Known?.Labels,
            KnownValues = batch.Known?.Values,
            Tasks = [.. batch.Tasks.Select(static task => new TaskBatch(task.Inputs, task.Labels!))],
            ShowsSource = place.Stage.ShowsSource,
            Joint = options.JointBatch,
            Precision = options.Precision,
        };
        Dictionary<string, double> values = [];
        Dictionary<string, double> factors = [];
        double squaredSlopes = 0;
        foreach (Move move in moves)
        {
            for (int i = 0; i < move.Update.Repeat; i++)
            {
                Descend(move, step);
                if (move.MovesNetwork)
                    step.Forget();
            }
        }

        return new StepReport(place.Done + 1, place.Steps, values, factors, optimizers.LearningRate) { Stage = place.Stage.Name, GradientNorm = Math.Sqrt(squaredSlopes) };

        void Descend(Move move, TrainingStep step)
        {
            Tensor? loss = null;
            foreach (LossTerm term in move.Update.Terms(step))
            {
                double value = term.Value.ToDouble();
                if (!double.IsFinite(value))
                    throw Diverged(place, $"the loss term '{term.Name}'", value);
                values[term.Name] = value;
                factors[term.Name] = term.Weight;
                Tensor weighted = term.Weight == 1 ? term.Value : term.Value * term.Weight;
                loss = loss is null ? weighted : loss + weighted;
            }

            if (loss is null || !loss.RequiresGrad)
                return;
            optimizers.ZeroGrad();
            loss.Backward();
            foreach (Tensor still in move.Still)
                still.SetGrad(null);
            double slope = StageOptimizers.GradientNorm(move.Moving);
            if (!double.IsFinite(slope))
                throw Diverged(place, $"the gradient of {string.Join(" + ", values.Keys.Select(static name => $"'{name}'"))}", slope);
            squaredSlopes += slope * slope;
            optimizers.Step(place.Info);
        }
    }

    /// <summary>Refuses values that a step's last move made infinite: no term of a later step would say so before they are kept.</summary>
    private void RequireFinite(Place place)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Tensor tensor) in network.NamedState().Concat(objective.Network?.NamedParameters() ?? []))
        {
            if (!tensor.IsFinite().All())
                throw Diverged(place, $"'{name}' of the network", tensor.Sum().ToDouble());
        }
    }

    /// <summary>Shows the objective what the network computes, by one batch that changes nothing.</summary>
    private void Attach(BatchLoader batches, FitContext run)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(Generator.Derive(options.Seed, (long)Purpose.ObjectiveNetwork));
        using Batch batch = batches.At(0);
        network.Eval();
        objective.Attach(new FitContext(network, generator, network.Activate(batch.Inputs))
        {
            Classes = run.Classes,
            SourceCount = run.SourceCount,
            SourceDomains = run.SourceDomains,
            TargetCount = run.TargetCount,
            Tasks = run.Tasks,
        });
        network.Train();
        objective.Network?.Train();
    }

    private BatchLoader Batches(Domain domain, Preprocessing preprocessing, long purpose) =>
        new(domain, preprocessing, options.BatchSize, options.Seed, purpose);

    private static TrainingException Diverged(Place place, string what, double value)
    {
        string last = place.Checkpoint is not null && File.Exists(place.Checkpoint)
            ? $"The last good checkpoint is {place.Checkpoint}, after {Checkpoint.StepsDone(place.Checkpoint)} steps."
            : "There is no checkpoint yet.";
        return new TrainingException(
            $"{what} became {value} at step {place.Done + 1} of {place.Steps}; the run stopped before it could spoil the model. {last} "
            + "Try a lower --learning-rate, or a smaller weight for the method's term.");
    }

    /// <summary>Where a run stands, and where it would go on from.</summary>
    private sealed record Place(Stage Stage, StepInfo Info, long Done, long Steps, string? Checkpoint);

    /// <summary>An update with the parameters that it moves and those that it leaves.</summary>
    private sealed class Move
    {
        public Move(Update update, IReadOnlyList<KeyValuePair<string, Tensor>> parameters)
        {
            Update = update;
            Moving = [.. parameters.Where(p => update.Moves(p.Key))];
            Still = [.. parameters.Where(p => !update.Moves(p.Key)).Select(static p => p.Value)];
            MovesNetwork = Moving.Any(static p => Parts.Network(p.Key));
        }

        public Update Update { get; }

        public IReadOnlyList<KeyValuePair<string, Tensor>> Moving { get; }

        public IReadOnlyList<Tensor> Still { get; }

        public bool MovesNetwork { get; }
    }
}
