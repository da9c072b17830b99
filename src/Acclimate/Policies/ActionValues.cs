using Acclimate.Torch;

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
    private const string Name = "action-values";

    private readonly double[] weights;

    /// <summary>All values are 0: every action that was not tried looks better than it is, so that all are.</summary>
    public ActionValues() => weights = new double[ValleyTask.Actions * Tilings * Side * Side];

    private ActionValues(double[] weights) => this.weights = weights;

    /// <summary>These values, each times a factor, to be changed apart.</summary>
    /// <param name="factor">The factor.</param>
    public ActionValues Times(double factor) => new([.. weights.Select(weight => factor * weight)]);

    /// <summary>The weights: action by action, tiling by tiling, tile by tile.</summary>
    public IReadOnlyList<double> Weights => weights;

    /// <summary>Saves the values as a safetensors file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">The name of the task that they were learnt on, which goes along.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Save(string path, string task)
    {
        using Tensor values = Tensor.From(weights, ValleyTask.Actions, Tilings, Side * Side);
        Safetensors.Write(path, [KeyValuePair.Create(Name, values)], new Dictionary<string, string> { ["task"] = task });
    }

    /// <summary>Reads values that were saved.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The values, and the name of the task that they were learnt on.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or holds something else.</exception>
    /// <exception cref="IOException">It is not there, or can't be read.</exception>
    public static (ActionValues Values, string Task) Load(string path)
    {
        using TensorFile file = Safetensors.Read(path);
        long[] shape = [ValleyTask.Actions, Tilings, Side * Side];
        if (!file.Tensors.TryGetValue(Name, out Tensor? values) || values.Type != ScalarType.Float64 || !values.Shape.SequenceEqual(shape))
            throw new InvalidDataException($"{path} holds no policy: expected a float64 tensor '{Name}' of [{string.Join(", ", shape)}], as acclimate policy --out writes it");
        double[] read = values.ToArray<double>();
        return read.All(double.IsFinite)
            ? (new ActionValues(read), file.Metadata.GetValueOrDefault("task", "another task"))
            : throw new InvalidDataException($"{path} holds values that are not finite");
    }

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
