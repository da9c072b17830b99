using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// A method that fits the ratio of the densities as r(x) = Σ_l α_l k(x, c_l), the centres c_l being target samples, and takes the kernel's width
/// by cross-validation: from widths around the median distance the one whose ratio says most of samples that were left out.
/// </summary>
public abstract class RatioModel : InstanceWeighting
{
    private const long DrawCentres = 9111;
    private const long DrawFolds = 9112;

    /// <summary>σ over the square root of half the median squared distance.</summary>
    private static readonly double[] Widths = [0.25, 0.5, 0.7, 1, 1.4, 2, 4];

    /// <summary>γ of the Gaussian kernel, above 0; none chooses it by cross-validation.</summary>
    [Option("gamma", "γ of the Gaussian kernel, above 0; none: by cross-validation", Search = "0.001..10 log", Source = "by cross-validation in the papers")]
    public double? Gamma { get; init; }

    /// <summary>How many target samples are centres, 1 or more; all of them where there are fewer.</summary>
    [Option("centres", "how many target samples are centres of kernels, 1 or more", Search = "20..500 log", Source = "100 in the papers")]
    public int Centres { get; init; } = 100;

    /// <summary>The folds of the cross-validation, 2 or more.</summary>
    [Option("folds", "the folds of the cross-validation, 2 or more", Search = "fixed", Source = "5 in the papers")]
    public int Folds { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected above 0, or none");
        Require(Centres >= 1, $"centres is {Centres}; expected 1 or more");
        Require(Folds >= 2, $"folds is {Folds}; expected 2 or more");
    }

    /// <summary>c_l: target samples drawn at random.</summary>
    private protected Tensor DrawnCentres(FeatureData data, FitContext context)
    {
        using Generator generator = context.Draw(DrawCentres);
        return data.Target.IndexSelect(0, Tensor.Permutation(data.TargetCount, generator).Slice(0, 0, Math.Min(Centres, data.TargetCount)));
    }

    /// <summary>The widths to choose from, from wide to narrow; the one that was given, where it was.</summary>
    private protected double[] Gammas(FeatureData data) => Gamma is { } given
        ? [given]
        : [.. Widths.Reverse().Select(width => Kernel.RbfAtMedian(data.Pooled()).Gamma / (width * width))];

    /// <summary>The fold of each sample, from 0: as many in each, by chance.</summary>
    private protected int[] FoldsOf(int count, FitContext context, long which)
    {
        using Generator generator = context.Draw(Generator.Derive(DrawFolds, which));
        using Tensor order = Tensor.Permutation(count, generator);
        int[] fold = new int[count];
        long[] at = order.ToArray<long>();
        for (int i = 0; i < count; i++)
            fold[at[i]] = i % Folds;
        return fold;
    }

    /// <summary>The rows of a matrix whose fold is, or is not, the one that is left out; none where there are none.</summary>
    private protected static Tensor? Part(Tensor rows, int[] fold, int leftOut, bool inside)
    {
        long[] at = [.. Enumerable.Range(0, fold.Length).Where(i => fold[i] == leftOut == inside).Select(static i => (long)i)];
        return at.Length == 0 ? null : rows.IndexSelect(0, Tensor.From(at));
    }

    /// <summary>k(x, c) of all samples and centres.</summary>
    private protected static Tensor Design(Tensor samples, Tensor centres, double gamma) => (PairwiseDistances.Squared(samples, centres) * -gamma).Exp();
}
