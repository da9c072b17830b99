using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Transport;

/// <summary>
/// Entropic optimal transport between samples of equal mass a = 1/n and b = 1/m: min ⟨γ, C⟩ + ε Σ γ log γ under γ1 = a,
/// γᵀ1 = b. Sinkhorn's iterations v ← b/Kᵀu, u ← a/Kv on K = exp((f + g − C)/ε), γ = diag(u) K diag(v). Cuturi, NIPS 2013.
/// </summary>
/// <remarks>
/// Stable for any ε, in the manner of Schmitzer, SIAM J. Sci. Comput. 2019: the first iteration and any that would take u or v
/// far are made in logarithms instead, on f and g, after which u = v = 1 and K is the coupling itself. The iterates are those
/// of the plain algorithm, started from u = 1.
/// </remarks>
internal static class EntropicTransport
{
    /// <summary>Iterations between two looks at the error, as in POT.</summary>
    private const int Between = 10;

    /// <summary>How large |log u| and |log v| may grow: far from what float64 can hold.</summary>
    private const double Large = 100;

    /// <summary>Solves the problem.</summary>
    /// <param name="cost">C: [n, m].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="tolerance">It is done when ‖γᵀ1 − b‖ is no more than this.</param>
    /// <param name="iterations">The most iterations.</param>
    /// <param name="cancellation">Stops between two looks at the error.</param>
    public static Coupling Solve(Tensor cost, double epsilon, double tolerance, int iterations, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        double a = 1.0 / cost.Size(0), b = 1.0 / cost.Size(1);

        Tensor f = Tensor.Zeros([cost.Size(0), 1], ScalarType.Float64), g = Tensor.Zeros([1, cost.Size(1)], ScalarType.Float64);
        Tensor u = f.OnesLike(), v = g.OnesLike(), kernel = cost.EmptyLike();
        InLogarithms();
        double error = double.PositiveInfinity;
        for (int done = 1; ; done++)
        {
            using TensorScope part = TensorScope.Begin();
            Tensor columns = u.T.MatMul(kernel);
            if (done % Between == 1 || done == iterations)
            {
                error = ((v * columns) - b).Norm().ToDouble();
                cancellation.ThrowIfCancellationRequested();
                if (error <= tolerance || done == iterations)
                    break;
            }

            Tensor nextV = b / columns, nextU = a / kernel.MatMul(nextV.T);
            if (InRange(nextU) && InRange(nextV))
            {
                v.CopyInPlace(nextV);
                u.CopyInPlace(nextU);
            }
            else
            {
                f.AddInPlace(u.Log(), epsilon);
                InLogarithms();
            }
        }

        Tensor plan = u * kernel * v;
        f += u.Log() * epsilon;
        g += v.Log() * epsilon;
        return new Coupling(scope.Keep(plan), Certify(plan, cost, epsilon, f, g) with
        {
            Notes = error <= tolerance ? [] : [FormattableString.Invariant($"Sinkhorn's iterations stopped at {iterations} with an error of {error:0.0e0} of the target's masses; more iterations or more regularisation would lessen it")],
        });

        // g = ε log b − ε log Σ_i exp((f_i − C_ij)/ε), f from g likewise, and K at both.
        void InLogarithms()
        {
            using TensorScope part = TensorScope.Begin();
            g.CopyInPlace((Math.Log(b) - ((f - cost) / epsilon).LogSumExp(0, keep: true)) * epsilon);
            f.CopyInPlace((Math.Log(a) - ((g - cost) / epsilon).LogSumExp(1, keep: true)) * epsilon);
            kernel.CopyInPlace(((f + g - cost) / epsilon).Exp());
            u.FillInPlace(1);
            v.FillInPlace(1);
        }
    }

    /// <summary>⟨γ, C⟩ + ε Σ γ log γ.</summary>
    public static double Objective(Tensor plan, Tensor cost, double epsilon)
    {
        using TensorScope scope = TensorScope.Begin();
        return (plan * cost).Sum().ToDouble() + (epsilon * NegativeEntropy(plan));
    }

    /// <summary>Σ γ log γ.</summary>
    public static double NegativeEntropy(Tensor plan)
    {
        using TensorScope scope = TensorScope.Begin();
        return -Operator.Get("aten::special_entr").Call(plan).Sum().ToDouble();
    }

    /// <summary>
    /// The duality gap, of the coupling with exact masses that is nearest: rows and columns with too much are scaled down and
    /// what is then missing is added as a matrix of rank one. Altschuler, Weed, Rigollet, NIPS 2017, algorithm 2.
    /// </summary>
    private static Certificate Certify(Tensor plan, Tensor cost, double epsilon, Tensor f, Tensor g)
    {
        using TensorScope scope = TensorScope.Begin();
        double a = 1.0 / plan.Size(0), b = 1.0 / plan.Size(1);
        Tensor exact = plan * (a / plan.Sum(1, keep: true)).Clamp(high: 1);
        exact *= (b / exact.Sum(0, keep: true)).Clamp(high: 1);
        Tensor rows = (a - exact.Sum(1, keep: true)).Clamp(low: 0), columns = (b - exact.Sum(0, keep: true)).Clamp(low: 0);
        double missing = rows.Sum().ToDouble();
        if (missing > 0)
            exact += rows * columns / missing;

        double primal = Objective(exact, cost, epsilon), entropy = NegativeEntropy(exact);
        double dual = f.Mean().ToDouble() + g.Mean().ToDouble() + (epsilon * (1 - plan.Sum().ToDouble()));
        return new Certificate
        {
            ConstraintError = Coupling.MarginalError(plan),
            KktResidual = Math.Abs(primal - dual) / (Math.Abs(primal - (epsilon * entropy)) + Math.Abs(epsilon * entropy)),
            Objective = [Objective(plan, cost, epsilon)],
        };
    }

    private static bool InRange(Tensor scaling) => scaling.Log().Abs().Max().ToDouble() <= Large;
}
