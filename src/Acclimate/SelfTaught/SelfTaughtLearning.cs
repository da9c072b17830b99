using Acclimate.Catalog;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.SelfTaught;

/// <summary>
/// Self-taught learning: bases from samples that nobody labelled, and that need not be of the target's classes; the target's few labelled
/// samples are classified by how they are made of these. Raina, Battle, Lee, Packer, Ng, "Self-taught Learning: Transfer Learning from Unlabeled
/// Data", ICML 2007.
/// </summary>
/// <remarks>
/// The source's labels, if it has any, are not looked at, and the target's other samples are not learnt from. Pictures are coded patch by patch,
/// as the paper does with photographs: of each field of a grid the largest code counts. Other samples are coded whole. β is for patches, or
/// samples, whose mean square length is 1.
/// </remarks>
[Method("self-taught", Family.Unlabelled, LabelSetting.TargetOnly,
    Title = "Self-taught learning",
    Summary = "Learns bases for sparse codes from other samples without labels, and classifies the target by its codes from a few labelled samples.",
    Formula = "min_{a,B} Σ_i ‖y_i − a_iB‖² + β‖a_i‖₁,  ‖B_j‖ ≤ 1;  then a(x) = argmin ‖x − aB‖² + β‖a‖₁ as features",
    Paper = "Raina, Battle, Lee, Packer, Ng: Self-taught Learning: Transfer Learning from Unlabeled Data, ICML 2007")]
public sealed class SelfTaughtLearning : FeatureMethod
{
    private const long DrawPatches = 1, DrawBases = 2;

    /// <summary>Patches flatter than this part of the mean square say nothing.</summary>
    private const double Flat = 1e-2;

    /// <summary>k: how many bases, 1 or more.</summary>
    [Option("bases", "how many bases are learnt, 1 or more; as many as there are patches, or samples, where these are fewer", Search = "32..128 log", Source = "ours: nearly twice as many as a 6 × 6 patch has pixels")]
    public int Bases { get; init; } = 64;

    /// <summary>β: what a code's length costs, above 0.</summary>
    [Option("beta", "what a code's length costs, for patches or samples of length 1; above 0: with more, fewer bases make a sample", Search = "0.05..0.5 log", Source = "ours: for codes of few bases, patches being of length 1")]
    public double Beta { get; init; } = 0.2;

    /// <summary>The side of a patch, 2 or more.</summary>
    [Option("patch", "the side of a picture's patches, 2 or more; as large as the picture where that is smaller", Search = "fixed", Source = "ours: for digits of 16 × 16; the paper's patches are of photographs")]
    public int Patch { get; init; } = 6;

    /// <summary>From one patch to the next, 1 or more.</summary>
    [Option("stride", "from one patch to the next, 1 or more", Search = "fixed", Source = "ours: patches overlap by two thirds")]
    public int Stride { get; init; } = 2;

    /// <summary>Fields along each side of a picture of which the largest codes count, 1 or more.</summary>
    [Option("grid", "fields along each side of a picture, of each of which the largest codes count; 1 or more", Search = "2..4", Source = "ours: nine fields, so that a code says roughly where")]
    public int Grid { get; init; } = 3;

    /// <summary>The side of square grey pictures that rows of features are; none: rows are no pictures.</summary>
    [Option("side", "the side of square grey pictures that rows of features are, 2 or more; none: rows are no pictures", Search = "fixed", Source = "none: only who has the rows knows whether they are pictures")]
    public int? Side { get; init; }

    /// <summary>The most patches, or samples, that bases are learnt from, 1 or more.</summary>
    [Option("samples", "the most patches, or samples, that bases are learnt from; 1 or more", Search = "fixed", Source = "ours: so that bases are learnt within seconds")]
    public int Samples { get; init; } = 3000;

    /// <summary>Turns of learning bases, 1 or more.</summary>
    [Option("rounds", "turns of codes and bases, 1 or more", Search = "fixed", Source = "ours: so that bases are learnt within seconds; --verbose prints the objective of each turn")]
    public int Rounds { get; init; } = 15;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Bases >= 1, $"bases is {Bases}; expected 1 or more");
        Require(Beta > 0 && double.IsFinite(Beta), $"beta is {Beta}; expected a number above 0");
        Require(Patch >= 2, $"patch is {Patch}; expected 2 or more");
        Require(Stride >= 1, $"stride is {Stride}; expected 1 or more");
        Require(Grid >= 1, $"grid is {Grid}; expected 1 or more");
        Require(Side is null or >= 2, $"side is {Side}; expected 2 or more, or none");
        Require(Samples >= 1, $"samples is {Samples}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] few = [.. Enumerable.Range(0, data.TargetCount).Where(t => data.TargetLabels?[t] is >= 0)];
        Require(few.Length > 0, $"it needs the labels of a few target samples, and none was given");
        Require(Side is not { } side || (long)side * side == data.Features, $"side is {Side}, but a sample has {data.Features} features and not {(long?)Side * Side}");
        IReadOnlyList<long>? picture = Side is { } given ? [1, given, given] : data.SampleShape.Count == 3 ? data.SampleShape : null;
        (SparseCodeMap map, Certificate certificate) = Fit(data.Source, picture, context);
        Tensor known = data.Target.IndexSelect(0, Tensor.From<long>([.. few.Select(static t => (long)t)]));
        return new FittedFeatures(map, map, certificate, context.Classifier.Fit(map.Apply(known), [.. few.Select(t => data.TargetLabels![t])], data.Classes));
    }

    /// <summary>Learns bases from samples without labels.</summary>
    /// <param name="samples">[n, d].</param>
    /// <param name="picture">Channels, height, width; none where they are no pictures.</param>
    /// <param name="context">The seed; hears of every round.</param>
    internal (SparseCodeMap Map, Certificate Certificate) Fit(Tensor samples, IReadOnlyList<long>? picture, FitContext context)
    {
        int patch = picture is null ? Patch : (int)Math.Min(Patch, Math.Min(picture[1], picture[2]));
        Tensor? centre = picture is null ? samples.Mean(0, keep: true) : null;
        using Generator draw = context.Draw(DrawPatches), first = context.Draw(DrawBases);

        // Some patches of each picture of as many as are needed, however large the source is.
        Tensor some = samples.IndexSelect(0, Tensor.Permutation(samples.Size(0), draw).Slice(0, 0, Samples));
        Tensor rows = centre is null ? SparseCodeMap.Patches(some, picture!, patch, Stride) : some - centre;
        double[] squares = rows.Square().Sum(1).ToArray<double>();
        double mean = squares.Average();
        long[] telling = [.. Enumerable.Range(0, squares.Length).Where(i => squares[i] > Flat * mean).Select(static i => (long)i)];
        Require(telling.Length > 0, $"the source's samples are all alike: there is nothing to learn bases from");
        Tensor kept = rows.IndexSelect(0, Tensor.From(telling)), chosen = kept.IndexSelect(0, Tensor.Permutation(telling.Length, draw).Slice(0, 0, Samples));
        double scale = Math.Sqrt(chosen.Square().Sum(1).Mean().ToDouble());
        chosen /= scale;
        List<double> objective = [];
        Tensor bases = SparseCoding.Learn(chosen, Bases, Beta, Rounds, first, (round, value) =>
        {
            objective.Add(value);
            context.Report(round, Rounds);
        });
        Tensor codes = SparseCoding.Codes(chosen, bases, Beta);
        double used = codes.Equals(0).Not().To(ScalarType.Float64).Mean().ToDouble();
        return (new SparseCodeMap(bases, Beta, scale, centre, picture, patch, Stride, Grid), new Certificate
        {
            KktResidual = SparseCoding.Violation(chosen, bases, Beta, codes),
            Objective = objective,
            Notes = [Invariant($"bases from {chosen.Size(0)} {(picture is null ? "samples" : "patches")} without labels, of which each is made of {used * bases.Size(0):F1} of {bases.Size(0)} on the average")],
        });
    }
}
