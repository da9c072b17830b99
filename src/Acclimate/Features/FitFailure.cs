using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Features;

/// <summary>What to say where a fit came to values that are no finite numbers, though all samples are.</summary>
internal static class FitFailure
{
    /// <summary>In words, with what may be the reason: features that don't vary.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="source">The source's samples as the method was given them: [n_s, d].</param>
    /// <param name="target">The target's.</param>
    /// <param name="cause">What was thrown.</param>
    public static TrainingException Of(string method, Tensor source, Tensor target, Exception cause)
    {
        using TensorScope scope = TensorScope.Begin();
        long features = source.Size(1), constant = Constant(source);
        if (target.Size(1) == features)
            constant = Constant(Tensor.Concatenate([source.To(ScalarType.Float64), target.To(ScalarType.Float64)]));
        if (constant == features)
            return new TrainingException($"{method} has nothing to learn from: none of the {features} features varies, as the samples reach it after preprocessing", cause);
        string reason = constant == 0 ? string.Empty : $"; {constant} of {features} features do not vary: leave them out with ?ignore=COLUMN, or take other samples";
        return new TrainingException($"{method} came to values that are no finite numbers{reason}. Try other steps (--preprocess), other options, or another method", cause);
    }

    private static long Constant(Tensor samples) =>
        samples.Size(1) - (long)samples.Max(0, keep: true).GreaterThan(samples.Min(0, keep: true)).To(ScalarType.Float64).Sum().ToDouble();
}
