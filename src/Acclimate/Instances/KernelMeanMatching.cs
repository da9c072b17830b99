using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// KMM: the weights by which the source's mean in the kernel's space comes nearest the target's, by a quadratic programme. Huang, Smola, Gretton, Borgwardt,
/// Schölkopf, "Correcting Sample Selection Bias by Unlabeled Data", NIPS 2006, equation 12:
/// min ½βᵀKβ − κᵀβ with κ_i = (n_s/n_t) Σ_j k(x_i, x_j^t), 0 ≤ β ≤ B and |Σβ − n_s| ≤ n_s ε.
/// </summary>
/// <remarks>
/// Solved exactly, the paper's programme puts the weight on few samples: many β meet the target's mean nearly as well, and none is the smoother for it. So ‖β − 1‖²/2 is added, λ times;
/// a tenth hardly moves the mean that is met, and the weights then follow the densities' ratio. λ = 0 is the paper's.
/// The programme is solved exactly, all samples at once, up to <see cref="Exact"/> source samples. Beyond, K = ZZᵀ with Nyström's features of
/// <see cref="Landmarks"/> landmarks stands in for the kernel, here and in κ; the programme itself is again solved exactly, and the certificate
/// says how far the kernel is off. The weights are β as they are: their sum is what the programme makes it.
/// </remarks>
[Method("kmm", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Kernel Mean Matching",
    Summary = "Weighs source samples so that their mean in a kernel's space meets the target's; an exact quadratic programme.",
    Formula = "min ½βᵀKβ − κᵀβ + (λ/2)‖β − 1‖²  subject to  0 ≤ β ≤ B, |Σβ − n_s| ≤ n_s ε",
    Paper = "Huang, Smola, Gretton, Borgwardt, Schölkopf: Correcting Sample Selection Bias by Unlabeled Data, NIPS 2006")]
public sealed class KernelMeanMatching : InstanceWeighting
{
    /// <summary>The most source samples whose kernel matrix is taken whole.</summary>
    internal const int Exact = 4000;

    /// <summary>Landmarks of Nyström's method beyond that.</summary>
    internal const int Landmarks = 300;

    private const long DrawLandmarks = 9101;
    private const long Rows = 4096;
    private const int Probed = 500;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "γ of the Gaussian kernel, above 0; none: one over the median squared distance", Search = "0.001..10 log", Source = "ours: the median, as elsewhere here")]
    public double? Gamma { get; init; }

    /// <summary>B, the most that a sample can count; above 0.</summary>
    [Option("B", "the most that a sample can count, above 0", Search = "1..1000 log", Source = "1000 in the paper")]
    public double B { get; init; } = 1000;

    /// <summary>ε, how far the weights' mean may be from 1; 0 or more. None takes (√n_s − 1)/√n_s.</summary>
    [Option("epsilon", "how far the weights' mean may be from 1, 0 or more; none: (√n − 1)/√n for n source samples", Search = "0.01..1 log", Source = "the paper")]
    public double? Epsilon { get; init; }

    /// <summary>λ of λ‖β − 1‖²/2, which is added; 0 or more, and 0 in the paper.</summary>
    [Option("ridge", "the weight of ‖β − 1‖²/2, which keeps weights from following single samples; 0 or more, and 0 in the paper", Search = "0..1", Source = "ours: 0 in the paper; a tenth hardly moves the mean that is met, and the weights follow the densities' ratio (docs/instances.md)")]
    public double Ridge { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected above 0, or none");
        Require(B > 0, $"B is {B}; expected above 0");
        Require(Epsilon is null or >= 0, $"epsilon is {Epsilon}; expected 0 or more, or none");
        Require(Ridge >= 0, $"ridge is {Ridge}; expected 0 or more");
        Require(B >= 1 || Epsilon is not { } epsilon || epsilon >= 1 - B, $"B is {B} and epsilon {Epsilon}; weights of at most B can't have a mean of 1 − epsilon");
    }

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Kernel kernel = Gamma is { } given ? Kernel.Rbf(given) : Kernel.RbfAtMedian(data.Source);
        long n = data.SourceCount;
        (IQuadratic q, Tensor kappa, Certificate notes) = n <= Exact ? Whole(kernel, data) : Approximate(kernel, data, context);

        // With B below 1 the mean can be B at the most.
        double epsilon = Math.Max(Epsilon ?? ((Math.Sqrt(n) - 1) / Math.Sqrt(n)), 1 - B);
        Tensor ones = Tensor.Ones([n], ScalarType.Float64);
        BoxedQuadratic.Solution solved = BoxedQuadratic.Minimise(
            Ridge > 0 ? new RidgedQuadratic(q, Ridge) : q, -(kappa + Ridge), ones * B, ones, n * (1 - epsilon), n * (1 + epsilon), context.Cancellation);
        return new InstanceWeights(solved.X.ToArray<double>(), notes.And(new Certificate { KktResidual = solved.KktResidual }));
    }

    private static (IQuadratic Q, Tensor Kappa, Certificate Notes) Whole(Kernel kernel, FeatureData data)
    {
        Tensor kappa = Tensor.Zeros([data.SourceCount], ScalarType.Float64);
        for (long start = 0; start < data.TargetCount; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            kappa.AddInPlace(kernel.Evaluate(data.Source, data.Target.Slice(0, start, Math.Min(start + Rows, data.TargetCount))).Sum(1));
        }

        return (new DenseQuadratic(kernel.Evaluate(data.Source, data.Source)), kappa * ((double)data.SourceCount / data.TargetCount), new Certificate());
    }

    private static (IQuadratic Q, Tensor Kappa, Certificate Notes) Approximate(Kernel kernel, FeatureData data, FitContext context)
    {
        using Generator generator = context.Draw(DrawLandmarks);
        Tensor order = Tensor.Permutation(data.SourceCount, generator);
        FeatureMap map = KernelCoordinates.Nystroem(kernel, data.Source.IndexSelect(0, order.Slice(0, 0, Landmarks)));
        double error = KernelCoordinates.Error(kernel, map, data.Source.IndexSelect(0, order.Slice(0, Landmarks, Landmarks + Probed)));
        Tensor z = map.Apply(data.Source), sum = Tensor.Zeros([z.Size(1)], ScalarType.Float64);
        for (long start = 0; start < data.TargetCount; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            sum.AddInPlace(map.Apply(data.Target.Slice(0, start, Math.Min(start + Rows, data.TargetCount))).Sum(0));
        }

        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"approximate: {data.SourceCount:N0} source samples are more than {Exact:N0}, so the kernel is Nyström's with {Landmarks} landmarks, its relative error {error:0.0000} on {Probed} other samples; the programme itself is solved exactly");
        return (new LowRankQuadratic(z), z.MatMul(sum) * ((double)data.SourceCount / data.TargetCount), new Certificate { Notes = [note] });
    }

    /// <summary>Q + λI.</summary>
    private sealed class RidgedQuadratic(IQuadratic q, double ridge) : IQuadratic
    {
        public Tensor Times(Tensor x) => q.Times(x) + (x * ridge);

        public Func<Tensor, Tensor> Factor(Tensor d) => q.Factor(d + ridge);
    }
}
