using Acclimate.SelfTaught;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Maps;

/// <summary>
/// x ↦ its sparse codes over bases, positive and negative parts apart, as a row of length 1. A picture's are those of its patches, less their means, the
/// largest of each field of a grid.
/// </summary>
/// <param name="Bases">B: [k, p], p the numbers in a patch, or in a sample that is no picture.</param>
/// <param name="Beta">β, what a code's length costs.</param>
/// <param name="Scale">What patches, or samples, are divided by.</param>
/// <param name="Centre">What is taken off a sample that is no picture, [1, p]; none for pictures.</param>
/// <param name="Picture">Channels, height and width; none for samples that are no pictures.</param>
/// <param name="Patch">The side of a patch.</param>
/// <param name="Stride">From one patch to the next.</param>
/// <param name="Grid">Fields along each side.</param>
public sealed record SparseCodeMap(
    Tensor Bases, double Beta, double Scale, Tensor? Centre, IReadOnlyList<long>? Picture, int Patch, int Stride, int Grid) : FeatureMap
{
    private const int Rows = 200;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Centre is null ? [Bases] : [Bases, Centre];

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Picture is null ? Bases.Size(1) : Picture.Aggregate(1L, static (a, b) => a * b));
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope part = TensorScope.Begin();
            parts.Add(part.Keep(Coded(samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0))))));
        }

        Tensor codes = parts.Count == 1 ? parts[0] : Tensor.Concatenate([.. parts]), length = codes.Norm(1, keep: true);
        return scope.Keep(codes / length.Equals(0).Where(length.OnesLike(), length));
    }

    /// <summary>The patches of pictures less their means: [n · places, p].</summary>
    /// <param name="samples">[n, c · h · w].</param>
    /// <param name="picture">c, h, w.</param>
    /// <param name="patch">The side of a patch.</param>
    /// <param name="stride">From one patch to the next.</param>
    internal static Tensor Patches(Tensor samples, IReadOnlyList<long> picture, int patch, int stride)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor columns = Operator.Get("aten::im2col").Call(
            samples.Reshape(samples.Size(0), picture[0], picture[1], picture[2]), (long[])[patch, patch], (long[])[1, 1], (long[])[0, 0], (long[])[stride, stride]);
        Tensor rows = columns.Transpose(1, 2).Reshape(-1, columns.Size(1));
        return scope.Keep(rows - rows.Mean(1, keep: true));
    }

    private Tensor Coded(Tensor samples)
    {
        if (Picture is null)
            return Apart(SparseCoding.Codes((samples - Centre!) / Scale, Bases, Beta), 1);
        long down = ((Picture[1] - Patch) / Stride) + 1, across = ((Picture[2] - Patch) / Stride) + 1;
        Tensor codes = SparseCoding.Codes(Patches(samples, Picture, Patch, Stride) / Scale, Bases, Beta).Reshape(samples.Size(0), down, across, Bases.Size(0));
        List<Tensor> fields = [];
        for (long i = 0; i < Math.Min(Grid, down); i++)
        {
            Tensor strip = Apart(codes.Slice(1, Edge(i, down), Edge(i + 1, down)), 3).Max(1);
            for (long j = 0; j < Math.Min(Grid, across); j++)
                fields.Add(strip.Slice(1, Edge(j, across), Edge(j + 1, across)).Max(1));
        }

        return Tensor.Concatenate([.. fields], 1);
    }

    private long Edge(long field, long places) => field * places / Math.Min(Grid, places);

    private static Tensor Apart(Tensor codes, int dimension) => Tensor.Concatenate([codes.Relu(), (-codes).Relu()], dimension);
}
