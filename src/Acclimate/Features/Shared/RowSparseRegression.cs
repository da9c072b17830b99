using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// Regression that selects features: the rows of A that don't help are zero, whole rows at a time, by the penalty
/// ‖A‖₂,₁ = Σᵢ ‖aⁱ‖.
/// </summary>
internal static class RowSparseRegression
{
    /// <summary>‖A‖₂,₁.</summary>
    public static double Norm(Tensor a) => a.Norm(1).Sum().ToDouble();

    /// <summary>The least ρ at which <see cref="Penalised"/> selects nothing: the longest row of B.</summary>
    public static double Largest(Tensor b) => b.Norm(1).Max().ToDouble();

    /// <summary>
    /// min ½ tr(AᵀQA) − tr(AᵀB) + ρ‖A‖₂,₁ by accelerated proximal gradients (Beck and Teboulle, SIAM J. Imaging Sciences
    /// 2009), begun anew where the objective would rise (O'Donoghue and Candès 2015).
    /// </summary>
    /// <param name="q">Q: [d, d], positive semidefinite; XᵀX of ½‖XA − Y‖².</param>
    /// <param name="b">B: [d, k]; XᵀY.</param>
    /// <param name="rho">ρ, 0 or more.</param>
    /// <param name="precision">The violation of the optimality conditions, relative to B's longest row, at which to stop.</param>
    /// <param name="steps">The most steps.</param>
    /// <returns>A [d, k], the objective after each step, and the violation that is left.</returns>
    public static (Tensor A, IReadOnlyList<double> Objective, double Violation) Penalised(
        Tensor q, Tensor b, double rho, double precision = 1e-4, int steps = 3000)
    {
        using TensorScope all = TensorScope.Begin();
        double size = Math.Max(Largest(b), double.Epsilon);
        double curvature = Math.Max(SpectralNorm(q), double.Epsilon), momentum = 1;
        Tensor a = b.ZerosLike(), qa = b.ZerosLike(), ahead = a, qAhead = qa;
        List<double> objective = [0];
        double violation = 1;
        for (int i = 0; i < steps; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor next = Shrink(ahead - ((qAhead - b) / curvature), rho / curvature);
            Tensor qNext = q.MatMul(next);
            double value = ((next * qNext).Sum().ToDouble() / 2) - (next * b).Sum().ToDouble() + (rho * Norm(next));
            if (value > objective[^1] && momentum > 1)
            {
                (ahead, qAhead, momentum) = (a, qa, 1);
                continue;
            }

            double following = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2, push = (momentum - 1) / following;
            (ahead, qAhead) = (scope.Keep(next + ((next - a) * push)), scope.Keep(qNext + ((qNext - qa) * push)));
            (a, qa, momentum) = (scope.Keep(next), scope.Keep(qNext), following);
            objective.Add(value);

            // At the minimum a step of unit length goes nowhere: A = shrink(A − ∇, ρ).
            violation = (a - Shrink(a - (qa - b), rho)).Norm(1).Max().ToDouble() / size;
            if (violation <= precision)
                break;
        }

        return (all.Keep(a), objective, violation);
    }

    /// <summary>
    /// min ‖A‖₂,₁ subject to CA = B by iterated reweighting: A = SCᵀ(CSCᵀ)⁻¹B, S = diag(√(‖aⁱ‖² + ε²)), which never raises
    /// Σᵢ √(‖aⁱ‖² + ε²).
    /// </summary>
    /// <param name="c">C: [r, d], orthonormal rows.</param>
    /// <param name="b">B: [r, k].</param>
    /// <param name="rounds">The most rounds.</param>
    /// <returns>A [d, k], and the objective after each round.</returns>
    public static (Tensor A, IReadOnlyList<double> Objective) Constrained(Tensor c, Tensor b, int rounds)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor a = c.T.MatMul(b);
        double smoothing = Math.Pow(1e-4 * Math.Max(a.Norm(1).Mean().ToDouble(), double.Epsilon), 2);
        List<double> objective = [];
        for (int i = 0; i < rounds; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor s = (a.Square().Sum(1, keep: true) + smoothing).Sqrt();
            objective.Add(s.Sum().ToDouble());
            if (i > 0 && objective[^2] - objective[^1] <= 1e-7 * objective[^1])
                break;
            Tensor weighted = c.T * s;
            Tensor next = weighted.MatMul(c.MatMul(weighted).Solve(b));
            a = scope.Keep(next);
        }

        return (all.Keep(a), objective);
    }

    /// <summary>Each row shortened by so much, or to nothing.</summary>
    private static Tensor Shrink(Tensor a, double by)
    {
        Tensor length = a.Norm(1, keep: true);
        return a * ((length - by).Relu() / length.Clamp(low: double.Epsilon));
    }

    private static double SpectralNorm(Tensor q)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor v = Tensor.Ones([q.Size(0), 1], ScalarType.Float64) + (Tensor.Arange(q.Size(0), ScalarType.Float64).Unsqueeze(1) * 1e-3);
        double norm = 0;
        for (int i = 0; i < 100; i++)
        {
            v /= Math.Max(v.Norm().ToDouble(), double.Epsilon);
            v = q.MatMul(v);
            double before = norm;
            norm = v.Norm().ToDouble();
            if (Math.Abs(norm - before) <= 1e-4 * norm)
                break;
        }

        // The power method comes from below; a step a little shorter than it says is safe.
        return norm * 1.02;
    }
}
