namespace Acclimate.Training;

/// <summary>How a network is trained. Immutable; <see cref="Validate"/> names every fault at once.</summary>
public sealed record TrainerOptions
{
    /// <summary>Optimizer steps in all; at least 1. Default 2,000.</summary>
    public long Steps { get; init; } = 2000;

    /// <summary>Samples of each domain in a step; at least 1. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// lr₀ of the schedule lr₀/(1 + 10p)^0.75 (Ganin et al., JMLR 2016), p being progress from 0 to 1. Above 0. Default 0.01.
    /// </summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Momentum of stochastic gradient descent; from 0 to below 1. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty on every parameter; 0 or more. Default 0.0005.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>
    /// Where every random choice starts from: first values, order of samples, augmentation, dropout. Default 0.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>
    /// Steps from one checkpoint to the next; none means each epoch of the source, but no less than 100 and no more
    /// than 1,000 steps.
    /// </summary>
    public long? CheckpointSteps { get; init; }

    /// <summary>
    /// Whether both domains go through the network in one batch, so that batch norm sees their mixture (true), or one
    /// after the other, each normalised by itself (false); then the running statistics, by which it normalises in use, are
    /// the target's alone. Default true.
    /// </summary>
    public bool JointBatch { get; init; } = true;

    /// <summary>
    /// What convolutions and products of the network compute in: Float32, or BFloat16, which is faster where
    /// <see cref="Torch.Engine.HasBfloat16"/>. Parameters and losses are float32 either way. Default Float32.
    /// </summary>
    public Torch.ScalarType Precision { get; init; } = Torch.ScalarType.Float32;

    /// <summary>Which stages of the backbone learn, and how fast. All at one rate unless set.</summary>
    public FineTuning FineTuning { get; init; } = FineTuning.Whole;

    /// <summary>Where what frozen stages make of the samples is kept, so that it is computed once; see <see cref="FrontCache"/>. Default Auto.</summary>
    public FrontCache Cache { get; init; }

    /// <summary>Rates of a search in place of the schedule; none for training.</summary>
    internal RateRange? Search { get; init; }

    /// <summary>Steps from one checkpoint to the next, for a source of a size.</summary>
    internal long CheckpointEvery(int sourceCount) => CheckpointSteps ?? Math.Clamp(sourceCount / BatchSize, 100, 1000);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">One or more are out of range: all of them, a line each.</exception>
    public void Validate()
    {
        List<string> faults = [];
        Check(Steps >= 1, $"steps is {Steps}; expected 1 or more");
        Check(BatchSize >= 1, $"batch size is {BatchSize}; expected 1 or more");
        Check(LearningRate is > 0 and < double.PositiveInfinity, $"learning rate is {LearningRate}; expected a number above 0");
        Check(Momentum is >= 0 and < 1, $"momentum is {Momentum}; expected 0 or more and below 1");
        Check(WeightDecay is >= 0 and < double.PositiveInfinity, $"weight decay is {WeightDecay}; expected 0 or more");
        Check(CheckpointSteps is null or >= 1, $"checkpoint steps is {CheckpointSteps}; expected 1 or more");
        faults.AddRange(FineTuning.Faults().Select(FormattableString.Invariant));
        if (faults.Count > 0)
            throw new ArgumentException(string.Join('\n', faults));

        void Check(bool holds, FormattableString fault)
        {
            if (!holds)
                faults.Add(FormattableString.Invariant(fault));
        }
    }
}
