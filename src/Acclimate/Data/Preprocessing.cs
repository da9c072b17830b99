using System.Text.Json;
using System.Text.Json.Serialization;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>What is done to samples before a method sees them: transforms in order. Part of a saved model.</summary>
public sealed class Preprocessing
{
    /// <summary>Creates a preprocessing.</summary>
    /// <param name="steps">The transforms, first to last.</param>
    [JsonConstructor]
    public Preprocessing(IReadOnlyList<Transform> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        Steps = steps;
    }

    /// <summary>Nothing is done.</summary>
    public static Preprocessing None { get; } = new([]);

    /// <summary>The transforms, first to last.</summary>
    public IReadOnlyList<Transform> Steps { get; }

    /// <summary>
    /// torchvision's recipe for networks trained on ImageNet: the shorter side resized with antialiasing, the middle square
    /// cropped, grey pictures made colour, 0..255 scaled to 0..1, and each channel normalised by ImageNet's mean and
    /// deviation. Pictures may differ in size. Unlike torchvision's loader, the one here has turned photographs upright.
    /// </summary>
    /// <param name="resize">The length of the shorter side in pixels, 1 or more; default 256.</param>
    /// <param name="crop">The side of the square that goes into the network, 1 or more; default 224.</param>
    public static Preprocessing ImageNet(int resize = 256, int crop = 224)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(crop, 1);
        return new Preprocessing([new ResizeShorter(resize), new CentreCrop(crop, crop), new Colour(), new ToFloat(), Normalise.ImageNet]);
    }

    /// <summary>Applies every step in turn.</summary>
    /// <param name="samples">The samples along the first dimension.</param>
    /// <param name="random">Where random steps draw from; may be null where there is none.</param>
    /// <returns>A fresh tensor.</returns>
    /// <exception cref="ArgumentNullException">A step is random and <paramref name="random"/> is null.</exception>
    /// <exception cref="DataException">The samples don't suit a step.</exception>
    public Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor current = samples;
        foreach (Transform step in Steps)
        {
            if (step.IsRandom)
                ArgumentNullException.ThrowIfNull(random);
            current = step.Apply(current, random);
        }

        return scope.Keep(ReferenceEquals(current, samples) ? samples.To(samples.Type) : current);
    }

    /// <summary>The same without its random steps: what evaluation uses.</summary>
    public Preprocessing WithoutRandomness() => new([.. Steps.Where(step => !step.IsRandom)]);

    /// <summary>
    /// The leading steps that give the same result each time, up to the last one that costs something: what is worth
    /// doing once. Cheap steps at its end (such as making bytes floats) are left to the batches, so that stored samples stay small.
    /// </summary>
    public Preprocessing CostlyPrefix()
    {
        Transform[] same = [.. Steps.TakeWhile(step => !step.IsRandom)];
        int length = Array.FindLastIndex(same, step => !step.IsPointwise) + 1;
        return new Preprocessing(same[..length]);
    }

    /// <summary>What is left to do when some of it has been done.</summary>
    /// <param name="applied">The first steps of this.</param>
    /// <exception cref="ArgumentException">The steps done are not the first ones of this.</exception>
    public Preprocessing After(Preprocessing applied)
    {
        ArgumentNullException.ThrowIfNull(applied);
        int done = applied.Steps.Count;
        if (done > Steps.Count || new Preprocessing([.. Steps.Take(done)]).ToJson() != applied.ToJson())
            throw new ArgumentException($"the samples were prepared by {applied}, which is not how this begins: {this}", nameof(applied));
        return new Preprocessing([.. Steps.Skip(done)]);
    }

    /// <summary>The steps as a JSON list.</summary>
    public string ToJson() => JsonSerializer.Serialize(Steps);

    /// <summary>The steps in short.</summary>
    public override string ToString() => Steps.Count == 0 ? "nothing" : string.Join(", ", Steps.Select(step => step.GetType().Name));
}
