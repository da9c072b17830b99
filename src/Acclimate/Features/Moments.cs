using Acclimate.Data;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <summary>
/// The number, mean and scatter of samples, gathered batch by batch: as much memory as d² numbers, whatever the number of
/// samples. Batches are joined by Chan, Golub and LeVeque's update, which loses no digits to a large mean.
/// </summary>
public sealed class Moments : IDisposable
{
    /// <summary>How many samples are looked at together.</summary>
    private const int Rows = 8192;

    private Moments(long count, Tensor mean, Tensor scatter)
    {
        Count = count;
        Mean = mean;
        Scatter = scatter;
    }

    /// <summary>n.</summary>
    public long Count { get; private set; }

    /// <summary>m: [1, d], float64.</summary>
    public Tensor Mean { get; private set; }

    /// <summary>Σᵢ (xᵢ − m)ᵀ(xᵢ − m): [d, d], float64.</summary>
    public Tensor Scatter { get; private set; }

    /// <summary>d.</summary>
    public long Features => Mean.Size(1);

    /// <summary>The moments of samples that are at hand.</summary>
    /// <param name="samples">[n, d], n ≥ 1.</param>
    public static Moments Of(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor x = samples.To(ScalarType.Float64);
        Tensor mean = x.Mean(0, keep: true);
        Tensor centred = x - mean;
        return new Moments(x.Size(0), scope.Keep(mean), scope.Keep(centred.T.MatMul(centred)));
    }

    /// <summary>The moments of a domain's samples, in one pass over them: no more than some batches are in memory at a time.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="preprocessing">What is done to them.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="DataException">A sample can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Moments Of(Domain domain, Preprocessing preprocessing, CancellationToken cancellation = default) =>
        Of(domain, preprocessing, new IdentityMap(), cancellation);

    /// <summary>The moments of what a map makes of a domain's samples, in one pass.</summary>
    internal static Moments Of(Domain domain, Preprocessing preprocessing, FeatureMap map, CancellationToken cancellation)
    {
        return Of(Batches(), map);

        IEnumerable<Tensor> Batches()
        {
            foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, Rows, cancellation))
            {
                using (batch)
                    yield return batch.Inputs.Flatten(1);
            }
        }
    }

    /// <summary>The moments of what a map makes of samples, worked out for some rows at a time.</summary>
    /// <param name="samples">[n, d], n ≥ 1.</param>
    /// <param name="map">What is done to them.</param>
    internal static Moments Of(Tensor samples, FeatureMap map)
    {
        return Of(Batches(), map);

        IEnumerable<Tensor> Batches()
        {
            for (long start = 0; start < samples.Size(0); start += Rows)
                yield return samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0)));
        }
    }

    private static Moments Of(IEnumerable<Tensor> batches, FeatureMap map)
    {
        Moments? all = null;
        foreach (Tensor batch in batches)
        {
            using TensorScope scope = TensorScope.Begin();
            Moments some = Of(map.Apply(batch.To(ScalarType.Float64)));
            if (all is null)
                all = new Moments(some.Count, scope.Keep(some.Mean), scope.Keep(some.Scatter));
            else
                all.Add(some);
            batch.Dispose();
        }

        return all!;
    }

    /// <summary>Takes more samples in.</summary>
    /// <param name="samples">[n, d], of as many features as those before.</param>
    public void Add(Tensor samples)
    {
        using Moments more = Of(samples);
        Add(more);
    }

    /// <summary>Takes in what was gathered of other samples of the same domain.</summary>
    /// <param name="more">Their moments.</param>
    /// <exception cref="ArgumentException">They have another number of features.</exception>
    public void Add(Moments more)
    {
        ArgumentNullException.ThrowIfNull(more);
        if (more.Features != Features)
            throw new ArgumentException($"samples of {more.Features} features can't join samples of {Features}", nameof(more));
        using TensorScope scope = TensorScope.Begin();
        double all = Count + more.Count;
        Tensor apart = more.Mean - Mean;
        Tensor mean = Mean + (apart * (more.Count / all));
        Scatter.AddInPlace(more.Scatter);
        Scatter.AddInPlace(apart.T.MatMul(apart), Count * (more.Count / all));
        Mean.CopyInPlace(mean);
        Count += more.Count;
    }

    /// <summary>The moments of two domains' samples together.</summary>
    /// <param name="one">The one domain's.</param>
    /// <param name="two">The other's.</param>
    public static Moments Pooled(Moments one, Moments two)
    {
        ArgumentNullException.ThrowIfNull(one);
        Moments pooled = new(one.Count, one.Mean.Clone(), one.Scatter.Clone());
        pooled.Add(two);
        return pooled;
    }

    /// <summary>The covariance: the scatter over n − 1 (over 1 for a single sample).</summary>
    public Tensor Covariance() => Scatter / Math.Max(1, Count - 1);

    /// <summary>XᵀX, not centred: [d, d].</summary>
    internal Tensor Gram()
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Scatter + (Mean.T.MatMul(Mean) * Count));
    }

    /// <summary>The moments of what an affine map makes of the samples, without them.</summary>
    internal Moments Mapped(AffineMap map)
    {
        using TensorScope scope = TensorScope.Begin();
        return new Moments(Count, scope.Keep(map.Apply(Mean)), scope.Keep(map.Weight.T.MatMul(Scatter).MatMul(map.Weight)));
    }

    /// <summary>The first principal directions of the samples, as orthonormal columns, the strongest first.</summary>
    /// <param name="count">How many; all there are where there are fewer features.</param>
    /// <returns>[d, k], and what the eigenvectors can show for themselves.</returns>
    internal (Tensor Directions, Certificate Certificate) Principal(int count)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor values, Tensor vectors) = Scatter.SymmetricEigen();
        long d = Features, k = Math.Min(count, d);
        Tensor w = vectors.Slice(1, d - k, d).Flip(1), strengths = values.Slice(0, d - k, d).Flip(0);
        double largest = Math.Max(values.Abs().Max().ToDouble(), double.Epsilon);
        Certificate certificate = new()
        {
            EigenResidual = (Scatter.MatMul(w) - (w * strengths)).Norm(0).Max().ToDouble() / largest,
            ConstraintError = (w.T.MatMul(w) - Tensor.Eye(k, ScalarType.Float64)).Abs().Max().ToDouble(),
        };
        return (scope.Keep(w), certificate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Scatter.Dispose();
    }
}
