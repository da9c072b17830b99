using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using Acclimate.Torch.Native;
using static System.FormattableString;

namespace Acclimate.Features.Correspondence;

/// <summary>
/// DRS: source samples are reconstructed by the few labelled target samples, those of their own class above all, and so
/// become target samples that a classifier can be trained on beside the true ones. After Hsiao, "Learning Discriminatively
/// Reconstructed Source Data for Object Recognition With Few Examples", IEEE Transactions on Image Processing 2016.
/// </summary>
/// <remarks>
/// <para>Built from the paper's stated aim. With X_l the labelled target samples, Π = X_lᵀ(X_lX_lᵀ + γI)⁻¹X_l is what their
/// combinations make of a sample, Π_c what those of class c alone do, and t_i = x_iΠ_c for the class of x_i. A linear map P of
/// the source minimises
/// ‖XP − XΠ‖² + α‖XP − T‖² + β tr((XP − X)ᵀL(XP − X)) + λ‖P‖²:
/// each sample is reconstructed by the target, discriminatively, and differences between neighbours of one class (L) are kept
/// as they were. In closed form P = (Xᵀ((1 + α)I + βL)X + λI)⁻¹Xᵀ(XΠ + αT + βLX). γ is relative to the mean squared length of
/// labelled target samples, λ to the source's mean squared feature.</para>
/// <para>A source sample that another class's target samples reconstruct better than its own class's would mislead: it helps
/// find P, but no classifier is trained on it. The classifier is the one that is asked for, trained on the mapped source and the
/// labelled target together. Where a class has no labelled target sample, T = XΠ.</para>
/// </remarks>
[Method("drs", Family.Features, LabelSetting.FewTargetLabels,
    Title = "Discriminatively Reconstructed Source",
    Summary = "Reconstructs source samples by the few labelled target samples of their class, keeping their structure, and trains on both.",
    Formula = "min ‖XP − XΠ‖² + α‖XP − T‖² + β tr((XP − X)ᵀL(XP − X)) + λ‖P‖²,  t_i = x_iΠ_{y_i}",
    Paper = "Hsiao: Learning Discriminatively Reconstructed Source Data for Object Recognition With Few Examples, IEEE TIP 2016")]
public sealed class ReconstructedSource : FeatureMethod
{
    /// <summary>α, the weight of the reconstruction by the own class; 0 or more.</summary>
    [Option("alpha", "the weight of the reconstruction by labelled target samples of the own class, 0 or more", Search = "0.3..30 log", Source = "ours: the own class counts more than the rest; the paper's objective is built from its words, and has no numbers to take over")]
    public double Alpha { get; init; } = 3;

    /// <summary>β, the weight of the source's structure; 0 or more.</summary>
    [Option("beta", "the weight of the source's structure, 0 or more", Search = "0.01..1 log", Source = "ours: likewise; structure beside the reconstruction")]
    public double Beta { get; init; } = 0.1;

    /// <summary>γ, the ridge of the reconstruction, relative to the mean squared length of labelled target samples; above 0.</summary>
    [Option("gamma", "the ridge of the reconstruction, relative to the samples' mean squared length, above 0", Search = "0.01..1 log", Source = "ours: likewise; relative, so that scale does not matter")]
    public double Gamma { get; init; } = 0.1;

    /// <summary>λ, the penalty on the map, relative to the source samples' mean squared length times their number over features; above 0.</summary>
    [Option("lambda", "the penalty on the map, relative to the source's mean variance, above 0", Search = "0.01..1 log", Source = "ours: likewise")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>p, the nearest samples of its class that each is joined to, 1 or more.</summary>
    [Option("neighbours", "the nearest samples that each is joined to, 1 or more", Search = "2..20 log", Source = "ours: likewise; a few of the same class")]
    public int Neighbours { get; init; } = 5;

    /// <summary>Whether only source samples are trained on that their own class's labelled target samples reconstruct best.</summary>
    [Option("select", "whether only source samples are trained on that their own class reconstructs best", Source = "ours: likewise; what another class reconstructs better would mislead")]
    public bool Select { get; init; } = true;

    /// <summary>Whether mapped samples of both domains are scaled to unit length: a reconstruction is shorter than what it is of.</summary>
    [Option("unit-rows", "whether mapped samples are scaled to unit length", Source = "ours: as in JDA's released code")]
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

        // By all labelled target samples, and by those of each class; where a class has none, its source samples by all.
        double ridge = Gamma * Math.Max(labelled.Square().Sum(1).Mean().ToDouble(), double.Epsilon);
        Tensor byAll = Reconstruct(x, labelled, ridge), own = byAll.Clone(), smooth = x.ZerosLike();
        double[] least = new double[data.SourceCount], byOwn = new double[data.SourceCount];
        Array.Fill(least, double.PositiveInfinity);
        for (int c = 0; c < data.Classes; c++)
        {
            int[] members = [.. Enumerable.Range(0, data.SourceCount).Where(i => data.SourceLabels[i] == c)];
            int[] atoms = [.. Enumerable.Range(0, known.Length).Where(j => classOf[j] == c)];
            if (members.Length > 0)
                Put(smooth, members, new GraphLaplacian(Rows(x, members), Neighbours, EdgeWeight.Heat, normalised: true).MatMul(Rows(x, members)));
            if (atoms.Length == 0)
                continue;
            Tensor byClass = Reconstruct(x, Rows(labelled, atoms), ridge);
            double[] residual = (x - byClass).Norm(1).ToArray<double>();
            for (int i = 0; i < least.Length; i++)
                least[i] = Math.Min(least[i], residual[i]);
            foreach (int i in members)
                byOwn[i] = residual[i];
            if (members.Length > 0)
                Put(own, members, Rows(byClass, members));
        }

        Tensor gram = x.T.MatMul((x * (1 + Alpha)) + (smooth * Beta));
        double penalty = Lambda * Math.Max(x.Square().Sum().ToDouble() / data.Features, double.Epsilon);
        Tensor left = ((gram + gram.T) / 2) + (Tensor.Eye(data.Features, ScalarType.Float64) * penalty);
        Tensor right = x.T.MatMul(byAll + (own * Alpha) + (smooth * Beta));
        Tensor p = left.Solve(right);
        context.Report(1, 1);

        FeatureMap last = UnitRows ? new UnitRowsMap() : new IdentityMap();
        int[] kept = [.. Enumerable.Range(0, data.SourceCount).Where(i => !Select || byOwn[i] <= least[i])];
        Tensor samples = Tensor.Concatenate([Rows(x, kept).MatMul(p), labelled]);
        FittedClassifier classifier = context.Classifier.Fit(last.Apply(samples), [.. kept.Select(i => data.SourceLabels[i]), .. classOf], data.Classes);
        return new FittedFeatures(UnitRows ? new AffineMap(p).Then(last) : new AffineMap(p), last, new Certificate
        {
            KktResidual = (left.MatMul(p) - right).Norm().ToDouble() / Math.Max(right.Norm().ToDouble(), double.Epsilon),
            Notes = [Invariant($"{known.Length} labelled target samples; {kept.Length} of {data.SourceCount} source samples are trained on: their own class reconstructs them best")],
        }, classifier);
    }

    /// <summary>x Z ᵀ(ZZᵀ + γI)⁻¹ Z: what combinations of the atoms Z make of each sample.</summary>
    private static Tensor Reconstruct(Tensor samples, Tensor atoms, double ridge)
    {
        Tensor gram = atoms.MatMul(atoms.T) + (Tensor.Eye(atoms.Size(0), ScalarType.Float64) * ridge);
        return gram.Solve(atoms.MatMul(samples.T)).T.MatMul(atoms);
    }

    private static Tensor Rows(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));

    private static void Put(Tensor into, int[] at, Tensor rows) =>
        Operator.Get("aten::index_copy_").Run(into, 0L, Tensor.From<long>([.. at.Select(static i => (long)i)]), rows);
}
