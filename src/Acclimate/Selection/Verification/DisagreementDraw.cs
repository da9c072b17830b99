using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Selection.Verification;

/// <summary>
/// In which order a target's disagreements are to be labelled. Every batch is a fair draw: each sample that is left has the same chance, so
/// what labels show of a batch, or of its first samples, is unbiased for all disagreements. It is spread evenly over what the models'
/// confidence would guess, which can only make it vary less.
/// </summary>
public static class DisagreementDraw
{
    /// <summary>How many samples the first batch has; each further one is as large as all before it.</summary>
    public const int FirstBatch = 40;

    private const long Purpose = 7000;

    /// <summary>The samples on which two models disagree, in the order in which to label them.</summary>
    /// <param name="source">What the source's own model says of the target's samples.</param>
    /// <param name="adapted">What the adapted one says.</param>
    /// <param name="seed">Where the draw starts from.</param>
    /// <exception cref="ArgumentException">They speak of other samples or classes.</exception>
    public static int[] Of(Predictions source, Predictions adapted, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(adapted);
        if (source.Indices.Count != adapted.Indices.Count || !source.Classes.SequenceEqual(adapted.Classes))
            throw new ArgumentException($"one model speaks of {source.Indices.Count} samples and the other of {adapted.Indices.Count}, or of other classes");
        int[] disagreed = [.. Enumerable.Range(0, source.Indices.Count).Where(i => source.Indices[i] != adapted.Indices[i])];
        double[] lean = [.. disagreed.Select(i => Lean(source.Probabilities[i], adapted.Probabilities[i], source.Indices[i], adapted.Indices[i]))];
        return [.. Order(lean, seed).Select(place => disagreed[place])];
    }

    /// <summary>
    /// Places in the order of the draw. A batch of k from m: m mod k, drawn at random, wait; the others, sorted by what is guessed, are cut into k
    /// strata of one size, and one is drawn from each. So each of the m has the chance k/m.
    /// </summary>
    /// <param name="lean">What is guessed of each: the higher, the rather the adapted model.</param>
    /// <param name="seed">Where the draw starts from.</param>
    public static int[] Order(IReadOnlyList<double> lean, long seed)
    {
        ArgumentNullException.ThrowIfNull(lean);
        if (lean.Count == 0)
            return [];
        using Generator generator = new(Generator.Derive(seed, Purpose));
        int[] left = Shuffled([.. Enumerable.Range(0, lean.Count)], generator);
        List<int> order = [];
        while (left.Length > 0)
        {
            int batch = Math.Min(left.Length, Math.Max(FirstBatch, order.Count)), size = left.Length / batch;
            int[] sorted = [.. left[..(batch * size)].OrderBy(place => lean[place])];
            using Tensor draws = Tensor.Uniform([batch], generator, 0, size, ScalarType.Float64);
            int[] drawn = [.. draws.ToArray<double>().Select((draw, stratum) => sorted[(stratum * size) + Math.Min((int)draw, size - 1)])];
            order.AddRange(Shuffled(drawn, generator));
            left = Shuffled([.. left.Except(drawn)], generator);
        }

        return [.. order];
    }

    /// <summary>How much more probable both models together find what the adapted one says than what the source's does.</summary>
    private static double Lean(float[] source, float[] adapted, int bySource, int byAdapted) =>
        source[byAdapted] + adapted[byAdapted] - source[bySource] - adapted[bySource];

    private static int[] Shuffled(int[] places, Generator generator)
    {
        using Tensor order = Tensor.Permutation(places.Length, generator);
        return [.. order.ToArray<long>().Select(at => places[at])];
    }
}
