using System.Text.Json.Serialization;
using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>
/// A fitted function of samples: rows of features in, rows of features out, for samples that were seen or not. A plain
/// record, so that a saved model can hold it: its tensors go to the model's safetensors file, the rest to JSON.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "map")]
[JsonDerivedType(typeof(IdentityMap), "identity")]
[JsonDerivedType(typeof(AffineMap), "affine")]
[JsonDerivedType(typeof(KernelMap), "kernel")]
[JsonDerivedType(typeof(MultipleKernelMap), "multiple-kernel")]
[JsonDerivedType(typeof(FourierMap), "fourier")]
[JsonDerivedType(typeof(UnitRowsMap), "unit-rows")]
[JsonDerivedType(typeof(BarycentricMap), "barycentric")]
[JsonDerivedType(typeof(ChainMap), "chain")]
[JsonDerivedType(typeof(MultilinearMap), "multilinear")]
[JsonDerivedType(typeof(DenoisingMap), "denoising")]
[JsonDerivedType(typeof(SparseCodeMap), "sparse-codes")]
[JsonDerivedType(typeof(RectifierMap), "rectifier")]
public abstract record FeatureMap
{
    /// <summary>The tensors that the map is made of.</summary>
    [JsonIgnore]
    public virtual IEnumerable<Tensor> Tensors => [];

    /// <summary>Maps samples.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <returns>[n, k], float64.</returns>
    /// <exception cref="ArgumentException">The samples have another number of features than the map was fitted on.</exception>
    public abstract Tensor Apply(Tensor samples);

    /// <summary>This map, and another after it.</summary>
    /// <param name="next">What is done to what this map gives.</param>
    public FeatureMap Then(FeatureMap next) => this is IdentityMap ? next : new ChainMap([this, next]);

    /// <summary>Refuses samples of another width.</summary>
    private protected static void RequireWidth(Tensor samples, long width)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 2 || samples.Size(1) != width)
            throw new ArgumentException($"the map was fitted on {width} features, but the samples have shape [{string.Join(", ", samples.Shape)}]", nameof(samples));
    }
}

/// <summary>x ↦ x.</summary>
public sealed record IdentityMap : FeatureMap
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Detach();
    }
}

/// <summary>x ↦ x W + b.</summary>
/// <param name="Weight">W, [d, k].</param>
/// <param name="Offset">b, [1, k]; none adds nothing.</param>
public sealed record AffineMap(Tensor Weight, Tensor? Offset = null) : FeatureMap
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Offset is null ? [Weight] : [Weight, Offset];

    /// <summary>x ↦ (x − m) W.</summary>
    /// <param name="mean">m, [1, d].</param>
    /// <param name="weight">W, [d, k].</param>
    public static AffineMap Centred(Tensor mean, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(mean);
        return new AffineMap(weight, -mean.MatMul(weight));
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Weight.Size(0));
        using TensorScope scope = TensorScope.Begin();
        Tensor mapped = samples.MatMul(Weight);
        return scope.Keep(Offset is null ? mapped : mapped + Offset);
    }
}

/// <summary>x ↦ k(x, Z) A, for the samples Z that the map was fitted on.</summary>
/// <param name="Kernel">k.</param>
/// <param name="Anchors">Z, [m, d].</param>
/// <param name="Weight">A, [m, k].</param>
public sealed record KernelMap(Kernel Kernel, Tensor Anchors, Tensor Weight) : FeatureMap
{
    private const int Rows = 4096;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Anchors, Weight];

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Anchors.Size(1));
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope part = TensorScope.Begin();
            Tensor some = samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0)));
            parts.Add(part.Keep(Kernel.Evaluate(some, Anchors).MatMul(Weight)));
        }

        return scope.Keep(parts.Count == 1 ? parts[0] : Tensor.Concatenate([.. parts]));
    }
}

/// <summary>x ↦ x/‖x‖; a row of zeros stays as it is.</summary>
public sealed record UnitRowsMap : FeatureMap
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor length = samples.Norm(1, keep: true);
        return scope.Keep(samples / length.Equals(0).Where(length.OnesLike(), length));
    }
}

/// <summary>One map after the other.</summary>
/// <param name="Maps">The maps, first to last.</param>
public sealed record ChainMap(IReadOnlyList<FeatureMap> Maps) : FeatureMap
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Maps.SelectMany(static map => map.Tensors);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor current = samples;
        foreach (FeatureMap map in Maps)
            current = map.Apply(current);
        return scope.Keep(current);
    }
}
