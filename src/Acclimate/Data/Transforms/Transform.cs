using System.Text.Json.Serialization;
using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>
/// One step of the preprocessing of a batch. It is a plain record, so that a saved model can hold it as JSON. Images are
/// samples × channels × height × width, either uint8 (0..255) or floats (0..1); tables are samples × features.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(ToFloat), "to-float")]
[JsonDerivedType(typeof(Resize), "resize")]
[JsonDerivedType(typeof(ResizeShorter), "resize-shorter")]
[JsonDerivedType(typeof(CentreCrop), "centre-crop")]
[JsonDerivedType(typeof(RandomCrop), "random-crop")]
[JsonDerivedType(typeof(RandomHorizontalFlip), "random-horizontal-flip")]
[JsonDerivedType(typeof(Normalise), "normalise")]
[JsonDerivedType(typeof(Greyscale), "greyscale")]
[JsonDerivedType(typeof(Colour), "colour")]
[JsonDerivedType(typeof(ColourJitter), "colour-jitter")]
[JsonDerivedType(typeof(Standardise), "standardise")]
[JsonDerivedType(typeof(UnitRows), "unit-rows")]
[JsonDerivedType(typeof(Binarise), "binarise")]
[JsonDerivedType(typeof(LogCounts), "log-counts")]
[JsonDerivedType(typeof(TfIdf), "tf-idf")]
[JsonDerivedType(typeof(AsRows), "as-rows")]
public abstract record Transform
{
    /// <summary>Whether it draws random numbers, so that a sample comes out differently each time.</summary>
    [JsonIgnore]
    public virtual bool IsRandom => false;

    /// <summary>Whether it only rescales values, which costs next to nothing.</summary>
    [JsonIgnore]
    public virtual bool IsPointwise => false;

    /// <summary>Applies the step to a batch; random steps draw for each sample on its own.</summary>
    /// <param name="samples">The samples along the first dimension.</param>
    /// <param name="random">Where a random step draws from.</param>
    /// <returns>A fresh tensor.</returns>
    /// <exception cref="ArgumentNullException">The step is random and <paramref name="random"/> is null.</exception>
    /// <exception cref="DataException">The samples don't suit the step.</exception>
    public abstract Tensor Apply(Tensor samples, Generator? random);

    /// <summary>Refuses what is no batch of images.</summary>
    private protected void RequireImages(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 4)
        {
            throw new DataException(
                $"{GetType().Name} is for images (samples × channels × height × width), but these samples have shape [{string.Join(", ", samples.Shape[1..])}]");
        }
    }

    /// <summary>Works in float32 and gives bytes back, rounded, where bytes were given.</summary>
    private protected static Tensor InFloat(Tensor images, Func<Tensor, Tensor> work)
    {
        using TensorScope scope = TensorScope.Begin();
        if (images.Type != ScalarType.UInt8)
            return scope.Keep(work(images));
        Tensor result = work(images.To(ScalarType.Float32));
        return scope.Keep(result.Round().Clamp(0, 255).To(ScalarType.UInt8));
    }
}
