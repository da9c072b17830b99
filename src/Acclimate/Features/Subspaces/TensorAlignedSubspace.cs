using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// TAISL: samples stay tensors; the source is turned, mode by mode, so that one Tucker subspace holds both domains best.
/// Lu, Zhang, Cao, Wei, Xian, Shen, van den Hengel, "When Unsupervised Domain Adaptation Meets Tensor Representations",
/// ICCV 2017, equation 6.
/// </summary>
/// <remarks>
/// <para>The M^(k) are square and orthogonal, as in the released code, so that the paper's second term, which keeps the
/// source's information, is always 0, and each M^(k), the others held, is an orthogonal Procrustes problem with a closed
/// solution. It alternates with higher-order orthogonal iteration for the U^(k); neither ever raises the objective.</para>
/// <para>Samples are only ever multiplied mode by mode: nothing is as large as their length squared.</para>
/// </remarks>
[Method("taisl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Tensor-Aligned Invariant Subspace Learning",
    Summary = "Keeps samples as tensors and turns the source, mode by mode, so that one Tucker subspace holds both domains.",
    Formula = "min ‖⟦Xₛ; M⟧ − ⟦Gₛ; U⟧‖² + ‖Xₜ − ⟦Gₜ; U⟧‖²  subject to  U⁽ᵏ⁾ᵀU⁽ᵏ⁾ = I,  M⁽ᵏ⁾ᵀM⁽ᵏ⁾ = I",
    Paper = "Lu, Zhang, Cao, Wei, Xian, Shen, van den Hengel: When Unsupervised Domain Adaptation Meets Tensor Representations, ICCV 2017")]
public sealed class TensorAlignedSubspace : FeatureMethod
{
    /// <summary>How much an M stays near the one before, relative to what it is fitted to: it settles what the data leave open.</summary>
    private const double Inertia = 1e-6;

    /// <summary>A decrease that is smaller, relative to the objective, ends the rounds.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>The shape of a sample; none takes the one that it was read with.</summary>
    [Option("shape", "the shape of a sample, such as 16,16; none takes the one that it was read with", Search = "fixed", Source = "as the samples are read")]
    public IReadOnlyList<int> Shape { get; init; } = [];

    /// <summary>The dimensions of each mode's subspace, one number for each or one for all; none takes 30, or a half of a mode shorter than 60.</summary>
    [Option("ranks", "the dimensions of each mode's subspace, one number for each mode or one for all; none takes 30, or a half of a mode shorter than 60", Search = "none|5|10|20|40", Source = "ours: half of a short mode, 30 of a long one")]
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>How often alignment and subspace alternate, 1 or more.</summary>
    [Option("rounds", "how often alignment and subspace alternate, 1 or more", Search = "fixed", Source = "5 in the paper's code")]
    public int Rounds { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Shape.All(static size => size >= 1), $"shape is {string.Join(',', Shape)}; expected sizes of 1 or more");
        Require(Ranks.All(static rank => rank >= 1), $"ranks is {string.Join(',', Ranks)}; expected numbers of 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        long[] shape = Shape.Count > 0 ? [.. Shape.Select(static size => (long)size)] : [.. data.SampleShape];
        Require(shape.Aggregate(1L, static (all, size) => all * size) == data.Features, $"shape is {string.Join(',', shape)}, but samples have {data.Features} features");
        Require(Ranks.Count <= 1 || Ranks.Count == shape.Length, $"ranks is {string.Join(',', Ranks)}; expected one number, or {shape.Length}, one for each mode");
        long[] ranks = [.. shape.Select((size, mode) => Ranks.Count == 0 ? Math.Min(30, (size + 1) / 2) : Math.Min(size, Ranks[Ranks.Count == 1 ? 0 : mode]))];

        Tensor source = data.Source.Reshape([data.SourceCount, .. shape]), target = data.Target.Reshape([data.TargetCount, .. shape]);
        double total = source.Square().Sum().ToDouble() + target.Square().Sum().ToDouble();
        Tensor[] m = [.. shape.Select(static size => Tensor.Eye(size, ScalarType.Float64))];
        Tensor[] u = TuckerSubspace.Of(Tensor.Concatenate([source, target]), ranks);
        List<double> left = [];
        for (int round = 1; round <= Rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();

            // Mode k, the others held: Q = Xₛ ×_{j≠k} M^(j), unfolded; min ‖QM − Y‖² is the orthogonal factor of QᵀY.
            Tensor y = TuckerSubspace.Project(MultilinearMap.Multiply(source, m), u);
            for (int k = 0; k < m.Length; k++)
            {
                Tensor q = MultilinearMap.Multiply(source, [.. m.Select((factor, mode) => mode == k ? null : factor)]);
                Tensor qy = TuckerSubspace.Unfold(q, k).T.MatMul(TuckerSubspace.Unfold(y, k));
                (Tensor a, _, Tensor bt) = (qy + (m[k] * (Inertia * qy.Norm().ToDouble()))).Svd();
                m[k] = scope.Keep(a.MatMul(bt));
            }

            Tensor both = Tensor.Concatenate([MultilinearMap.Multiply(source, m), target]);
            u = TuckerSubspace.Of(both, ranks, u);
            left.Add((both - TuckerSubspace.Project(both, u)).Square().Sum().ToDouble() / total);
            foreach (Tensor tensor in (Tensor[])[.. m, .. u])
                scope.Keep(tensor);
            context.Report(round, Rounds);
            if (round > 1 && left[^2] - left[^1] <= Tolerance * left[^2])
                break;
        }

        Certificate certificate = new() { Objective = left, ConstraintError = m.Concat(u).Max(Grassmann.ConstraintError) };
        return new FittedFeatures(Map([.. m.Zip(u, static (turn, basis) => turn.MatMul(basis))]), Map(u), certificate);
    }

    private static FeatureMap Map(Tensor[] factors) => factors.Length == 1 ? new AffineMap(factors[0]) : new MultilinearMap(factors);
}
