using System.Globalization;
using Acclimate.Generated;

namespace Acclimate.Policies;

/// <summary>Where the cart is, and how fast.</summary>
/// <param name="Position">From −1.2, the wall on the left, to 0.6.</param>
/// <param name="Velocity">From −0.07 to 0.07 a step.</param>
public readonly record struct CartState(double Position, double Velocity);

/// <summary>
/// A cart in a valley whose engine is too weak for the slope: it has to swing. Actions are 0 (back), 1 (none) and 2 (forth); each step costs 1 until position 0.5 is
/// reached. v ← v + (a − 1)·engine − gravity·cos(3x) − friction·v; x ← x + v; the wall takes all speed. After Moore, 1990; Sutton and Barto, 2018.
/// </summary>
/// <param name="Name">The task's name.</param>
/// <param name="Engine">What the engine adds to the velocity.</param>
/// <param name="Gravity">What the slope takes at most.</param>
/// <param name="Friction">The share of the velocity that is lost at each step.</param>
public sealed record ValleyTask(string Name, double Engine, double Gravity, double Friction)
{
    /// <summary>How many actions there are.</summary>
    public const int Actions = 3;

    /// <summary>After so many steps an episode is over.</summary>
    public const int MostSteps = 1000;

    internal const double Least = -1.2, Most = 0.6, Fastest = 0.07, Goal = 0.5;

    /// <summary>The textbook's cart.</summary>
    public static ValleyTask Light { get; } = new("light-cart", 0.001, 0.0025, 0);

    /// <summary>A heavier one on a rougher track: it has to swing longer.</summary>
    public static ValleyTask Heavy { get; } = new("heavy-cart", 0.0009, 0.0026, 0.003);

    /// <summary>Reads a task: <c>light-cart</c>, <c>heavy-cart</c>, or a cart of one's own, <c>engine=0.001,gravity=0.0025,friction=0.01</c>, what is left out being the light cart's.</summary>
    /// <param name="text">The task.</param>
    /// <exception cref="ArgumentException">There is no such task, or a number is out of range: engine and gravity above 0, friction from 0 to below 1.</exception>
    public static ValleyTask Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        ValleyTask[] known = [Light, Heavy];
        if (known.FirstOrDefault(task => task.Name == text) is { } found)
            return found;
        if (!text.Contains('=', StringComparison.Ordinal))
            throw new ArgumentException($"there is no task '{text}'{NearestName.HintOrStop(text, known.Select(static task => task.Name))} Known: light-cart, heavy-cart, and carts of your own such as engine=0.001,gravity=0.0025,friction=0.01");
        ValleyTask own = Light with { Name = text };
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=', 2);
            if (sides.Length != 2 || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
                throw new ArgumentException($"'{part}' of '{text}': expected engine, gravity or friction, and a number, such as engine=0.001");
            own = sides[0] switch
            {
                "engine" when number > 0 => own with { Engine = number },
                "gravity" when number > 0 => own with { Gravity = number },
                "friction" when number is >= 0 and < 1 => own with { Friction = number },
                "engine" or "gravity" => throw new ArgumentException($"'{part}' of '{text}': expected a number above 0"),
                "friction" => throw new ArgumentException($"'{part}' of '{text}': expected 0 or more and below 1"),
                _ => throw new ArgumentException($"'{part}' of '{text}': a cart has engine, gravity and friction"),
            };
        }

        return own;
    }

    /// <summary>Where an episode starts: at rest, near the bottom.</summary>
    internal static CartState Start(ref RandomStream random) => new(random.Uniform(-0.6f, -0.4f), 0);

    /// <summary>Whether the goal is reached.</summary>
    /// <param name="state">Where the cart is.</param>
    public static bool IsDone(CartState state) => state.Position >= Goal;

    /// <summary>Where the cart is a step later.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="action">0, 1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action.</exception>
    public CartState Next(CartState state, int action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(action, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(action, Actions);
        double velocity = Math.Clamp(state.Velocity + ((action - 1) * Engine) - (Gravity * Math.Cos(3 * state.Position)) - (Friction * state.Velocity), -Fastest, Fastest);
        double position = Math.Clamp(state.Position + velocity, Least, Most);
        return new CartState(position, position <= Least ? 0 : velocity);
    }
}
