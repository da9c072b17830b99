using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>
/// A linear classifier of two classes: min over w of Σᵢ cᵢ log(1 + exp(−sᵢ w·xᵢ)) + ½ w·(r ⊙ w), the last feature a constant 1
/// without penalty. Newton's method with conjugate gradients for the step: no [d, d] matrix, so d may exceed n.
/// </summary>
internal static class LogisticRegression
{
    private const int MostSteps = 50;
    private const int MostInner = 100;

    /// <summary>Where the slope has fallen to this part of its first value, no prediction changes that matters.</summary>
    private const double Precision = 1e-5;

    /// <summary>The weights.</summary>
    /// <param name="x">[n, d], float64.</param>
    /// <param name="signs">s: 1 or −1, [n].</param>
    /// <param name="counts">c: what an example counts, [n].</param>
    /// <param name="penalty">r: [d], 0 or more.</param>
    public static Tensor Fit(Tensor x, Tensor signs, Tensor counts, Tensor penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor weights = Tensor.Zeros([x.Size(1)], x.Type, x.Device);
        (double value, Tensor margins) = Objective(x, signs, counts, penalty, weights);
        double first = 0;
        for (int step = 0; step < MostSteps; step++)
        {
            Tensor miss = (-margins).Sigmoid();
            Tensor gradient = (weights * penalty) - x.T.MatMul(counts * signs * miss);
            double slope = gradient.Norm().ToDouble();
            first = Math.Max(first, slope);
            if (!(slope > Precision * first))
                break;
            Tensor curvature = counts * miss * (1 - miss);
            Tensor direction = SolveNewton(x, curvature, penalty, gradient, Math.Min(0.1, Math.Sqrt(slope / first)) * slope);

            // Halve until the objective falls as its slope promises (Armijo, 1e-4).
            double promised = 1e-4 * (gradient * direction).Sum().ToDouble(), length = 1, next = double.NaN;
            Tensor moved = weights;
            while (length > 1e-8)
            {
                moved = weights - (direction * length);
                (next, margins) = Objective(x, signs, counts, penalty, moved);
                if (next <= value - (length * promised))
                    break;
                length /= 2;
            }

            if (!(next < value))
                break;
            (weights, value) = (moved, next);
        }

        return scope.Keep(weights);
    }

    private static (double Value, Tensor Margins) Objective(Tensor x, Tensor signs, Tensor counts, Tensor penalty, Tensor weights)
    {
        Tensor margins = x.MatMul(weights) * signs;

        // log(1 + e⁻ᵐ) = max(−m, 0) + log(1 + e^−|m|), which can't overflow.
        Tensor losses = (-margins).Relu() + (-margins.Abs()).Exp().Log1p();
        double value = ((counts * losses).Sum() + ((weights.Square() * penalty).Sum() / 2)).ToDouble();
        return (value, margins);
    }

    /// <summary>(Xᵀ diag(curvature) X + diag(penalty)) p = gradient by conjugate gradients, to the given residual.</summary>
    private static Tensor SolveNewton(Tensor x, Tensor curvature, Tensor penalty, Tensor gradient, double residual)
    {
        Tensor solution = gradient.ZerosLike();
        Tensor left = gradient, direction = gradient;
        double size = left.Square().Sum().ToDouble();
        for (int i = 0; i < MostInner && Math.Sqrt(size) > residual; i++)
        {
            Tensor bent = x.T.MatMul(curvature * x.MatMul(direction)) + (direction * penalty);
            double along = (direction * bent).Sum().ToDouble();
            if (!(along > 0))
                break;
            double step = size / along;
            solution += direction * step;
            left -= bent * step;
            double before = size;
            size = left.Square().Sum().ToDouble();
            direction = left + (direction * (size / before));
        }

        return solution;
    }
}
