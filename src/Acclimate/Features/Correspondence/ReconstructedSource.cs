using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Correspondence;

/// <summary>
/// DRS: source samples are reconstructed by the few labelled target samples, those of their own class above all, and so
/// become target samples that a classifier can be trained on beside the true ones. After Hsiao, "Learning Discriminatively
/// Reconstructed Source Data for Object Recognition With Few Examples", IEEE Transactions on Image Processing 2016.
/// </summary>
/// <remarks>
/// <para>Built from the paper's stated aim. With X_l the labelled target samples and Π = X_lᵀ(X_lX_lᵀ + γI)⁻¹X_l what their
/// combinations can make of a sample, Π_c the same by those of class c alone, and t_i = x_iΠ_c for the class of x_i, a linear
/// map P of the source minimises
/// ‖XP − XΠ‖² + α‖XP − T‖² + β tr((XP)ᵀL(XP)) + λ‖P‖²:
/// reconstruct each sample by the target, discriminatively, and keep the structure L of each class (its samples' neighbours).
/// In closed form P = (Xᵀ((1 + α)I + βL)X + λI)⁻¹Xᵀ(XΠ + αT). γ and λ are relative to the mean squared length of samples
/// (times their number, for λ).</para>
/// <para>The classifier is the one that is asked for, trained on the mapped source and the labelled target together. Target
/// samples are at most scaled to unit length. A class without labelled target samples has T = XΠ.</para>
/// </remarks>
[Method("drs", Family.Features, LabelSetting.FewTargetLabels,
    Title = "Discriminatively Reconstructed Source",
    Summary = "Reconstructs source samples by the few labelled target samples of their class, keeping their structure, and trains on both.",
    Formula = "min ‖XP − XΠ‖² + α‖XP − T‖² + β tr((XP)ᵀL(XP)) + λ‖P‖²,  t_i = x_iΠ_{y_i}",
    Paper = "Hsiao: Learning Discriminatively Reconstructed Source Data for Object Recognition With Few Examples, IEEE TIP 2016")]
public sealed class ReconstructedSource : FeatureMethod
{
    /// <summary>α, the weight of the reconstruction by the own class; 0 or more.</summary>
    [Option("alpha", "the weight of the reconstruction by labelled target samples of the own class, 0 or more")]
    public double Alpha { get; init; } = 10;

    /// <summary>β, the weight of the source's structure; 0 or more.</summary>
    [Option("beta", "the weight of the source's structure, 0 or more")]
    public double Beta { get; init; } = 1;

    /// <summary>γ, the ridge of the reconstruction, relative to the mean squared length of labelled target samples; above 0.</summary>
    [Option("gamma", "the ridge of the reconstruction, relative to the samples' mean squared length, above 0")]
    public double Gamma { get; init; } = 0.1;

    /// <summary>λ, the penalty on the map, relative to the source samples' mean squared length times their number over features; above 0.</summary>
    [Option("lambda", "the penalty on the map, relative to the source's mean variance, above 0")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>p, the nearest samples of its class that each is joined to, 1 or more.</summary>
    [Option("neighbours", "the nearest samples that each is joined to, 1 or more")]
    public int Neighbours { get; init; } = 5;

    /// <summary>Whether mapped samples of both domains are scaled to unit length: a reconstruction is shorter than what it is of.</summary>
    [Option("unit-rows", "whether mapped samples are scaled to unit length")]
    public bool UnitRows { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Alpha >= 0 && double.IsFinite(Alpha), $"alpha is {Alpha}; expected 0 or more");
        Require(Beta >= 0 && double.IsFinite(Beta), $"beta is {Beta}; expected 0 or more");
        Require(Gamma > 0 && double.IsFinite(Gamma), $"gamma is {Gamma}; expected a number above 0");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] known = [.. Enumerable.Range(0, data.TargetCount).Where(i => data.TargetLabels?[i] is >= 0)];
        Require(known.Length > 0, $"it needs the labels of a few target samples, and none was given");
        Tensor x = data.Source, labelled = Rows(data.Target, known);
        int[] classOf = [.. known.Select(i => data.TargetLabels![i])];

        // Each class's source samples by its own labelled target samples; by all where there are none.
        double ridge = Gamma * Math.Max(labelled.Square().Sum(1).Mean().ToDouble(), double.Epsilon);
        Tensor byAll = Reconstruct(x, labelled, ridge), own = byAll.Clone();
        Tensor smooth = x.ZerosLike();
        for (int c = 0; c < data.Classes; c++)
        {
            int[] members = [.. Enumerable.Range(0, data.SourceCount).Where(i => data.SourceLabels[i] == c)];
            if (members.Length == 0)
                continue;
            Tensor at = Tensor.From<long>([.. members.Select(static i => (long)i)]), some = x.IndexSelect(0, at);
            int[] atoms = [.. Enumerable.Range(0, known.Length).Where(j => classOf[j] == c)];
            if (atoms.Length > 0)
                Put(own, at, Reconstruct(some, Rows(labelled, atoms), ridge));
            Put(smooth, at, new GraphLaplacian(some, Neighbours, EdgeWeight.Heat, normalised: true).MatMul(some));
        }

        Tensor gram = x.T.MatMul((x * (1 + Alpha)) + (smooth * Beta));
        double penalty = Lambda * Math.Max(x.Square().Sum().ToDouble() / data.Features, double.Epsilon);
        Tensor left = ((gram + gram.T) / 2) + (Tensor.Eye(data.Features, ScalarType.Float64) * penalty);
        Tensor right = x.T.MatMul(byAll + (own * Alpha));
        Tensor p = left.Solve(right);
        context.Report(1, 1);

        Tensor mapped = x.MatMul(p);
        FeatureMap last = UnitRows ? new UnitRowsMap() : new IdentityMap();
        FittedClassifier classifier = context.Classifier.Fit(
            last.Apply(Tensor.Concatenate([mapped, labelled])), [.. data.SourceLabels, .. classOf], data.Classes);
        double missed = (mapped - own).Norm().ToDouble() / Math.Max(own.Norm().ToDouble(), double.Epsilon);
        return new FittedFeatures(new AffineMap(p).Then(last), last, new Certificate
        {
            KktResidual = (left.MatMul(p) - right).Norm().ToDouble() / Math.Max(right.Norm().ToDouble(), double.Epsilon),
            Notes = [Invariant($"{known.Length} labelled target samples; the source's reconstruction by its own classes is met but for {missed:P0} of its length")],
        }, classifier);
    }

    /// <summary>x Z ᵀ(ZZᵀ + γI)⁻¹ Z: what combinations of the atoms Z make of each sample.</summary>
    private static Tensor Reconstruct(Tensor samples, Tensor atoms, double ridge)
    {
        Tensor gram = atoms.MatMul(atoms.T) + (Tensor.Eye(atoms.Size(0), ScalarType.Float64) * ridge);
        return gram.Solve(atoms.MatMul(samples.T)).T.MatMul(atoms);
    }

    private static Tensor Rows(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));

    private static void Put(Tensor into, Tensor at, Tensor rows) => Acclimate.Torch.Native.Operator.Get("aten::index_copy_").Run(into, 0L, at, rows);
}
