using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Selection;

/// <summary>Whose embedding the projection is to reach.</summary>
public enum EmbeddedGraph
{
    /// <summary>The graph that joins source samples of the same class, w = 1/n_c: discriminant analysis.</summary>
    Classes,

    /// <summary>The graph that joins each sample of either domain to its nearest others: locality preserving.</summary>
    Neighbours,
}

/// <summary>How the projection is held to the graph's embedding.</summary>
public enum EmbeddingForm
{
    /// <summary>min ‖A‖₂,₁ subject to XA = Y.</summary>
    Exact,

    /// <summary>min ‖A‖₂,₁ + μ‖XA − Y‖².</summary>
    Penalised,
}

/// <summary>
/// FSSL: a projection that reaches a graph's embedding with as few features as it can: whole rows of it are zero. Gu, Li,
/// Han, "Joint Feature Selection and Subspace Learning", IJCAI 2011.
/// </summary>
/// <remarks>
/// <para>The embedding Y minimises tr(YᵀLY) subject to YᵀY = I, Y ⊥ 1. On the graph of classes it spans the classes'
/// indicators, which are known in closed form, and has at most C − 1 columns. On the graph of neighbours it is the smoothest
/// that a projection of the samples' leading components can reach.</para>
/// <para>The exact form is solved by iterated reweighting; where no A reaches Y, the nearest Y that one does takes its place.
/// The penalised form is solved by accelerated proximal gradients. Its μ is given as a share: 1/(2μ) is
/// <see cref="Penalty"/> times the value from which on no feature is left.</para>
/// <para>Samples are centred: the embedding is, and the origin must not matter.</para>
/// </remarks>
[Method("fssl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Joint Feature Selection and Subspace Learning",
    Summary = "Projects on the embedding of a graph of the samples, with as few features as that can be done with.",
    Formula = "min ‖A‖₂,₁ + μ‖XᵀA − Y‖²  or  min ‖A‖₂,₁ subject to XᵀA = Y;  LY = DYΛ",
    Paper = "Gu, Li, Han: Joint Feature Selection and Subspace Learning, IJCAI 2011")]
public sealed class FeatureSelectionSubspace : FeatureMethod
{
    /// <summary>The share of the samples' variance whose components an embedding of the graph of neighbours is looked for among.</summary>
    private const double VarianceKept = 0.98;

    private const double RankTolerance = 1e-10;

    /// <summary>Whose embedding is to be reached.</summary>
    [Option("graph", "which samples are joined: those of one class in the source, or each with its nearest in both domains", Source = "the paper has both; the source's labels are there to be used")]
    public EmbeddedGraph Graph { get; init; } = EmbeddedGraph.Classes;

    /// <summary>How the projection is held to the embedding.</summary>
    [Option("form", "how the projection is held to the embedding: exactly, or by a penalty", Source = "the paper has both; the exact form needs an embedding that some projection reaches")]
    public EmbeddingForm Form { get; init; } = EmbeddingForm.Penalised;

    /// <summary>The penalty on the projection's rows, relative to that which leaves none; above 0 and below 1.</summary>
    [Option("penalty", "the penalty on features in the penalised form, relative to that which leaves none; above 0, below 1", Search = "0.01..0.5 log", When = "form=penalised", Source = "ours: a tenth of what leaves no feature")]
    public double Penalty { get; init; } = 0.1;

    /// <summary>k, the most dimensions of the projection, 1 or more; the graph of classes has one fewer than classes.</summary>
    [Option("dimensions", "the most dimensions of the projection, 1 or more", Search = "10..200 log", Source = "20 in VDA's table")]
    public int Dimensions { get; init; } = 20;

    /// <summary>p, the nearest samples that each is joined to in the graph of neighbours, 1 or more.</summary>
    [Option("neighbours", "the nearest samples that each is joined to, 1 or more", Search = "2..20 log", When = "graph=neighbours", Source = "5 in the paper")]
    public int Neighbours { get; init; } = 5;

    /// <summary>The most rounds of the exact form, 1 or more.</summary>
    [Option("rounds", "the most rounds of reweighting in the exact form, 1 or more", Search = "fixed", Source = "ours: a bound of the reweighting")]
    public int Rounds { get; init; } = 50;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Penalty is > 0 and < 1, $"penalty is {Penalty}; expected a number above 0 and below 1");
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor samples = Graph == EmbeddedGraph.Classes ? data.Source : data.Pooled();
        Tensor mean = samples.Mean(0, keep: true), x = samples - mean;
        Tensor? y = Graph == EmbeddedGraph.Classes ? OfClasses(data) : OfNeighbours(x);
        if (y is null)
            return new FittedFeatures(new IdentityMap(), new Certificate { Notes = ["all source samples have one class, or are the same: there is no embedding to reach, and the features are left as they are"] });

        (Tensor a, Certificate certificate) = Form == EmbeddingForm.Exact ? Exactly(x, y) : Penalised(x, y);
        context.Report(1, 1);
        double longest = a.Norm(1).Max().ToDouble();
        int selected = a.Norm(1).ToArray<double>().Count(length => length > 1e-6 * longest);
        string note = Invariant($"{selected} of {data.Features} features are used");
        return new FittedFeatures(AffineMap.Centred(mean, a), certificate with { Notes = [.. certificate.Notes, note] });
    }

    private (Tensor A, Certificate Certificate) Penalised(Tensor x, Tensor y)
    {
        Tensor b = x.T.MatMul(y);
        double rho = Penalty * RowSparseRegression.Largest(b);
        (Tensor a, IReadOnlyList<double> objective, double violation) = RowSparseRegression.Penalised(x.T.MatMul(x), b, rho);
        return (a, new Certificate { KktResidual = violation, Objective = objective });
    }

    private (Tensor A, Certificate Certificate) Exactly(Tensor x, Tensor y)
    {
        // X = UΣVᵀ: XA = UUᵀY, the nearest to Y that is reached, is VᵀA = Σ⁻¹UᵀY.
        (Tensor u, Tensor sigma, Tensor vt) = Thin(x, sigma => sigma.Count(s => s > RankTolerance * sigma[0]));
        Tensor b = u.T.MatMul(y) / sigma.Unsqueeze(1);
        (Tensor a, IReadOnlyList<double> objective) = RowSparseRegression.Constrained(vt, b, Rounds);
        double missed = (y - u.MatMul(u.T.MatMul(y))).Norm().ToDouble() / y.Norm().ToDouble();
        return (a, new Certificate
        {
            ConstraintError = (vt.MatMul(a) - b).Norm().ToDouble() / b.Norm().ToDouble(),
            Objective = objective,
            Notes = [Invariant($"the embedding is reached but for {missed:P1} of its length"), .. vt.Size(0) == vt.Size(1) ? ["there are as many independent samples as features: only one projection reaches it, and none is left out"] : Array.Empty<string>()],
        });
    }

    /// <summary>The classes' indicators of unit length, less their common part: [n_s, classes − 1], orthonormal, orthogonal to 1.</summary>
    private Tensor? OfClasses(FeatureData data)
    {
        int[] counts = MmdFactors.CountPerClass(data.SourceLabels, data.Classes);
        int[] present = [.. Enumerable.Range(0, data.Classes).Where(c => counts[c] > 0)];
        if (present.Length < 2)
            return null;
        double[] q = new double[data.SourceCount * present.Length];
        for (int i = 0; i < data.SourceCount; i++)
            q[(i * present.Length) + Array.IndexOf(present, data.SourceLabels[i])] = 1 / Math.Sqrt(counts[data.SourceLabels[i]]);
        Tensor common = Tensor.From([.. present.Select(c => Math.Sqrt(counts[c] / (double)data.SourceCount))], present.Length, 1);
        (_, Tensor basis) = (Tensor.Eye(present.Length, ScalarType.Float64) - common.MatMul(common.T)).SymmetricEigen();
        int k = Math.Min(Dimensions, present.Length - 1);
        return Tensor.From(q, data.SourceCount, present.Length).MatMul(basis.Slice(1, present.Length - k, present.Length));
    }

    /// <summary>The smoothest Y = UQ over the graph of neighbours: Q the least eigenvectors of UᵀLU.</summary>
    private Tensor? OfNeighbours(Tensor x)
    {
        if (x.Norm().ToDouble() == 0)
            return null;
        (Tensor u, _, _) = Thin(x, static sigma =>
        {
            double all = sigma.Sum(static s => s * s), sum = 0;
            return 1 + sigma.TakeWhile(s => (sum += s * s) < VarianceKept * all).Count();
        });
        GraphLaplacian graph = new(x, Neighbours, EdgeWeight.Binary, normalised: false);
        (_, Tensor q) = graph.Between(u).SymmetricEigen();
        return u.MatMul(q.Slice(1, 0, Math.Min(Dimensions, q.Size(1))));
    }

    private static (Tensor U, Tensor Sigma, Tensor Vt) Thin(Tensor x, Func<double[], int> rankOf)
    {
        (Tensor u, Tensor sigma, Tensor vt) = x.Svd();
        int rank = Math.Clamp(rankOf(sigma.ToArray<double>()), 1, (int)sigma.Size(0));
        return (u.Slice(1, 0, rank), sigma.Slice(0, 0, rank), vt.Slice(0, 0, rank));
    }
}
