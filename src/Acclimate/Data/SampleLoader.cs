using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>Reads samples of a domain and does the preprocessing: one by one where images differ in size, else together.</summary>
internal static class SampleLoader
{
    private const int Together = 64;

    /// <summary>The batch of the given samples; random steps draw from <paramref name="random"/>.</summary>
    public static Batch Load(Domain domain, Preprocessing preprocessing, int[] indices, Generator? random)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor inputs = Samples(domain, preprocessing, indices, random).To(ScalarType.Float32);
        return domain.Labels is { } labels ? new Batch(inputs, Take(labels, indices), indices, Values(labels, indices)) : new Batch(inputs, null, indices);
    }

    /// <summary>Every sample, in one tensor.</summary>
    public static Tensor LoadAll(Domain domain, Preprocessing preprocessing, IProgress<double>? progress, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor? all = null;
        for (int start = 0; start < domain.Count; start += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] indices = [.. Enumerable.Range(start, Math.Min(Together, domain.Count - start))];
            using Tensor part = Samples(domain, preprocessing, indices, null);
            all ??= Tensor.Empty([domain.Count, .. part.Shape[1..]], part.Type);
            if (!all.Shape[1..].AsSpan().SequenceEqual(part.Shape.AsSpan(1)))
                throw Mixed(domain, 0, all.Shape[1..], start, part.Shape[1..]);
            using Tensor place = all.Slice(0, start, start + indices.Length);
            place.CopyInPlace(part);
            progress?.Report((start + indices.Length) / (double)domain.Count);
        }

        return scope.Keep(all!);
    }

    /// <summary>The bytes that one sample takes once it is preprocessed.</summary>
    public static long BytesOfOne(Domain domain, Preprocessing preprocessing)
    {
        using Tensor one = Samples(domain, preprocessing, [0], null);
        return one.Count * one.Type.Size();
    }

    private static Tensor Samples(Domain domain, Preprocessing preprocessing, int[] indices, Generator? random)
    {
        if (!domain.SampleShape.Contains(-1))
        {
            using Tensor raw = domain.Read(indices);
            return preprocessing.Apply(raw, random);
        }

        // What comes before the first random step brings images of different sizes to one; the rest is done together.
        int same = preprocessing.Steps.TakeWhile(step => !step.IsRandom).Count();
        Preprocessing first = new([.. preprocessing.Steps.Take(same)]);
        Preprocessing rest = new([.. preprocessing.Steps.Skip(same)]);
        using Tensor together = PartByPart(domain, first, indices);
        return rest.Apply(together, random);
    }

    private static Tensor PartByPart(Domain domain, Preprocessing preprocessing, int[] indices)
    {
        int[][] groups = domain.OfOneShape(indices);
        Tensor?[] parts = new Tensor?[groups.Length];
        try
        {
            Concurrently.ForEach(groups.Length, i =>
            {
                using Tensor raw = domain.Read([.. groups[i].Select(at => indices[at])]);
                parts[i] = preprocessing.Apply(raw, null).LeaveScopes();
            });
            long[] shape = parts[0]!.Shape;
            int other = Array.FindIndex(parts, part => !part!.Shape.AsSpan(1).SequenceEqual(shape.AsSpan(1)));
            if (other >= 0)
                throw Mixed(domain, indices[groups[0][0]], shape[1..], indices[groups[other][0]], parts[other]!.Shape[1..]);
            int[] order = [.. groups.SelectMany(static group => group)];
            if (order.SequenceEqual(Enumerable.Range(0, order.Length)))
                return Tensor.Concatenate(parts!);
            long[] places = new long[order.Length];
            for (int i = 0; i < order.Length; i++)
                places[order[i]] = i;
            using Tensor all = Tensor.Concatenate(parts!), picks = Tensor.From(places);
            return all.IndexSelect(0, picks);
        }
        finally
        {
            foreach (Tensor? part in parts)
                part?.Dispose();
        }
    }

    private static DataException Mixed(Domain domain, int first, long[] shape, int second, long[] otherShape) => new(
        $"{domain.Name}: samples of different shapes: {domain.Describe(first)} is [{string.Join(", ", shape)}], "
        + $"{domain.Describe(second)} is [{string.Join(", ", otherShape)}]; resize them to one size first");

    private static Tensor Take(Labels labels, int[] indices) =>
        Tensor.From<long>(Array.ConvertAll(indices, index => (long)labels.Indices[index]));

    private static Tensor? Values(Labels labels, int[] indices) =>
        labels.Values is { } values ? Tensor.From<float>(Array.ConvertAll(indices, index => values[index])) : null;
}
