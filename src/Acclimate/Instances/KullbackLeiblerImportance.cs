using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// KLIEP: the ratio under which the target is likeliest. Sugiyama, Nakajima, Kashima, von Bünau, Kawanabe, "Direct Importance Estimation
/// with Model Selection and Its Application to Covariate Shift Adaptation", NIPS 2007:
/// max Σ_j log Σ_l α_l k(x_j^t, c_l) with (1/n_s) Σ_i Σ_l α_l k(x_i^s, c_l) = 1 and α ≥ 0. The kernel's width is that of the largest
/// likelihood of target samples that were left out.
/// </summary>
/// <remarks>
/// With a_l = α_l b_l, b_l the mean of k(x^s, c_l), this is the likelihood of a mixture's shares, convex in a. Its Lagrangian form, min a·1 − mean log Φa over
/// a ≥ 0 with Φ_jl = k(x_j^t, c_l)/b_l, has the same solution, of sum 1, and each Newton step of it is a quadratic programme over a ≥ 0. max_l mean_j Φ_jl/(Φa)_j
/// − 1 is at least what the mean log-likelihood still lacks: the certificate's residual. A centre that no source sample is near, within float64, is left out: the
/// ratio there is without bound.
/// </remarks>
[Method("kliep", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Kullback–Leibler Importance Estimation",
    Summary = "Fits the ratio of target to source density under which the target is likeliest; the kernel's width by likelihood cross-validation.",
    Formula = "max Σ_j log w(x_j^t)  subject to  (1/n_s) Σ_i w(x_i^s) = 1,  w(x) = Σ_l α_l k(x, c_l), α ≥ 0",
    Paper = "Sugiyama, Nakajima, Kashima, von Bünau, Kawanabe: Direct Importance Estimation with Model Selection and Its Application to Covariate Shift Adaptation, NIPS 2007")]
public sealed class KullbackLeiblerImportance : RatioModel
{
    private const double Precision = 1e-7;
    private const double RoughPrecision = 1e-3;
    private const int MostSteps = 100;

    /// <summary>b_l that is less, of the largest, is none.</summary>
    private const double LeastMean = 1e-10;

    /// <summary>What a left-out sample's ratio counts as at the least.</summary>
    private const double LeastRatio = 1e-10;

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor centres = DrawnCentres(data, context);
        double[] gammas = Gammas(data);
        bool folds = gammas.Length > 1 && data.TargetCount >= 2;
        double gamma = folds ? Choose(data, centres, gammas, context) : gammas[gammas.Length / 2];
        using TensorScope scope = TensorScope.Begin();
        Tensor ofSource = Design(data.Source, centres, gamma), scaled = ofSource / MeansOf(ofSource);
        (Tensor a, double lacks) = Fit(Design(data.Target, centres, gamma) / MeansOf(ofSource), Precision);
        double[] weights = scaled.MatMul(a).ToArray<double>();
        string note = string.Create(CultureInfo.InvariantCulture, $"γ = {gamma:0.####}{(folds ? $" by {Folds}-fold cross-validation" : string.Empty)}");
        return new InstanceWeights(OfMeanOne(weights), new Certificate { KktResidual = lacks, Notes = [note] });
    }

    private double Choose(FeatureData data, Tensor centres, double[] gammas, FitContext context)
    {
        int[] fold = FoldsOf(data.TargetCount, context, 0);
        return gammas.MaxBy(gamma =>
        {
            using TensorScope scope = TensorScope.Begin();
            context.Cancellation.ThrowIfCancellationRequested();
            Tensor means = MeansOf(Design(data.Source, centres, gamma)), phi = Design(data.Target, centres, gamma) / means;
            double sum = 0;
            for (int f = 0; f < Folds; f++)
            {
                if (Part(phi, fold, f, inside: true) is not { } left || Part(phi, fold, f, inside: false) is not { } kept)
                    continue;
                sum += left.MatMul(Fit(kept, RoughPrecision).A).Clamp(low: LeastRatio).Log().Sum().ToDouble();
            }

            return sum;
        });
    }

    /// <summary>b: the means over the source, without bound where there is no source sample near.</summary>
    private static Tensor MeansOf(Tensor ofSource)
    {
        Tensor means = ofSource.Mean(0, keep: true);
        double least = LeastMean * means.Max().ToDouble();
        return means.GreaterThan(least).Where(means, Tensor.Full([1, means.Size(1)], double.PositiveInfinity, ScalarType.Float64));
    }

    /// <summary>a, of sum 1, and what the likelihood may still lack.</summary>
    internal static (Tensor A, double Lacks) Fit(Tensor phi, double precision)
    {
        using TensorScope all = TensorScope.Begin();
        int m = (int)phi.Size(1);
        Tensor usable = phi.Max(0).GreaterThan(0).To(ScalarType.Float64);
        Tensor a = usable / Math.Max(1, usable.Sum().ToDouble());
        double lacks = double.PositiveInfinity;
        for (int step = 0; step < MostSteps; step++)
        {
            using TensorScope scope = TensorScope.Begin();

            // A row that no centre reaches says nothing of a.
            Tensor ratio = phi.MatMul(a), inverse = ratio.GreaterThan(0).Where(1 / ratio, ratio.ZerosLike());
            double seen = ratio.GreaterThan(0).To(ScalarType.Float64).Sum().ToDouble();
            if (seen == 0)
                return (all.Keep(a), 0);
            Tensor weighted = phi * inverse.Unsqueeze(1);
            Tensor gain = weighted.Sum(0) / seen;
            lacks = Math.Max(0, gain.Max().ToDouble() - 1);
            if (lacks <= precision)
                break;

            // Newton: min ½(x − a)ᵀH(x − a) + (1 − gain)·(x − a) over x ≥ 0.
            Tensor h = weighted.T.MatMul(weighted) / seen;
            h.AddInPlace(Tensor.Eye(m, ScalarType.Float64), 1e-10 * Math.Max(h.Diagonal().Max().ToDouble(), 1));
            double[] flat = h.ToArray<double>(), linear = (h.MatMul(a) + gain - 1).ToArray<double>();
            double[,] matrix = new double[m, m];
            Buffer.BlockCopy(flat, 0, matrix, 0, flat.Length * sizeof(double));
            Tensor direction = Tensor.From<double>(NonNegativeQuadratic.Minimise(matrix, linear)) - a;
            double value = Value(phi, a), slope = ((1 - gain) * direction).Sum().ToDouble(), length = 1;
            while (length > 1e-10 && !(Value(phi, a + (direction * length)) <= value + (1e-4 * length * slope)))
                length /= 2;
            if (length <= 1e-10)
                break;
            a = scope.Keep((a + (direction * length)).Clamp(low: 0));
        }

        return (all.Keep(a / a.Sum()), lacks);
    }

    /// <summary>a·1 − mean log Φa, over the rows that some centre reaches.</summary>
    private static double Value(Tensor phi, Tensor a)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor reached = phi.Max(1).GreaterThan(0);
        Tensor logs = phi.MatMul(a).Log();
        return a.Sum().ToDouble() - (reached.Where(logs, logs.ZerosLike()).Sum().ToDouble() / Math.Max(1, reached.To(ScalarType.Float64).Sum().ToDouble()));
    }
}
