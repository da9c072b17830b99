using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// The minimum of a smooth function by the limited-memory BFGS method (Liu and Nocedal, Mathematical Programming 1989):
/// the last steps and what they did to the gradient stand in for the Hessian; steps are halved until the function falls as
/// its slope promises, so that it never rises.
/// </summary>
internal static class QuasiNewton
{
    private const int Memory = 10;

    /// <summary>What a minimisation ends with.</summary>
    /// <param name="At">The minimum, of the start's shape.</param>
    /// <param name="Value">The function there.</param>
    /// <param name="Slope">‖gradient‖ there, relative to its largest on the way.</param>
    public readonly record struct Minimum(Tensor At, double Value, double Slope);

    /// <summary>Minimises.</summary>
    /// <param name="function">The function's value and gradient at a point; tensors that it makes are freed.</param>
    /// <param name="start">Where to begin, of any shape.</param>
    /// <param name="precision">The relative slope at which to stop.</param>
    /// <param name="steps">The most steps.</param>
    public static Minimum Minimise(Func<Tensor, (double Value, Tensor Gradient)> function, Tensor start, double precision = 1e-6, int steps = 500)
    {
        using TensorScope all = TensorScope.Begin();
        LinkedList<(Tensor Step, Tensor Change, double Curvature)> past = new();
        Tensor at = start.Clone();
        (double value, Tensor gradient) = Evaluate(function, at);
        double slope = gradient.Norm().ToDouble(), largest = slope;
        for (int i = 0; i < steps && slope > precision * largest; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor direction = Direction(gradient, past);
            double promised = (gradient * direction).Sum().ToDouble();
            if (promised >= 0)
                (direction, promised) = (-gradient, -slope * slope);

            // The first step has no curvature to go by: one of unit length or less.
            double length = past.Count == 0 ? Math.Min(1, 1 / slope) : 1;
            Tensor next = at + (direction * length);
            (double lower, Tensor bent) = Evaluate(function, next);
            while (!(lower <= value + (1e-4 * length * promised)) && length > 1e-12)
            {
                length /= 2;
                next = at + (direction * length);
                (lower, bent) = Evaluate(function, next);
            }

            if (!(lower < value))
                break;
            Tensor step = next - at, change = bent - gradient;
            double curvature = (step * change).Sum().ToDouble();
            if (curvature > 1e-14 * change.Norm().ToDouble() * step.Norm().ToDouble())
                past.AddLast((scope.Keep(step), scope.Keep(change), curvature));
            if (past.Count > Memory)
                past.RemoveFirst();
            (at, value, gradient) = (scope.Keep(next), lower, scope.Keep(bent));
            slope = gradient.Norm().ToDouble();
            largest = Math.Max(largest, slope);
        }

        return new Minimum(all.Keep(at), value, largest > 0 ? slope / largest : 0);
    }

    private static (double Value, Tensor Gradient) Evaluate(Func<Tensor, (double Value, Tensor Gradient)> function, Tensor at)
    {
        using TensorScope scope = TensorScope.Begin();
        (double value, Tensor gradient) = function(at);
        return (value, scope.Keep(gradient));
    }

    /// <summary>Minus the approximate inverse Hessian times the gradient, by the two loops.</summary>
    private static Tensor Direction(Tensor gradient, LinkedList<(Tensor Step, Tensor Change, double Curvature)> past)
    {
        Tensor left = -gradient;
        Stack<double> shares = new();
        for (LinkedListNode<(Tensor Step, Tensor Change, double Curvature)>? pair = past.Last; pair is not null; pair = pair.Previous)
        {
            double share = (pair.Value.Step * left).Sum().ToDouble() / pair.Value.Curvature;
            left -= pair.Value.Change * share;
            shares.Push(share);
        }

        if (past.Last is { } last)
            left *= last.Value.Curvature / last.Value.Change.Square().Sum().ToDouble();
        foreach ((Tensor step, Tensor change, double curvature) in past)
        {
            double share = (change * left).Sum().ToDouble() / curvature;
            left += step * (shares.Pop() - share);
        }

        return left;
    }
}
