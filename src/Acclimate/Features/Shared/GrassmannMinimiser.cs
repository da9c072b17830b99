using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>An objective at a point.</summary>
/// <param name="Value">f(W).</param>
/// <param name="Gradient">∂f/∂W: [d, k], as if W's entries were free.</param>
/// <param name="Size">How large the terms are that add up to the gradient: what it is small in comparison with where they cancel.</param>
internal readonly record struct Slope(double Value, Tensor Gradient, double Size);

/// <summary>
/// The conjugate gradient method on the Grassmann manifold: min f(W) subject to WᵀW = I, for objectives that only the
/// subspace matters to, f(WR) = f(W) for every rotation R. The Riemannian gradient is (I − WWᵀ)∂f/∂W; a direction is
/// carried to the next point by projection on its tangent space, and joined by Polak and Ribière's rule, held at 0 from
/// below; steps are shortened until they keep Armijo's condition, and made better by the slope at their end; W comes back
/// to the manifold by its QR decomposition.
/// Edelman, Arias, Smith, SIAM J. Matrix Anal. Appl. 1998; Absil, Mahony, Sepulchre, "Optimization Algorithms on Matrix
/// Manifolds", 2008, algorithm 13.
/// </summary>
internal static class GrassmannMinimiser
{
    /// <summary>The share of the decrease promised by the slope that a step must bring.</summary>
    private const double Armijo = 1e-4;

    /// <summary>The share of the slope that may be left at the end of a step.</summary>
    private const double Curvature = 0.3;

    /// <summary>How far the first step turns the subspace, in radians.</summary>
    private const double FirstTurn = 0.1;

    /// <summary>A step turns no further, in radians.</summary>
    private const double MostTurn = 1;

    /// <summary>A step that turns less moves nothing any more.</summary>
    private const double LeastTurn = 1e-14;

    /// <summary>Goes down until the gradient is small, nothing is gained any more, or the rounds are done.</summary>
    /// <param name="start">W: [d, k], orthonormal columns.</param>
    /// <param name="objective">f; called in a scope that frees what it makes beside the gradient.</param>
    /// <param name="rounds">The most steps.</param>
    /// <param name="tolerance">The length of the Riemannian gradient, relative to the size of its terms, that is small enough.</param>
    /// <param name="report">Hears of every step, from 1.</param>
    /// <returns>W; the objective at the start and after every step, and the relative gradient as the KKT residual.</returns>
    public static (Tensor W, Certificate Certificate) Minimise(Tensor start, Func<Tensor, Slope> objective, int rounds, double tolerance, Action<int>? report = null)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor w = start;
        Slope at = At(objective, w);
        Tensor direction = -at.Gradient;
        double promise = 0;
        List<double> values = [at.Value];
        for (int round = 1; round <= rounds && Length(at) > tolerance * at.Size; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            if (Dot(direction, at.Gradient) >= 0)
                direction = -at.Gradient;

            // To first order a step is tried that brings as much as the one before.
            double slope = Dot(direction, at.Gradient) / direction.Norm().ToDouble();
            double turn = round == 1 ? FirstTurn : Math.Clamp(promise / slope, 2 * LeastTurn, MostTurn);
            if (Step(objective, w, direction, at, ref turn) is not var (next, there))
                break;
            promise = turn * slope;

            // β = max(0, ⟨g′, g′ − τg⟩ / ⟨g, g⟩), with g carried to the new point by its projection τ there.
            Tensor change = there.Gradient - Grassmann.Tangent(next, at.Gradient);
            double beta = Math.Max(0, Dot(there.Gradient, change) / Dot(at.Gradient, at.Gradient));
            direction = scope.Keep((Grassmann.Tangent(next, direction) * beta) - there.Gradient);
            (w, at) = (scope.Keep(next), there with { Gradient = scope.Keep(there.Gradient) });
            values.Add(at.Value);
            report?.Invoke(round);
        }

        Certificate certificate = new()
        {
            KktResidual = at.Size > 0 ? Length(at) / at.Size : 0,
            ConstraintError = Grassmann.ConstraintError(w),
            Objective = values,
        };
        return (all.Keep(w.Clone()), certificate);
    }

    /// <summary>A step along a direction that goes down; none where there is none that does.</summary>
    /// <param name="objective">f.</param>
    /// <param name="w">W.</param>
    /// <param name="direction">Where to, a tangent at W.</param>
    /// <param name="at">f at W, with its Riemannian gradient.</param>
    /// <param name="turn">How far to try, in radians; on return, how far it went.</param>
    private static (Tensor W, Slope At)? Step(Func<Tensor, Slope> objective, Tensor w, Tensor direction, Slope at, ref double turn)
    {
        double unit = direction.Norm().ToDouble(), slope = Dot(direction, at.Gradient) / unit;
        (Tensor W, Slope At) found = To(turn);
        while (!(found.At.Value <= at.Value + (Armijo * turn * slope)))
        {
            // The parabola through f(W), its slope and f there has its lowest point here.
            double excess = found.At.Value - at.Value - (turn * slope);
            turn *= double.IsFinite(excess) ? Math.Clamp(-slope * turn / (2 * excess), 0.1, 0.5) : 0.1;
            if (turn < LeastTurn)
                return null;
            found = To(turn);
        }

        // Where f still falls or rises steeply, one more step to where a straight line through both slopes is 0.
        double left = Dot(Grassmann.Tangent(found.W, direction), found.At.Gradient) / unit;
        if (Math.Abs(left) > Curvature * -slope)
        {
            double further = Math.Min(MostTurn, turn * (left > slope ? Math.Clamp(slope / (slope - left), 0.1, 10) : 10));
            if (To(further) is var other && other.At.Value < found.At.Value)
                (found, turn) = (other, further);
        }

        return found;

        (Tensor W, Slope At) To(double angle)
        {
            Tensor next = Grassmann.Orthonormal(w + (direction * (angle / unit)));
            return (next, At(objective, next));
        }
    }

    /// <summary>f with its Riemannian gradient.</summary>
    private static Slope At(Func<Tensor, Slope> objective, Tensor w)
    {
        using TensorScope scope = TensorScope.Begin();
        Slope slope = objective(w);
        return slope with { Gradient = scope.Keep(Grassmann.Tangent(w, slope.Gradient)) };
    }

    private static double Length(Slope at) => at.Gradient.Norm().ToDouble();

    private static double Dot(Tensor one, Tensor two)
    {
        using TensorScope scope = TensorScope.Begin();
        return (one * two).Sum().ToDouble();
    }
}
