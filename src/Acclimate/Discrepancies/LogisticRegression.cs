using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>
/// A linear classifier of two classes: min over w of Σᵢ cᵢ log(1 + exp(−sᵢ w·xᵢ)) + ½ w·(r ⊙ w), the last feature a constant 1
/// without penalty. No [d, d] matrix, so d may exceed n.
/// </summary>
internal static class LogisticRegression
{
    private const int MostSteps = 50;

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
        Tensor start = Tensor.Zeros([x.Size(1)], x.Type, x.Device);
        return scope.Keep(TruncatedNewton.Minimise(new Objective(x, signs, counts, penalty), start, Precision, MostSteps));
    }

    private sealed class Objective(Tensor x, Tensor signs, Tensor counts, Tensor penalty) : ISmoothObjective
    {
        private Tensor weights = null!;
        private Tensor miss = null!;

        public double Value(Tensor at)
        {
            weights = at;
            Tensor margins = x.MatMul(at) * signs;
            miss = (-margins).Sigmoid();

            // log(1 + e⁻ᵐ) = max(−m, 0) + log(1 + e^−|m|), which can't overflow.
            Tensor losses = (-margins).Relu() + (-margins.Abs()).Exp().Log1p();
            return ((counts * losses).Sum() + ((at.Square() * penalty).Sum() / 2)).ToDouble();
        }

        public Tensor Gradient() => (weights * penalty) - x.T.MatMul(counts * signs * miss);

        public Tensor Curve(Tensor direction) => x.T.MatMul(counts * miss * (1 - miss) * x.MatMul(direction)) + (direction * penalty);
    }
}
