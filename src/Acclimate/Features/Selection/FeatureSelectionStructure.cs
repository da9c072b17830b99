using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Selection;

/// <summary>
/// FSSP: features that both domains share are selected, and the samples' structure is kept, in one projection. Li, Zhao, Lu,
/// "Joint Feature Selection and Structure Preservation for Domain Adaptation", IJCAI 2016.
/// </summary>
/// <remarks>
/// <para>Built from the paper's stated objective: row sparsity ‖P‖₂,₁ selects features, the domains' means are brought
/// together (M₀), samples that are near each other within or across the domains stay so (L, the graph of nearest neighbours of
/// all samples), and so do source samples of one class (L_w, their scatter). M₀, L and L_w have trace 1 here, so that one γ
/// suits any number of samples.</para>
/// <para>Iterated reweighting (Nie, Huang, Cai, Ding, NIPS 2010): with G = diag(1/(2‖pⁱ‖)) each round is an eigenproblem
/// A + λG against B = XᵀHX/n, solved for D^½-scaled rows so that rows at zero do no harm; the objective never rises.</para>
/// </remarks>
[Method("fssp", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Joint Feature Selection and Structure Preservation",
    Summary = "Selects the features that both domains share, in a projection that keeps who is near whom.",
    Formula = "min tr(PᵀX(M₀ + γ(L + L_w))XᵀP) + λ‖P‖₂,₁  subject to  PᵀXHXᵀP = I",
    Paper = "Li, Zhao, Lu: Joint Feature Selection and Structure Preservation for Domain Adaptation, IJCAI 2016")]
public sealed class FeatureSelectionStructure : FeatureMethod
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "ours: as many as TCA and its successors take")]
    public int Dimensions { get; init; } = 30;

    /// <summary>γ, the weight of structure; 0 or more.</summary>
    [Option("gamma", "the weight of the structure to be kept, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the means, all of trace 1")]
    public double Gamma { get; init; } = 1;

    /// <summary>λ, the penalty on features, relative to their mean deviation, so that their unit does not matter; above 0.</summary>
    [Option("lambda", "the penalty on features, relative to their mean deviation, above 0", Search = "0.01..1 log", Source = "ours: relative to the features' mean deviation, so that a tenth means the same for any")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>p, the nearest samples that each is joined to, 1 or more.</summary>
    [Option("neighbours", "the nearest samples that each is joined to, 1 or more", Search = "2..20 log", Source = "5, as in FSSL's paper")]
    public int Neighbours { get; init; } = 5;

    /// <summary>The most rounds, 1 or more.</summary>
    [Option("rounds", "the most rounds of reweighting, 1 or more", Search = "fixed", Source = "10, as in JDA")]
    public int Rounds { get; init; } = 10;

    /// <summary>Whether embedded samples are scaled to unit length.</summary>
    [Option("unit-rows", "whether embedded samples are scaled to unit length", Source = "so in the released code of JDA and its successors")]
    public bool UnitRows { get; init; } = true;

    /// <summary>How long the projection's columns are.</summary>
    [Option("scale", "how long the projection's columns are", Source = "unit-length, as in the released code of JDA and its successors")]
    public ColumnScale Scale { get; init; } = ColumnScale.UnitLength;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Gamma >= 0 && double.IsFinite(Gamma), $"gamma is {Gamma}; expected 0 or more");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor x = data.Pooled(), centred = x - x.Mean(0, keep: true);
        Tensor b = centred.T.MatMul(centred) / x.Size(0);
        Tensor a = Quadratic(data, x);
        double lambda = Lambda * Math.Sqrt(Math.Max(b.Diagonal().Mean().ToDouble(), double.Epsilon));
        int k = Dimensions;

        // With P = DQ, D² = diag(‖pⁱ‖) of the round before: λ tr(PᵀGP) = (λ/2)‖Q‖².
        // It starts at rows of equal length, in the features' own unit.
        Tensor d = Tensor.Full([1, x.Size(1)], Math.Pow(lambda / Lambda, -0.5), ScalarType.Float64), p = d;
        List<double> objective = [];
        Certificate certificate = new();
        for (int round = 1; round <= Rounds; round++)
        {
            Tensor left = (a * d * d.T) + (Tensor.Eye(x.Size(1), ScalarType.Float64) * (lambda / 2));
            (Tensor q, certificate) = Solve(left, b * d * d.T, k);
            p = q * d.T;
            k = (int)p.Size(1);
            objective.Add((p * a.MatMul(p)).Sum().ToDouble() + (lambda * RowSparseRegression.Norm(p)));
            d = p.Norm(1).Sqrt().Unsqueeze(0);
            context.Report(round, Rounds);
            if (round > 1 && objective[^2] - objective[^1] <= 1e-5 * Math.Abs(objective[^1]))
                break;
        }

        double longest = p.Norm(1).Max().ToDouble();
        int selected = p.Norm(1).ToArray<double>().Count(length => length > 1e-3 * longest);
        FeatureMap map = new AffineMap(Scale.Apply(p));
        return new FittedFeatures(UnitRows ? map.Then(new UnitRowsMap()) : map, certificate with
        {
            Objective = objective,
            Notes = [Invariant($"{selected} of {data.Features} features have more than a thousandth of the largest weight")],
        });
    }

    /// <summary>Xᵀ(M₀ + γ(L + L_w))X, each matrix with trace 1.</summary>
    private Tensor Quadratic(FeatureData data, Tensor x)
    {
        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount);
        Tensor f = x.T.MatMul(e);
        Tensor quadratic = f.MatMul(f.T) / e.Square().Sum().ToDouble();
        if (Gamma == 0)
            return quadratic;

        // A normalised Laplacian has a 1 on the diagonal for each sample with a neighbour; L_w is a projector of rank n_s less the classes.
        GraphLaplacian graph = new(x, Neighbours, EdgeWeight.Heat, normalised: true);
        int[] counts = MmdFactors.CountPerClass(data.SourceLabels, data.Classes);
        Tensor classes = Tensor.From<long>([.. data.SourceLabels.Select(static l => (long)l)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor means = classes.T.MatMul(data.Source) / Tensor.From([.. counts.Select(static c => Math.Max(1.0, c))], data.Classes, 1);
        Tensor within = data.Source - classes.MatMul(means);
        double freedom = Math.Max(1, data.SourceCount - counts.Count(static c => c > 0));
        return quadratic + (((graph.Between(x) / x.Size(0)) + (within.T.MatMul(within) / freedom)) * Gamma);
    }

    /// <summary>The k smallest v of Av = φBv with VᵀBV = I, A positive definite, B perhaps singular.</summary>
    private static (Tensor V, Certificate Certificate) Solve(Tensor a, Tensor b, int k)
    {
        // A = CCᵀ; B's share of A, C⁻¹BC⁻ᵀ, has the largest eigenvalues 1/φ for the smallest φ.
        Tensor c = a.Cholesky();
        Tensor inner = c.Solve(c.Solve(b).T);
        (Tensor values, Tensor vectors) = ((inner + inner.T) / 2).SymmetricEigen();
        double[] all = values.ToArray<double>();
        int d = all.Length, rank = Math.Max(1, all.Count(value => value > 1e-12 * all[^1]));
        k = Math.Min(k, rank);
        Tensor shares = values.Slice(0, d - k, d).Flip(0).Clamp(low: double.Epsilon);
        Tensor v = c.T.Solve(vectors.Slice(1, d - k, d).Flip(1)) / shares.Sqrt();
        Tensor av = a.MatMul(v), bv = b.MatMul(v);
        Tensor residual = (bv - (av * shares)).Norm(0) / (v.Norm(0) * ((shares * a.Norm().ToDouble()) + b.Norm().ToDouble()));
        Tensor constraint = v.T.MatMul(bv) - Tensor.Eye(k, ScalarType.Float64);
        return (v, new Certificate { EigenResidual = residual.Max().ToDouble(), ConstraintError = constraint.Abs().Max().ToDouble() });
    }
}
