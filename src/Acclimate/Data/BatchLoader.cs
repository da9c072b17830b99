using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>
/// The batches of a training run. Each pass over the domain (an epoch) shuffles it anew; a batch is a pure function of the
/// seed, the stream and the step, so that a run can go on anywhere with the same batches. Only full batches are
/// given, unless the whole domain is smaller than one: then each batch is the whole domain.
/// </summary>
public sealed class BatchLoader
{
    private const int Ahead = 3;

    private readonly Domain domain;
    private readonly Preprocessing preprocessing;
    private readonly long seed;
    private readonly long stream;
    private Epoch? latest;

    /// <summary>Creates a loader. It holds the domain without owning it.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="preprocessing">What is done to them; what <see cref="Domain.Prepare"/> has done already is not done twice.</param>
    /// <param name="batchSize">Samples a batch, 1 or more.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Which of the run's loaders this is: source 0, target 1, …; each shuffles in its own way.</param>
    /// <exception cref="ArgumentException">The samples were prepared by something else than the first steps of <paramref name="preprocessing"/>.</exception>
    public BatchLoader(Domain domain, Preprocessing preprocessing, int batchSize, long seed, long stream = 0)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        this.domain = domain;
        this.preprocessing = preprocessing.After(domain.Applied);
        this.seed = seed;
        this.stream = stream;
        BatchSize = Math.Min(batchSize, domain.Count);
        StepsPerEpoch = StepsOf(domain.Count, batchSize);
    }

    /// <summary>Samples a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches a pass over the domain.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>How many steps a pass over so many samples takes: what doesn't fill a batch is left out, unless it is all there is.</summary>
    /// <param name="count">Samples, 1 or more.</param>
    /// <param name="batchSize">Samples a batch, 1 or more.</param>
    internal static int StepsOf(int count, int batchSize) => Math.Max(1, count / batchSize);

    /// <summary>The batches over all samples in order, the last one smaller where they don't divide, without random steps: for evaluation.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="preprocessing">What is done to them; its random steps are left out.</param>
    /// <param name="batchSize">Samples a batch, 1 or more.</param>
    /// <param name="cancellation">Ends the enumeration with an exception.</param>
    /// <returns>Batches to be disposed one by one; they are read ahead on another thread.</returns>
    public static IEnumerable<Batch> InOrder(
        Domain domain, Preprocessing preprocessing, int batchSize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Preprocessing left = preprocessing.After(domain.Applied).WithoutRandomness();
        return ReadAhead.Of(Batches(), Ahead, cancellation);

        IEnumerable<Batch> Batches()
        {
            for (int start = 0; start < domain.Count; start += batchSize)
                yield return SampleLoader.Load(domain, left, [.. Enumerable.Range(start, Math.Min(batchSize, domain.Count - start))], null);
        }
    }

    /// <summary>The batch of one step.</summary>
    /// <param name="step">Which, from 0; it goes through as many epochs as it needs.</param>
    /// <returns>A batch to be disposed.</returns>
    /// <exception cref="DataException">A file can't be read, or the samples don't have one shape after the preprocessing.</exception>
    public Batch At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        (long epoch, long place) = Math.DivRem(step, StepsPerEpoch);
        int[] order = Order(epoch);
        using Generator random = new(Generator.Derive(seed, stream, step, 1));
        return SampleLoader.Load(domain, preprocessing, order.AsSpan((int)place * BatchSize, BatchSize).ToArray(), random);
    }

    /// <summary>The batches from a step on, without end, read ahead on another thread.</summary>
    /// <param name="firstStep">The step of the first batch.</param>
    /// <param name="cancellation">Ends the enumeration with an exception.</param>
    /// <returns>Batches to be disposed one by one; leaving the loop stops the reading and frees what was read ahead.</returns>
    public IEnumerable<Batch> From(long firstStep, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        return ReadAhead.Of(Batches(), Ahead, cancellation);

        IEnumerable<Batch> Batches()
        {
            for (long step = firstStep; ; step++)
                yield return At(step);
        }
    }

    private int[] Order(long epoch)
    {
        if (Volatile.Read(ref latest) is { } known && known.Number == epoch)
            return known.Order;
        using Generator random = new(Generator.Derive(seed, stream, epoch));
        using Tensor permutation = Tensor.Permutation(domain.Count, random);
        Epoch made = new(epoch, permutation.ToArray<int>());
        Volatile.Write(ref latest, made);
        return made.Order;
    }

    private sealed record Epoch(long Number, int[] Order);
}
