using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
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
/// <para>J(d) is the machine's dual at its optimum, which libsvm finds, and smooth in d; its slope along d_m is −½ βᵀK_mβ. The
/// paper steps along the reduced gradient; here d = w²/‖w‖² and w is found by L-BFGS, which reaches the same optimum in fewer
/// steps. The certificate says how near it is, by the duality gap of d.</para>
/// </remarks>
[Method("dtmkl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Domain Transfer Multiple Kernel Learning",
    Summary = "Learns a support vector machine and its mixture of kernels so that the domains' means are close in it.",
    Formula = "min_d ½(pᵀd)² + θ min_f { ½‖f‖² + C Σ max(0, 1 − y f(x)) },  k = Σ_m d_m k_m",
    Paper = "Duan, Tsang, Xu: Domain Transfer Multiple Kernel Learning, IEEE PAMI 2012")]
public sealed class DomainTransferMultipleKernelLearning : FeatureMethod
{
    /// <summary>Where the slope has fallen to this part of its largest, the shares are near enough.</summary>
    private const double Precision = 1e-4;

    /// <summary>Machines are trained so far that their objective is smooth to the search.</summary>
    private const double MachinePrecision = 1e-6;

    /// <summary>θ, what the machine's objective counts against the domains' distance; above 0.</summary>
    [Option("theta", "what the machine's objective counts against the domains' distance, above 0", Search = "1e-6..0.001 log", Source = "ours: small, since the machine's objective is a sum over samples and the distance is below 1; with it the SURF average is 47.66, 47.47 in the TKL paper")]
    public double Theta { get; init; } = 1e-5;

    /// <summary>C of the machine, above 0.</summary>
    [Option("C", "what a sample's loss weighs in the machine, above 0", Search = "1..100 log", Source = "10 for the SVM in ARTL's released code, and what the SVM beside DTMKL in the TKL paper comes out with")]
    public double C { get; init; } = 10;

    /// <summary>Gaussian kernels, 1 or more: γ from wide to narrow by twos, in the middle one over the median squared distance.</summary>
    [Option("kernels", "how many Gaussian kernels, 1 or more, their widths by twos around the median distance", Search = "3..13", Source = "ours: widths from an eighth of the median to eight times it")]
    public int Kernels { get; init; } = 7;

    /// <summary>The most steps of the shares, 1 or more; fewer where the optimum is reached.</summary>
    [Option("rounds", "the most steps of the kernels' shares, 1 or more", Search = "fixed", Source = "ours: the certificate says how near the optimum it ends")]
    public int Rounds { get; init; } = 50;

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
        (Tensor samples, int[] labels) = data.Labelled(data.Source, data.Target);
        int[] present = [.. labels.Distinct().Order()];
        if (present.Length == 1)
            return new FittedFeatures(new IdentityMap(), new Certificate(), new FittedConstant(present[0], data.Classes));
        double middle = Kernel.RbfAtMedian(data.Pooled()).Gamma;
        double[] gammas = [.. Enumerable.Range(0, Kernels).Select(m => middle * Math.Pow(2, m - ((Kernels - 1) / 2.0)))];
        double[] p = Discrepancies(data, gammas);
        Tensor squared = PairwiseDistances.Squared(samples, samples);
        Tensor[] kernels = [.. gammas.Select(gamma => (squared * -gamma).Exp())];
        KernelSvm svm = new() { Kernel = SvmKernel.Precomputed, C = C, Tolerance = MachinePrecision };
        List<double> objectives = [];
        double unit = 1;
        QuasiNewton.Minimum least = QuasiNewton.Minimise(
            w =>
            {
                double[] d = Shares(w);
                (double objective, double[] slope, _) = At(d);
                unit = objectives.Count == 0 ? objective : unit;
                objectives.Add(Math.Min(objective, objectives.Count == 0 ? objective : objectives[^1]));
                context.Report(Math.Min(objectives.Count, Rounds), Rounds);

                // ∂d_j/∂w_m = 2w_m(δ_jm − d_j)/‖w‖².
                double mean = Dot(slope, d), norm = w.Square().Sum().ToDouble();
                Tensor apart = Tensor.From<double>(Array.ConvertAll(slope, each => (each - mean) / unit));
                return (objective / unit, w * apart * (2 / norm));
            },
            Tensor.Ones([Kernels], ScalarType.Float64),
            Precision,
            Rounds);

        double[] shares = Shares(least.At);
        (double value, double[] at, FittedLinear machines) = At(shares);
        string note = $"kernels' shares, from wide to narrow: {string.Join(", ", shares.Select(static share => share.ToString("0.000", CultureInfo.InvariantCulture)))}";
        FittedScores classifier = new(new MultipleKernelMap(gammas, shares, samples, machines.Weight), machines.Offset);
        Certificate certificate = new() { Objective = objectives, KktResidual = Math.Max(0, Dot(at, shares) - at.Min()) / value, Notes = [note] };
        return new FittedFeatures(new IdentityMap(), certificate, classifier);

        // The objective at d, its slope along each d_m, and the machines.
        (double Objective, double[] Slope, FittedLinear Machines) At(double[] d)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor k = squared.ZerosLike();
            for (int m = 0; m < Kernels; m++)
                k.AddInPlace(kernels[m], d[m]);
            FittedLinear trained = AgainstTheRest(svm, k, labels, present, data.Classes);
            Tensor beta = scope.Keep(trained.Weight);
            scope.Keep(trained.Offset);

            // J = (Σ |β| − ½ βᵀKβ), the mean of the machines; its slope along d_m is −½ βᵀK_mβ.
            double[] q = [.. kernels.Select(each => (beta * each.MatMul(beta)).Sum().ToDouble() / present.Length)];
            double t = Dot(p, d), risk = (beta.Abs().Sum().ToDouble() / present.Length) - (Dot(q, d) / 2);
            return ((t * t / 2) + (Theta * risk), [.. p.Select((each, m) => (each * t) - (Theta * q[m] / 2))], trained);
        }
    }

    /// <summary>d = w²/‖w‖²: 0 or more and of sum 1 whatever w is.</summary>
    private static double[] Shares(Tensor w)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor squares = w.Square();
        return (squares / squares.Sum()).ToArray<double>();
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

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
