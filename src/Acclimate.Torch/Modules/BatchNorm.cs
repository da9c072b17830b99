using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// Batch normalisation, as <see cref="Functional.BatchNorm"/>. State: <c>weight</c>, <c>bias</c>, <c>running_mean</c>,
/// <c>running_var</c>, <c>num_batches_tracked</c>; a state without the last one loads too, for older files lack it.
/// </summary>
/// <remarks>
/// A training batch with a single value for each channel has no variance: it is normalised by the running statistics,
/// which it leaves as they are.
/// </remarks>
public abstract class BatchNorm : Module
{
    private readonly long features;
    private readonly double momentum;
    private readonly Tensor batches;
    private Gathered? gathered;

    private protected BatchNorm(long features, double epsilon, double momentum, ScalarType type, Device? device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        Functional.CheckProbability(momentum, nameof(momentum));
        this.features = features;
        Epsilon = epsilon;
        this.momentum = momentum;
        Weight = AddParameter("weight", Tensor.Ones([features], type, device));
        Bias = AddParameter("bias", Tensor.Zeros([features], type, device));
        RunningMean = AddBuffer("running_mean", Tensor.Zeros([features], type, device));
        RunningVariance = AddBuffer("running_var", Tensor.Ones([features], type, device));
        batches = AddBuffer("num_batches_tracked", Tensor.Zeros([], ScalarType.Int64, device), optional: true);
    }

    /// <summary>γ.</summary>
    public Tensor Weight { get; }

    /// <summary>β.</summary>
    public Tensor Bias { get; }

    /// <summary>The running means.</summary>
    public Tensor RunningMean { get; }

    /// <summary>The running variances.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>ε, what is added to a variance before its root is taken.</summary>
    public double Epsilon { get; }

    /// <summary>Whether training batches move the running statistics; where not, a batch is normalised by its own and leaves them. True unless set.</summary>
    public bool Tracks { get; set; } = true;

    /// <summary>
    /// From here on sums up all that goes through, over batches of any size, until <see cref="FinishGathering"/>. What the
    /// layer computes, and whether its running statistics move, stays as it was.
    /// </summary>
    public void StartGathering() => gathered = new Gathered(new double[features], new double[features]);

    /// <summary>
    /// Replaces the running statistics by the mean and the unbiased variance of all that went through since
    /// <see cref="StartGathering"/>, exactly and whatever the batches were. Fewer than two values a channel have no
    /// variance: then the statistics stay.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing was being gathered.</exception>
    public void FinishGathering()
    {
        Gathered all = gathered ?? throw new InvalidOperationException("batch norm gathers nothing: StartGathering comes first");
        gathered = null;
        if (all.Count < 2)
            return;
        using TensorScope scope = TensorScope.Begin();
        RunningMean.CopyInPlace(Tensor.From(all.Means));
        RunningVariance.CopyInPlace(Tensor.From(Array.ConvertAll(all.Squares, square => square / (all.Count - 1))));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input has another number of dimensions or channels.</exception>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        long[] shape = input.Shape;
        if (!TakesRank(shape.Length) || shape[1] != features)
        {
            throw new ArgumentException(
                $"{GetType().Name} over {features} channels was given an input of shape [{string.Join(", ", shape)}], expected {ExpectedShape}");
        }

        gathered?.Add(input);
        bool useBatch = Training && input.Count > features;
        if (useBatch && !Tracks)
            return Functional.BatchNorm(input, null, null, Weight, Bias, training: true, momentum, Epsilon);
        if (useBatch)
            Operator.Get("aten::add_.Scalar").Run(batches, 1);
        return Functional.BatchNorm(input, RunningMean, RunningVariance, Weight, Bias, useBatch, momentum, Epsilon);
    }

    private protected abstract string ExpectedShape { get; }

    private protected abstract bool TakesRank(int rank);

    /// <summary>
    /// Means, and sums of squared distances from them, of values that come in batches: Chan, Golub &amp; LeVeque, "Updating
    /// formulae and a pairwise algorithm for computing sample variances", 1979.
    /// </summary>
    private sealed class Gathered(double[] means, double[] squares)
    {
        public double[] Means { get; } = means;

        public double[] Squares { get; } = squares;

        public long Count { get; private set; }

        public void Add(Tensor input)
        {
            using NoGrad noGrad = NoGrad.Begin();
            using TensorScope scope = TensorScope.Begin();
            Tensor values = input.Type is ScalarType.Float16 or ScalarType.BFloat16 ? input.To(ScalarType.Float32) : input;
            long[] others = [0, .. Enumerable.Range(2, values.Rank - 2)];
            Tensor mean = values.Mean(others, keep: true);
            double[] means = ToDoubles(mean);
            double[] variances = ToDoubles((values - mean).Square().Mean(others, keep: true));
            long count = values.Count / Means.Length, all = Count + count;
            for (int i = 0; i < means.Length; i++)
            {
                double ahead = means[i] - Means[i];
                Means[i] += ahead * count / all;
                Squares[i] += (variances[i] * count) + (ahead * ahead * Count / all * count);
            }

            Count = all;
        }

        private static double[] ToDoubles(Tensor values) => values.To(ScalarType.Float64).ToArray<double>();
    }
}
