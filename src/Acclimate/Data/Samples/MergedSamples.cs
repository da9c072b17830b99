using System.Security.Cryptography;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>
/// The samples of several domains, one domain after another. Grey pictures beside colour ones become colour; bytes beside
/// floats become floats, pictures' from 0 to 1.
/// </summary>
internal sealed class MergedSamples : ISamples
{
    private const int Three = 3;

    private readonly Domain[] parts;

    /// <summary>Where each part begins, and behind them all the end.</summary>
    private readonly int[] starts;

    /// <summary>Whether some parts hold bytes and others floats.</summary>
    private readonly bool mixed;

    /// <summary>Takes the parts over; they hold samples of one kind.</summary>
    public MergedSamples(Domain[] parts)
    {
        this.parts = parts;
        starts = new int[parts.Length + 1];
        for (int i = 0; i < parts.Length; i++)
            starts[i + 1] = checked(starts[i] + parts[i].Count);
        Shape = [.. Enumerable.Range(0, parts[0].SampleShape.Count).Select(dimension => Common(parts, dimension))];
        mixed = MixesTypes(parts);
    }

    public int Count => starts[^1];

    public IReadOnlyList<long> Shape { get; }

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        int[] wanted = indices.ToArray();
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> read = [];
        long[] places = new long[wanted.Length];
        int at = 0;
        foreach (IGrouping<int, int> ofPart in Enumerable.Range(0, wanted.Length).GroupBy(i => PartOf(wanted[i])))
        {
            int[] positions = [.. ofPart];
            Tensor samples = parts[ofPart.Key].Read([.. positions.Select(i => wanted[i] - starts[ofPart.Key])]);
            read.Add(Alike(samples));
            foreach (int position in positions)
                places[position] = at++;
        }

        Tensor? other = read.Find(tensor => !tensor.Shape.AsSpan(1).SequenceEqual(read[0].Shape.AsSpan(1)));
        if (other is not null)
        {
            throw new DataException(
                $"pictures of different sizes: {Describe(wanted[0])} is {read[0].Size(3)}×{read[0].Size(2)}, another is {other.Size(3)}×{other.Size(2)}; resize them to one size first");
        }

        return scope.Keep(Tensor.Concatenate([.. read]).IndexSelect(0, Tensor.From(places)));
    }

    /// <summary>Samples that can be read together, as positions in the list: those of a part whose samples have one shape, each other alone.</summary>
    public int[][] OfOneShape(int[] samples)
    {
        return [.. Enumerable.Range(0, samples.Length).GroupBy(Group).Select(static group => group.ToArray())];

        int Group(int at)
        {
            int part = PartOf(samples[at]);
            return parts[part].SampleShape.Contains(-1) ? -1 - at : part;
        }
    }

    public string Describe(int index)
    {
        int part = PartOf(index);
        return $"{parts[part].Name}, {parts[part].Describe(index - starts[part])}";
    }

    public void Identify(IncrementalHash hash)
    {
        foreach (Domain part in parts)
            part.Identify(hash);
    }

    public void Dispose()
    {
        foreach (Domain part in parts)
            part.Dispose();
    }

    private int PartOf(int index)
    {
        int found = Array.BinarySearch(starts, index);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>One size where all have it; else as many channels as the one with most, and −1 for a side.</summary>
    private static long Common(Domain[] parts, int dimension)
    {
        long[] sizes = [.. parts.Select(part => part.SampleShape[dimension]).Distinct()];
        return sizes.Length == 1 ? sizes[0] : dimension == 0 ? sizes.Max() : -1;
    }

    private static bool MixesTypes(Domain[] parts) => parts.Select(static part =>
    {
        using Tensor one = part.Read([0]);
        return one.Type;
    }).Distinct().Skip(1).Any();

    private Tensor Alike(Tensor samples)
    {
        bool pictures = Shape.Count == 3;
        Tensor coloured = pictures && Shape[0] == Three ? new Colour().Apply(samples, null) : samples;
        return !mixed ? coloured : pictures ? new ToFloat().Apply(coloured, null) : coloured.To(ScalarType.Float32);
    }
}
