namespace Acclimate.Policies;

/// <summary>
/// What each action is worth: Q(s, a) = Σ over tilings of the weight of the tile that s is in, a linear function of binary features. Eight tilings of 8 × 8 tiles, each shifted
/// against the others by odd parts of a tile. Sutton and Barto, Reinforcement Learning, 2nd edition, 9.5.4.
/// </summary>
public sealed class ActionValues
{
    internal const int Tilings = 8;
    private const int Tiles = 8;
    private const int Side = Tiles + 1;

    private readonly double[] weights;

    /// <summary>All values are 0: every action that was not tried looks better than it is, so that all are.</summary>
    public ActionValues() => weights = new double[ValleyTask.Actions * Tilings * Side * Side];

    private ActionValues(double[] weights) => this.weights = weights;

    /// <summary>These values, each times a factor, to be changed apart.</summary>
    /// <param name="factor">The factor.</param>
    public ActionValues Times(double factor) => new([.. weights.Select(weight => factor * weight)]);

    /// <summary>The weights: action by action, tiling by tiling, tile by tile.</summary>
    public IReadOnlyList<double> Weights => weights;

    /// <summary>What an action is worth in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="action">The action.</param>
    public double this[CartState state, int action]
    {
        get
        {
            double sum = 0;
            for (int tiling = 0; tiling < Tilings; tiling++)
                sum += weights[Tile(state, action, tiling)];
            return sum;
        }
    }

    /// <summary>The action that is worth most; the first of those that tie.</summary>
    /// <param name="state">The state.</param>
    public int Best(CartState state)
    {
        int best = 0;
        for (int action = 1; action < ValleyTask.Actions; action++)
            best = this[state, action] > this[state, best] ? action : best;
        return best;
    }

    /// <summary>Moves Q(s, a) towards a target: each tile that the state is in takes an equal share, so that Q moves by <paramref name="rate"/> of the difference.</summary>
    /// <param name="state">s.</param>
    /// <param name="action">a.</param>
    /// <param name="target">What Q should be.</param>
    /// <param name="rate">The learning rate, 0 to 1.</param>
    public void Learn(CartState state, int action, double target, double rate)
    {
        double share = rate * (target - this[state, action]) / Tilings;
        for (int tiling = 0; tiling < Tilings; tiling++)
            weights[Tile(state, action, tiling)] += share;
    }

    /// <summary>The place of the tile's weight.</summary>
    internal static int Tile(CartState state, int action, int tiling)
    {
        double across = (state.Position - ValleyTask.Least) / (ValleyTask.Most - ValleyTask.Least) * Tiles, up = (state.Velocity + ValleyTask.Fastest) / (2 * ValleyTask.Fastest) * Tiles;
        int column = Math.Clamp((int)(across + ((double)tiling / Tilings)), 0, Tiles), row = Math.Clamp((int)(up + (3.0 * tiling / Tilings % 1)), 0, Tiles);
        return (((((action * Tilings) + tiling) * Side) + row) * Side) + column;
    }
}
