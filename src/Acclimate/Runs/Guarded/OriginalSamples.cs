using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// A shallow run's samples as the source's own model sees them: nothing that was measured on the target, such as its means and
/// deviations, is in them. Where the run standardises each domain by itself, features stay as they are, or are standardised by the source where
/// cross-validation on the source says that they need it: features of several units do, and counts, words and pixels are the worse for it on another domain.
/// </summary>
/// <param name="Recipe">The steps.</param>
/// <param name="Preprocessing">What is done to samples of either domain.</param>
/// <param name="Source">[n_s, d], float64; owned here.</param>
/// <param name="Target">[n_t, d].</param>
internal sealed record OriginalSamples(string Recipe, Preprocessing Preprocessing, Tensor Source, Tensor Target) : IDisposable
{
    private const string PerDomain = "zscore", BySource = "zscore-source";

    /// <summary>By how much cross-validation must be better to standardise by the source, as a share of the samples.</summary>
    private const double Needed = 0.05;

    /// <summary>Reads them.</summary>
    /// <param name="data">The run's domains.</param>
    /// <param name="recipe">The steps that the run's method was given.</param>
    /// <param name="context">Seed and cancellation.</param>
    public static OriginalSamples Of(RunData data, string recipe, FitContext context)
    {
        string[] steps = [.. PreprocessingRecipe.Parse(recipe).Steps];
        Preprocessing before = new([.. data.SourcePreprocessing.Steps.SkipLast(steps.Length)]);
        OriginalSamples plain = Read([.. steps.Where(static step => step != PerDomain)]);
        if (!steps.Contains(PerDomain))
            return plain;
        OriginalSamples standardised = Read([.. steps.Select(static step => step == PerDomain ? BySource : step)]);
        bool better = Accuracy(standardised) > Accuracy(plain) + Needed;
        (better ? plain : standardised).Dispose();
        return better ? standardised : plain;

        OriginalSamples Read(string[] names)
        {
            PreprocessingRecipe parsed = PreprocessingRecipe.Parse(string.Join(',', names));
            using TensorScope scope = TensorScope.Begin();
            Preprocessing both = parsed.Fit(data.Source, data.Target, before).Source;
            return new OriginalSamples(parsed.ToString(), both, FeatureData.Rows(data.Source, both).LeaveScopes(), FeatureData.Rows(data.Target, both).LeaveScopes());
        }

        double Accuracy(OriginalSamples samples)
        {
            using TensorScope scope = TensorScope.Begin();
            using PoolSamples some = PoolSamples.Of(samples.Source, data.Source.Labels!.Indices, data.Classes.Count, samples.Target, context);
            using SourceChoice choice = SourceChoice.Of(some.Pair.Source * PairSpaces.ScaleOf(some.Pair.Source), [.. some.Pair.SourceLabels], data.Classes.Count, context);
            return choice.Accuracy;
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Target.Dispose();
    }
}
