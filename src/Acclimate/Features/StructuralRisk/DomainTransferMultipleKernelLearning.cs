using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.StructuralRisk;

/// <summary>
/// DTMKL: a support vector machine and the mixture of kernels it works with, learnt together so that the domains' means are close
/// in the mixture's feature space. Duan, Tsang, Xu, "Domain Transfer Multiple Kernel Learning", IEEE PAMI 2012, equations 6 to
/// 13, with the hinge loss of the labelled source and the target's samples without labels.
/// </summary>
/// <remarks>
/// <para>k = Σ_m d_m k_m, d ≥ 0, Σ d_m = 1: min over d of ½(pᵀd)² + θ J(d), p_m the squared maximum mean discrepancy of the domains by
/// k_m, and J(d) what the machine's objective comes to with k. The paper's machine tells two classes apart; of more, each has a
/// machine against the rest, J is their mean, and a sample goes to the class whose machine says most.</para>
/// <para>J(d) = min over f of ½ Σ_m ‖f_m‖²/d_m + C Σ hinge, f = Σ_m f_m, is convex in d and f together: each round finds f with d held
/// (libsvm) and d with f held, which is a problem of two multipliers, and the objective falls in every one. The paper
/// steps along the reduced gradient to the same optimum; the certificate says how near it is, by the duality gap of d.</para>
/// </remarks>
[Method("dtmkl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Domain Transfer Multiple Kernel Learning",
    Summary = "Learns a support vector machine and its mixture of kernels so that the domains' means are close in it.",
    Formula = "min_d ½(pᵀd)² + θ min_f { ½‖f‖² + C Σ max(0, 1 − y f(x)) },  k = Σ_m d_m k_m",
    Paper = "Duan, Tsang, Xu: Domain Transfer Multiple Kernel Learning, IEEE PAMI 2012")]
public sealed class DomainTransferMultipleKernelLearning : FeatureMethod
{
    /// <summary>Closer to the optimum than this, relative to the objective, is near enough.</summary>
    private const double Precision = 1e-4;

    /// <summary>Of multipliers that are bisected, enough for float64.</summary>
    private const int Halvings = 200;

    /// <summary>θ, what the machine's objective counts against the domains' distance; above 0.</summary>
    [Option("theta", "what the machine's objective counts against the domains' distance, above 0")]
    public double Theta { get; init; } = 1e-5;

    /// <summary>C of the machine, above 0.</summary>
    [Option("C", "what a sample's loss weighs in the machine, above 0", Source = "10 for the SVM in ARTL's released code, and what the SVM beside DTMKL in the TKL paper comes out with")]
    public double C { get; init; } = 10;

    /// <summary>Gaussian kernels, 1 or more: γ from wide to narrow by twos, in the middle one over the median squared distance.</summary>
    [Option("kernels", "how many Gaussian kernels, 1 or more, their widths by twos around the median distance")]
    public int Kernels { get; init; } = 7;

    /// <summary>The most rounds, 1 or more; fewer where the optimum is reached to a ten-thousandth.</summary>
    [Option("rounds", "the most rounds, 1 or more")]
    public int Rounds { get; init; } = 1000;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Theta > 0 && double.IsFinite(Theta), $"theta is {Theta}; expected a number above 0");
        Require(C > 0 && double.IsFinite(C), $"C is {C}; expected a number above 0");
        Require(Kernels is >= 1 and <= 50, $"kernels is {Kernels}; expected 1 to 50");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] present = [.. data.SourceLabels.Distinct().Order()];
        if (present.Length == 1)
            return new FittedFeatures(new IdentityMap(), new Certificate(), new FittedConstant(present[0], data.Classes));
        double middle = Kernel.RbfAtMedian(data.Pooled()).Gamma;
        double[] gammas = [.. Enumerable.Range(0, Kernels).Select(m => middle * Math.Pow(2, m - ((Kernels - 1) / 2.0)))];
        double[] p = Discrepancies(data, gammas);
        Tensor squared = PairwiseDistances.Squared(data.Source, data.Source);
        Tensor[] kernels = [.. gammas.Select(gamma => (squared * -gamma).Exp())];
        KernelSvm svm = new() { Kernel = SvmKernel.Precomputed, C = C, Tolerance = Precision };
        double[] d = [.. gammas.Select(_ => 1.0 / Kernels)];
        Certificate certificate = new();
        for (int round = 1; ; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor k = squared.ZerosLike();
            for (int m = 0; m < Kernels; m++)
                k.AddInPlace(kernels[m], d[m]);
            FittedLinear machines = AgainstTheRest(svm, k, data.SourceLabels, present, data.Classes);
            Tensor beta = machines.Weight;

            // J = (Σ |β| − ½ βᵀKβ), the mean of the machines; its slope along d_m is −½ βᵀK_mβ.
            double[] q = [.. kernels.Select(each => (beta * each.MatMul(beta)).Sum().ToDouble() / present.Length)];
            double t = Dot(p, d), risk = (beta.Abs().Sum().ToDouble() / present.Length) - (Dot(q, d) / 2);
            double objective = (t * t / 2) + (Theta * risk);
            double[] slope = [.. p.Select((each, m) => (each * t) - (Theta * q[m] / 2))];
            double gap = Math.Max(0, Dot(slope, d) - slope.Min()) / objective;
            certificate = certificate.And(new Certificate { Objective = [objective] });
            context.Report(round, Rounds);
            if (gap > Precision && round < Rounds)
            {
                d = Shares(p, [.. q.Select((each, m) => Theta * each * d[m] * d[m])]);
                continue;
            }

            string note = $"kernels' shares, from wide to narrow: {string.Join(", ", d.Select(static share => share.ToString("0.000", CultureInfo.InvariantCulture)))}";
            FittedScores classifier = new(new MultipleKernelMap(gammas, d, data.Source, scope.Keep(beta)), scope.Keep(machines.Offset));
            return new FittedFeatures(new IdentityMap(), certificate with { KktResidual = gap, Notes = [note] }, classifier);
        }
    }

    /// <summary>β and the offsets of the machines of each class against the rest, a column a class.</summary>
    private static FittedLinear AgainstTheRest(KernelSvm svm, Tensor kernel, int[] labels, int[] present, int classes)
    {
        List<Tensor> weights = [], offsets = [];
        foreach (int c in present)
        {
            using FittedClassifier trained = svm.Fit(kernel, Array.ConvertAll(labels, label => label == c ? 0 : 1), 2);
            FittedVotes machine = (FittedVotes)trained;
            weights.Add(((AffineMap)machine.Decisions).Weight.Clone());
            offsets.Add(machine.Offset.Clone());
        }

        return FittedLinear.Of(Tensor.Concatenate([.. weights], 1), Tensor.Concatenate([.. offsets], 1), present, classes);
    }

    /// <summary>p: the squared maximum mean discrepancy by each kernel.</summary>
    private static double[] Discrepancies(FeatureData data, double[] gammas)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor within = PairwiseDistances.Squared(data.Source, data.Source), others = PairwiseDistances.Squared(data.Target, data.Target);
        Tensor across = PairwiseDistances.Squared(data.Source, data.Target);
        return [.. gammas.Select(gamma => Math.Max(0, Mean(within, gamma) + Mean(others, gamma) - (2 * Mean(across, gamma))))];

        static double Mean(Tensor squared, double gamma)
        {
            using TensorScope part = TensorScope.Begin();
            return (squared * -gamma).Exp().Mean().ToDouble();
        }
    }

    /// <summary>The d ≥ 0 of sum 1 with the least ½(pᵀd)² + ½ Σ_m c_m/d_m, c ≥ 0 and not all of it 0; d_m stays 0 where c_m is.</summary>
    internal static double[] Shares(double[] p, double[] c)
    {
        // With t = pᵀd and ν the multiplier of the sum, d_m = √(c_m / 2(ν + p_m t)): pᵀd falls as t grows, and Σd as ν does.
        double of = Bisect(p.Min(), p.Max(), t => Dot(p, At(t)) - t);
        return At(of);

        double[] At(double t)
        {
            // Above the first bound some d_m alone is 1 or more; at the second each of the M is 1/M or less.
            double[] least = [.. c.Select((each, m) => (each / 2) - (p[m] * t)).Where((_, m) => c[m] > 0)];
            double[] most = [.. c.Select((each, m) => (each * c.Length * c.Length / 2) - (p[m] * t)).Where((_, m) => c[m] > 0)];
            double nu = Bisect(least.Max(), most.Max(), v => Of(v, t).Sum() - 1);
            double[] d = Of(nu, t);
            double sum = d.Sum();
            return Array.ConvertAll(d, each => each / sum);
        }

        double[] Of(double nu, double t) => [.. c.Select((each, m) => each > 0 ? Math.Sqrt(each / (2 * (nu + (p[m] * t)))) : 0)];
    }

    /// <summary>Where a function that falls from above 0 to below crosses it.</summary>
    private static double Bisect(double low, double high, Func<double, double> falls)
    {
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (!(middle > low && middle < high))
                break;
            (low, high) = falls(middle) > 0 ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
