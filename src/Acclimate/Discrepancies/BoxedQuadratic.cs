using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>
/// min ½xᵀQx + cᵀx  subject to  0 ≤ x ≤ u  and  low ≤ aᵀx ≤ high, for a positive semidefinite Q: the programme of kernel mean
/// matching, and the dual of a support vector machine. Mehrotra's predictor–corrector interior point method ("On the
/// Implementation of a Primal-Dual Interior Point Method", SIAM Journal on Optimization 1992): its rounds hardly grow in
/// number with n, nor with how flat Q is.
/// </summary>
/// <remarks>
/// A range for aᵀx becomes an equation with one variable more, aᵀx − t = low and 0 ≤ t ≤ high − low. Each round solves
/// (Q + D)p = r for a diagonal D, by Q's own means: see <see cref="IQuadratic"/>.
/// </remarks>
internal static class BoxedQuadratic
{
    private const int MostRounds = 100;

    /// <summary>Of the equations, relative to the objective's terms.</summary>
    private const double Precision = 1e-9;

    /// <summary>Of the products that are to be 0. Where both factors are near it, each may be its root.</summary>
    private const double Closed = 1e-14;

    /// <summary>How much of the way to the nearest bound a step goes.</summary>
    private const double Short = 0.995;

    /// <summary>A minimum.</summary>
    /// <param name="X">x: [n].</param>
    /// <param name="Multiplier">y of aᵀx: Qx + c − ya is 0 where x is inside its bounds.</param>
    /// <param name="KktResidual">
    /// How far the optimality conditions are from being met: the largest |x − min(max(x − (Qx + c − ya)/s, 0), u)| with s = max(1, ‖c‖∞), or the
    /// range's violation over 1 + |low| where that is larger.
    /// </param>
    public readonly record struct Solution(Tensor X, double Multiplier, double KktResidual);

    /// <summary>The minimum.</summary>
    /// <param name="q">Q.</param>
    /// <param name="c">c: [n], float64.</param>
    /// <param name="upper">u: [n], above 0.</param>
    /// <param name="a">a: [n].</param>
    /// <param name="low">The least aᵀx.</param>
    /// <param name="high">The largest.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    public static Solution Minimise(IQuadratic q, Tensor c, Tensor upper, Tensor a, double low, double high, CancellationToken cancellation = default)
    {
        using TensorScope all = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        long n = c.Size(0);
        double scale = Math.Max(1, c.Abs().Max().ToDouble()), size = 1 + Math.Abs(low);
        bool ranged = high > low;
        if (ranged)
            (c, upper, a) = (And(c, 0), And(upper, high - low), And(a, -1));
        Point at = new(
            upper.Clamp(high: 2) / 2, upper - (upper.Clamp(high: 2) / 2), Tensor.Full([c.Size(0)], scale, ScalarType.Float64), Tensor.Full([c.Size(0)], scale, ScalarType.Float64), 0);
        for (int round = 0; round < MostRounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            using TensorScope scope = TensorScope.Begin();
            Tensor slope = Padded(q.Times(at.X.Slice(0, 0, n)), c.Size(0)) + c;
            Tensor dual = slope - (a * at.Y) - at.Low + at.High;
            double primal = Dot(a, at.X) - low, gap = (Dot(at.X, at.Low) + Dot(at.Room, at.High)) / (2 * c.Size(0));
            if (dual.Abs().Max().ToDouble() <= Precision * scale && Math.Abs(primal) <= Precision * size && gap <= Closed * scale)
                break;

            // Straight for the optimum first, which shows how far the gap can close in this round; then with that in mind.
            Newton newton = new(q, at, a, dual, primal, n);
            Step straight = newton.Solve(0, null);
            double reach = at.Reach(straight);
            double left = at.Moved(straight, reach).Gap / Math.Max(gap, double.Epsilon);
            Step step = newton.Solve(gap * Math.Pow(Math.Clamp(left, 0, 1), 3), straight);
            double length = Math.Min(1, Short * at.Reach(step));
            if (!(length > 1e-13))
                break;
            Point next = at.Moved(step, length);
            if (!double.IsFinite(next.Gap))
                break;
            at = next.Kept(scope);
        }

        return Finished(q, c, upper, a, at, ranged ? (low, high) : (low, low), scale, n, all);
    }

    /// <summary>Variables whose slope holds them at a bound are put there, and what is left of the optimality conditions is measured anew.</summary>
    private static Solution Finished(
        IQuadratic q, Tensor c, Tensor upper, Tensor a, Point at, (double Low, double High) range, double scale, long n, TensorScope all)
    {
        Tensor zero = at.X.ZerosLike();
        Tensor settled = (at.X - (at.Low / scale)).LessThan(0).Where(zero, (at.Room - (at.High / scale)).LessThan(0).Where(upper, at.X)).Slice(0, 0, n);
        Tensor slope = q.Times(settled) + c.Slice(0, 0, n) - (a.Slice(0, 0, n) * at.Y);
        Tensor back = (settled - (slope / scale)).Clamp(low: 0).Minimum(upper.Slice(0, 0, n));
        double sum = Dot(a.Slice(0, 0, n), settled);
        double outside = Math.Max(0, Math.Max(range.Low - sum, sum - range.High)) / (1 + Math.Abs(range.Low));

        // The range's multiplier is 0 inside it, at least 0 at its lower end and at most 0 at its upper.
        double inside = range.High > range.Low ? Math.Clamp(sum - range.Low, 0, range.High - range.Low) : 0;
        double ends = range.High > range.Low ? Math.Abs(inside - Math.Clamp(inside - (at.Y / scale), 0, range.High - range.Low)) / (1 + Math.Abs(range.Low)) : 0;
        double residual = Math.Max((settled - back).Abs().Max().ToDouble(), Math.Max(outside, ends));
        return new Solution(all.Keep(settled), at.Y, residual);
    }

    private static double Dot(Tensor x, Tensor y)
    {
        using TensorScope scope = TensorScope.Begin();
        return (x * y).Sum().ToDouble();
    }

    private static Tensor And(Tensor vector, double number) => Tensor.Concatenate([vector, Tensor.Full([1], number, ScalarType.Float64)]);

    private static Tensor Padded(Tensor vector, long length) => vector.Size(0) == length ? vector : And(vector, 0);

    /// <summary>Where the method stands: x, what is left to u, the multipliers of both bounds, and that of the equation.</summary>
    private readonly record struct Point(Tensor X, Tensor Room, Tensor Low, Tensor High, double Y)
    {
        public double Gap => (Dot(X, Low) + Dot(Room, High)) / (2 * X.Size(0));

        public Point Moved(Step step, double length) => new(
            X + (step.X * length), Room - (step.X * length), Low + (step.Low * length), High + (step.High * length), Y + (step.Y * length));

        /// <summary>The longest step, 1 at the most, that keeps everything at or above 0.</summary>
        public double Reach(Step step) =>
            Math.Min(Math.Min(Longest(X, step.X), Longest(Room, -step.X)), Math.Min(Longest(Low, step.Low), Longest(High, step.High)));

        public Point Kept(TensorScope scope) => new(scope.Keep(X), scope.Keep(Room), scope.Keep(Low), scope.Keep(High), Y);

        private static double Longest(Tensor from, Tensor step)
        {
            using TensorScope scope = TensorScope.Begin();
            return Math.Min(1, step.LessThan(0).Where(-from / step, from.OnesLike()).Min().ToDouble());
        }
    }

    private readonly record struct Step(Tensor X, Tensor Low, Tensor High, double Y);

    /// <summary>The optimality conditions, made linear at a point.</summary>
    private sealed class Newton
    {
        private readonly Point at;
        private readonly Tensor a;
        private readonly Tensor dual;
        private readonly Tensor pull;
        private readonly Tensor weight;
        private readonly Func<Tensor, Tensor> solve;
        private readonly Tensor across;
        private readonly double primal;
        private readonly long n;

        public Newton(IQuadratic q, Point at, Tensor a, Tensor dual, double primal, long n)
        {
            (this.at, this.a, this.dual, this.primal, this.n) = (at, a, dual, primal, n);
            pull = at.Low - at.High;
            weight = (at.Low / at.X) + (at.High / at.Room);
            Func<Tensor, Tensor> inner = q.Factor(weight.Slice(0, 0, n));
            solve = r => r.Size(0) == n ? inner(r) : Tensor.Concatenate([inner(r.Slice(0, 0, n)), r.Slice(0, n, n + 1) / weight.Slice(0, n, n + 1)]);
            across = solve(a);
        }

        /// <summary>The step towards x ∘ low = room ∘ high = gap, with what the given step left out of these products.</summary>
        public Step Solve(double gap, Step? before)
        {
            Tensor atLow = before is { } one ? gap - (one.X * one.Low) : at.X.OnesLike() * gap;
            Tensor atHigh = before is { } other ? gap + (other.X * other.High) : at.X.OnesLike() * gap;
            Tensor low = atLow / at.X, high = atHigh / at.Room;
            Tensor along = solve(low - high - dual - pull);
            double y = (-primal - Dot(a, along)) / Dot(a, across);
            Tensor x = along + (across * y);
            return new Step(x, low - at.Low - (at.Low / at.X * x), high - at.High + (at.High / at.Room * x), y);
        }
    }
}
