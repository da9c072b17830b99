using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>What is asked of the mass that a target sample gets from one class's samples.</summary>
public enum ClassPenalty
{
    /// <summary>Ω = Σ_jc ‖γ_cj‖₂, convex: the paper's OT-GL, POT's SinkhornL1l2Transport.</summary>
    GroupLasso,

    /// <summary>Ω = Σ_jc (‖γ_cj‖₁ + 0.001)^½, concave: OT-LpL1 of the conference paper, POT's SinkhornLpl1Transport.</summary>
    LpL1,
}

/// <summary>
/// OT-GL and OT-LpL1: entropic transport that sends to a target sample mass from few classes only. Courty, Flamary, Tuia,
/// Rakotomamonjy, "Optimal Transport for Domain Adaptation", IEEE TPAMI 2016, equations 12 to 16.
/// </summary>
/// <remarks>
/// <para>F(γ) = ⟨γ, C⟩ + ε Σ γ log γ + η Ω(γ); γ_cj are the masses that target sample j gets from the samples of class c. Both
/// penalties are minimised by entropic transport at the costs C + η∇Ω(γ), round by round. Under the convex one that is the
/// generalised conditional gradient (algorithm 1): it goes towards the solution as far as Armijo's rule lets it, from γ = abᵀ.
/// Under the concave one it is majorisation: it takes the solution whole, and F falls; the first round has no penalty.</para>
/// <para>The certificate's residual is, over the size of F's terms, the most that the last round's solution could win by
/// its own linearisation, which bounds F − min F where F is convex.</para>
/// </remarks>
[Method("ot-class", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Optimal Transport, class-regularised",
    Summary = "Moves source samples by an entropic transport in which each target sample gets its mass from few classes.",
    Formula = "min ⟨γ, C⟩ + ε Σ γ log γ + η Σ_jc ‖γ_cj‖  subject to  γ1 = 1/n_s,  γᵀ1 = 1/n_t",
    Paper = "Courty, Flamary, Tuia, Rakotomamonjy: Optimal Transport for Domain Adaptation, IEEE TPAMI 2016")]
public sealed class ClassRegularisedTransport : CouplingMethod
{
    /// <summary>POT's: what keeps the concave penalty's slope finite at no mass.</summary>
    private const double Offset = 1e-3;

    private const double FirstStep = 0.99;
    private const double Armijo = 1e-4;
    private const int Halvings = 30;

    /// <summary>The penalty on mass from many classes.</summary>
    [Option("penalty", "what is asked of the masses from each class: group-lasso is convex, lp-l1 concave", Source = "group-lasso in the paper's summary")]
    public ClassPenalty Penalty { get; init; } = ClassPenalty.GroupLasso;

    /// <summary>η, how much the penalty counts, in the units of the scaled costs; 0 or more. POT's <c>reg_cl</c>.</summary>
    [Option("class-regularisation", "how much the penalty counts, in the units of the scaled costs, 0 or more", Search = "0.01..1 log", Source = "0.1 in POT")]
    public double ClassRegularisation { get; init; } = 0.1;

    /// <summary>ε, how much entropy counts, in the units of the scaled costs; above 0. POT's <c>reg_e</c>.</summary>
    [Option("regularisation", "how much entropy counts, in the units of the scaled costs, above 0", Search = "0.01..1 log", Source = "0.1 in POT's examples")]
    public double Regularisation { get; init; } = 0.1;

    /// <summary>The units of the costs. POT's <c>norm</c>.</summary>
    [Option("norm", "the units of the costs: as they are, over their median or largest, or logarithms", Source = "ours: POT leaves costs as they are unless told, and then the regularisation's meaning hangs on the data's scale")]
    public CostScale Norm { get; init; } = CostScale.Median;

    /// <summary>The most rounds, 1 or more.</summary>
    [Option("rounds", "the most rounds of linearising the penalty, 1 or more", Search = "fixed", Source = "10 in POT")]
    public int Rounds { get; init; } = 10;

    /// <summary>The most iterations of each entropic problem, 1 or more.</summary>
    [Option("iterations", "the most iterations of each entropic problem, 1 or more", Search = "fixed", Source = "1,000 in POT's plain entropic transport; 200 in its class-regularised ones leaves the masses off")]
    public int Iterations { get; init; } = 1000;

    /// <summary>How far the target's masses may be off in each entropic problem, as a length; above 0.</summary>
    [Option("tolerance", "how far the target's masses may be off in the end, above 0", Search = "fixed", Source = "1e-9 in POT")]
    public double Tolerance { get; init; } = 1e-9;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(ClassRegularisation >= 0 && double.IsFinite(ClassRegularisation), $"class-regularisation is {ClassRegularisation}; expected 0 or more");
        Require(Regularisation > 0 && double.IsFinite(Regularisation), $"regularisation is {Regularisation}; expected a number above 0");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(Iterations >= 1, $"iterations is {Iterations}; expected 1 or more");
        Require(Tolerance > 0, $"tolerance is {Tolerance}; expected a number above 0");
    }

    /// <inheritdoc/>
    internal override Coupling Couple(Tensor cost, int[] labels, FitContext context)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor c = Norm.Apply(cost);
        int[] present = [.. labels.Distinct()];
        Tensor classes = Tensor.From<long>([.. labels.Select(label => (long)Array.IndexOf(present, label))]).OneHot(present.Length).To(ScalarType.Float64);
        bool convex = Penalty == ClassPenalty.GroupLasso;

        Tensor plan = Tensor.Full(c.Shape, 1.0 / c.Count, ScalarType.Float64);
        double value = Value(plan, c, classes);
        Certificate certificate = new();
        List<double> objective = [];
        for (int round = 1; round <= Rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor linear = round == 1 && !convex ? c : c + (Slope(plan, classes) * ClassRegularisation);
            Coupling solved = EntropicTransport.Solve(linear, Regularisation, Tolerance, Iterations, context.Cancellation);
            Tensor towards = solved.Plan - plan;
            double size = (plan * linear).Sum().ToDouble() + Math.Abs(Regularisation * EntropicTransport.NegativeEntropy(plan));
            double gain = EntropicTransport.Objective(plan, linear, Regularisation) - EntropicTransport.Objective(solved.Plan, linear, Regularisation);
            (Tensor moved, double now) = convex ? Search(plan, towards, linear, value, c, classes) : (solved.Plan, Value(solved.Plan, c, classes));
            plan.CopyInPlace(moved);
            objective.Add(now);
            certificate = solved.Certificate with { KktResidual = Math.Max(Math.Abs(gain) / size, solved.Certificate.KktResidual!.Value) };
            double change = Math.Abs(now - value);
            value = now;
            context.Report(round, Rounds);
            if (convex && (change <= Tolerance || change <= Tolerance * Math.Abs(value)))
                break;
        }

        return new Coupling(all.Keep(plan), certificate with { ConstraintError = Coupling.MarginalError(plan), Objective = objective });
    }

    /// <summary>F(γ).</summary>
    private double Value(Tensor plan, Tensor cost, Tensor classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor penalty = Penalty == ClassPenalty.GroupLasso
            ? classes.T.MatMul(plan.Square()).Sqrt().Sum()
            : (classes.T.MatMul(plan) + Offset).Sqrt().Sum();
        return EntropicTransport.Objective(plan, cost, Regularisation) + (ClassRegularisation * penalty.ToDouble());
    }

    /// <summary>∇Ω(γ); 0 where the convex penalty has a corner.</summary>
    private Tensor Slope(Tensor plan, Tensor classes)
    {
        using TensorScope scope = TensorScope.Begin();
        if (Penalty == ClassPenalty.LpL1)
            return scope.Keep(classes.MatMul((classes.T.MatMul(plan) + Offset).Pow(-0.5) / 2));
        Tensor norms = classes.T.MatMul(plan.Square()).Sqrt();
        return scope.Keep(plan / classes.MatMul(norms.Equals(0).Where(norms.OnesLike(), norms)));
    }

    /// <summary>As far towards the solution as F falls by its share of the slope.</summary>
    private (Tensor Plan, double Value) Search(Tensor plan, Tensor towards, Tensor linear, double value, Tensor cost, Tensor classes)
    {
        Tensor logarithm = plan.Clamp(low: double.Epsilon).Log();
        double slope = (towards * (linear + ((logarithm + 1) * Regularisation))).Sum().ToDouble();
        double step = FirstStep;
        for (int halving = 0; halving < Halvings; halving++, step /= 2)
        {
            Tensor moved = plan + (towards * step);
            double now = Value(moved, cost, classes);
            if (now <= value + (Armijo * step * slope))
                return (moved, now);
        }

        return (plan, value);
    }
}
