using System.Globalization;
using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>A pair brought down to what a pool can be fitted on in reasonable time: some samples for all, principal components for features.</summary>
public sealed class PoolSamples : IDisposable
{
    /// <summary>How many components stand for too many features.</summary>
    private const int Components = 500;

    private const long DrawSource = 9201, DrawTarget = 9202, DrawDirections = 9203;

    private readonly Tensor? directions;

    private PoolSamples(LabelFreePair pair, int[] sourceRows, int[] targetRows, Tensor? directions, IReadOnlyList<string> notes)
    {
        Pair = pair;
        SourceRows = sourceRows;
        TargetRows = targetRows;
        Notes = notes;
        this.directions = directions;
    }

    /// <summary>The pair that is left; its tensors are owned here.</summary>
    public LabelFreePair Pair { get; }

    /// <summary>Which of the source's samples are in it, ascending.</summary>
    public IReadOnlyList<int> SourceRows { get; }

    /// <summary>Which of the target's samples are in it, ascending.</summary>
    public IReadOnlyList<int> TargetRows { get; }

    /// <summary>What was brought down, in words.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The directions that features were brought down to, [d, k]; none where they are as they were. Owned here.</summary>
    internal Tensor? Directions => directions;

    /// <summary>Brings a pair down.</summary>
    /// <param name="source">[n_s, d], float64.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">C.</param>
    /// <param name="target">[n_t, d].</param>
    /// <param name="context">Where samples are drawn by.</param>
    /// <returns>To be disposed.</returns>
    public static PoolSamples Of(Tensor source, int[] labels, int classes, Tensor target, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(context);
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        List<string> notes = [];
        int[] sourceRows = Some(labels.Length, labels, context, DrawSource), targetRows = Some((int)target.Size(0), null, context, DrawTarget);
        Tensor x = Rows(source, sourceRows), y = Rows(target, targetRows);
        if (sourceRows.Length < labels.Length || targetRows.Length < target.Size(0))
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{sourceRows.Length:N0} of {labels.Length:N0} source samples and {targetRows.Length:N0} of {target.Size(0):N0} target samples, drawn at random, stand for all in the guard"));
        }

        Tensor? directions = null;
        if (x.Size(1) > GuardPool.MostFeatures)
        {
            using Generator generator = context.Draw(DrawDirections);
            directions = RandomisedComponents.Of(Tensor.Concatenate([x, y]), Components, generator);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{directions.Size(1):N0} principal components stand for {x.Size(1):N0} features in the guard"));
            (x, y) = (x.MatMul(directions), y.MatMul(directions));
        }

        LabelFreePair pair = new(x.LeaveScopes(), [.. sourceRows.Select(row => labels[row])], classes, y.LeaveScopes());
        return new PoolSamples(pair, sourceRows, targetRows, directions?.LeaveScopes(), notes);
    }

    /// <summary>Further samples as the pair has them.</summary>
    /// <param name="samples">[m, d], float64.</param>
    /// <returns>[m, k].</returns>
    public Tensor Reduce(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return directions is null ? samples.Detach() : samples.MatMul(directions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pair.Source.Dispose();
        Pair.Target.Dispose();
        directions?.Dispose();
    }

    /// <summary>As many rows as a pool takes, each class with its part of them, in their order.</summary>
    private static int[] Some(int count, int[]? labels, FitContext context, long purpose)
    {
        if (count <= GuardPool.MostSamples)
            return [.. Enumerable.Range(0, count)];
        using Generator generator = context.Draw(purpose);
        using Tensor drawn = Tensor.Permutation(count, generator);
        return [.. drawn.ToArray<long>()
            .Select(static row => (int)row)
            .GroupBy(row => labels?[row] ?? 0)
            .SelectMany(members => members.Take((int)Math.Ceiling((double)GuardPool.MostSamples * members.Count() / count)))
            .Order()];
    }

    private static Tensor Rows(Tensor samples, int[] rows) => rows.Length == samples.Size(0)
        ? samples.Clone()
        : samples.IndexSelect(0, Tensor.From(Array.ConvertAll(rows, static row => (long)row)));
}
