using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>A convex function with two derivatives.</summary>
internal interface ISmoothObjective
{
    /// <summary>The value at a point, where the derivatives are then asked for.</summary>
    double Value(Tensor at);

    /// <summary>The gradient there.</summary>
    Tensor Gradient();

    /// <summary>The second derivative there, times a direction.</summary>
    Tensor Curve(Tensor direction);
}

/// <summary>Newton's method with conjugate gradients for the step: no matrix of the second derivatives is formed.</summary>
internal static class TruncatedNewton
{
    private const int MostInner = 100;

    /// <summary>The minimum.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="precision">It stops where the slope has fallen to this part of the largest.</param>
    /// <param name="mostSteps">It stops here in any case.</param>
    public static Tensor Minimise(ISmoothObjective objective, Tensor start, double precision, int mostSteps)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor point = start;
        double first = 0;
        for (int step = 0; step < mostSteps; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            double value = objective.Value(point);
            Tensor gradient = objective.Gradient();
            double slope = gradient.Norm().ToDouble();
            first = Math.Max(first, slope);
            if (!(slope > precision * first))
                break;
            Tensor direction = Solve(objective, gradient, Math.Min(0.1, Math.Sqrt(slope / first)) * slope);

            // Halve until the objective falls as its slope promises (Armijo, 1e-4).
            double promised = 1e-4 * (gradient * direction).Sum().ToDouble(), length = 1, next = double.NaN;
            Tensor moved = point;
            while (length > 1e-8)
            {
                moved = point - (direction * length);
                next = objective.Value(moved);
                if (next <= value - (length * promised))
                    break;
                length /= 2;
            }

            if (!(next < value))
                break;
            point = scope.Keep(moved);
        }

        return all.Keep(point);
    }

    /// <summary>H p = gradient by conjugate gradients, to the given residual.</summary>
    private static Tensor Solve(ISmoothObjective objective, Tensor gradient, double residual)
    {
        Tensor solution = gradient.ZerosLike(), left = gradient.Clone(), direction = gradient.Clone();
        double size = left.Square().Sum().ToDouble();
        for (int i = 0; i < MostInner && Math.Sqrt(size) > residual; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor bent = objective.Curve(direction);
            double along = (direction * bent).Sum().ToDouble();
            if (!(along > 0))
                break;
            double step = size / along;
            solution.AddInPlace(direction, step);
            left.AddInPlace(bent, -step);
            double before = size;
            size = left.Square().Sum().ToDouble();
            direction.CopyInPlace(left + (direction * (size / before)));
        }

        return solution;
    }
}
