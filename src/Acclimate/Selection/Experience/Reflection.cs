using Acclimate.Torch;

namespace Acclimate.Selection.Experience;

/// <summary>What a reflection function expects of a method on a pair.</summary>
/// <param name="Gain">Points of accuracy above the source's own model.</param>
/// <param name="Deviation">How far off that may be, as a standard deviation.</param>
/// <param name="Pairs">How many pairs the method is known from.</param>
public sealed record ExpectedGain(double Gain, double Deviation, int Pairs);

/// <summary>
/// Learns from experiences what a method gains on which kind of pair, after Wei, Zhang, Yang, "Transfer Learning via Learning to
/// Transfer", ICML 2018: their reflection function, too, maps what is known of a pair and of what was transferred to the gain. Theirs
/// learns a metric for one kind of transfer; this one is a Gaussian process over the pair's statistics for each method:
/// <code>g = μ + f_m(x) + ε,   μ_m ~ N(μ₀, τ²),   f_m ~ GP(0, s² exp(−‖x − x′‖²/2ℓ²)),   ε ~ N(0, σ²)</code>
/// τ² is the variance of the methods' means; s² and σ² share what is left, v: s² = q v. The share q and the length ℓ are those
/// under which each experience is likeliest given all others (Rasmussen, Williams, "Gaussian Processes for Machine Learning", 2006, 5.12),
/// where q = 0 says that the statistics tell nothing and the methods' means are all there is.
/// </summary>
public sealed class Reflection
{
    private static readonly double[] Shares = [0, 0.25, 0.5, 0.75, 0.9], Lengths = [0.5, 1, 2, 4];

    private readonly Dictionary<string, Known> methods;
    private readonly double[] centre;
    private readonly double[] scale;
    private readonly double grand;
    private readonly double spread;
    private readonly double left;

    private Reflection(Dictionary<string, Known> methods, double[] centre, double[] scale, double grand, double spread, double left, double share, double length)
    {
        this.methods = methods;
        this.centre = centre;
        this.scale = scale;
        this.grand = grand;
        this.spread = spread;
        this.left = left;
        Share = share;
        Length = length;
    }

    /// <summary>q: how much of what methods gain beyond their means the pair's statistics explain.</summary>
    public double Share { get; }

    /// <summary>ℓ, in standard deviations of the statistics: 1 is the typical distance of two pairs.</summary>
    public double Length { get; }

    /// <summary>Learns.</summary>
    /// <param name="experiences">Those without a gain are left out; several of one method on one pair count once, by their mean.</param>
    /// <param name="nameOf">What counts as one method; its name with its options if left out.</param>
    /// <exception cref="ArgumentException">None has a gain.</exception>
    public static Reflection Learn(IEnumerable<Experience> experiences, Func<Experience, string>? nameOf = null)
    {
        ArgumentNullException.ThrowIfNull(experiences);
        nameOf ??= NameOf;
        var known = (from one in experiences
                     where one.Gain is not null
                     group one by (one.Source, one.Target, one.Statistics, Name: nameOf(one)) into same
                     select (same.Key.Name, Point: same.Key.Statistics.Point(), Gain: same.Average(static one => one.Gain!.Value))).ToList();
        if (known.Count == 0)
            throw new ArgumentException("no experience has a gain; expected one at least", nameof(experiences));
        (double[] centre, double[] scale) = Moments([.. known.Select(static one => one.Point)]);
        double grand = known.Average(static one => one.Gain);
        var byMethod = known.GroupBy(static one => one.Name).Select(static group => (Name: group.Key, Points: group.Select(static one => one.Point).ToArray(), Gains: group.Select(static one => one.Gain).ToArray())).ToList();
        double left = Math.Max(byMethod.Sum(static m => m.Gains.Sum(gain => Square(gain - m.Gains.Average()))) / Math.Max(1, known.Count - byMethod.Count), 1e-6);
        double spread = Math.Max(byMethod.Average(m => Square(m.Gains.Average() - grand)), 1e-6);

        using TensorScope scope = TensorScope.Begin();
        var scaled = byMethod.Select(m => (m.Name, m.Gains, Points: m.Points.Select(point => Scaled(point, centre, scale)).ToArray())).ToList();
        (double share, double length) = (from q in Shares
                                         from l in q == 0 ? [1] : Lengths
                                         select (q, l)).MaxBy(at => scaled.Sum(m => Likelihood(m.Points, m.Gains, grand, spread, left, at.q, at.l)));
        Dictionary<string, Known> fitted = scaled.ToDictionary(static m => m.Name, m =>
        {
            using TensorScope one = TensorScope.Begin();
            Tensor covariance = Covariance(m.Points, spread, left, share, length);
            return new Known(m.Points, Rows(Inverse(covariance)), Flat(covariance.Solve(Column(m.Gains, grand))));
        });
        return new Reflection(fitted, centre, scale, grand, spread, left, share, length);
    }

    /// <summary>What to expect of a method; one that is not known, what methods gain on the whole.</summary>
    /// <param name="pair">What is known of the pair.</param>
    /// <param name="method">The method, named as it was when learning.</param>
    public ExpectedGain Expect(PairStatistics pair, string method)
    {
        ArgumentNullException.ThrowIfNull(pair);
        double prior = spread + left;
        if (!methods.TryGetValue(method, out Known? known))
            return new ExpectedGain(grand, Math.Sqrt(prior), 0);
        double[] at = Scaled(pair.Point(), centre, scale);
        double[] with = [.. known.Points.Select(point => Kernel(at, point, spread, left, Share, Length))];
        double gain = grand + with.Zip(known.Weights, static (k, w) => k * w).Sum();
        double explained = with.Select((k, i) => k * known.Inverse[i].Zip(with, static (a, b) => a * b).Sum()).Sum();
        return new ExpectedGain(gain, Math.Sqrt(Math.Max(0, prior - explained)), known.Points.Length);
    }

    /// <summary>Methods by what is expected of them, most first; equals stay in their order.</summary>
    /// <param name="pair">What is known of the pair.</param>
    /// <param name="candidates">The methods, named as they were when learning.</param>
    public IReadOnlyList<string> Order(PairStatistics pair, IEnumerable<string> candidates) =>
        [.. candidates.OrderByDescending(method => Expect(pair, method).Gain)];

    /// <summary>A method with its options, in the options' order.</summary>
    /// <param name="experience">The experience.</param>
    public static string NameOf(Experience experience)
    {
        ArgumentNullException.ThrowIfNull(experience);
        return string.Join(' ', [experience.Method, .. experience.Options.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static option => $"{option.Key}={option.Value}")]);
    }

    /// <summary>Σ log p(gᵢ | all other gains of the method), from the covariance's inverse alone.</summary>
    internal static double Likelihood(double[][] points, double[] gains, double grand, double spread, double left, double share, double length)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor covariance = Covariance(points, spread, left, share, length);
        double[] weights = Flat(covariance.Solve(Column(gains, grand)));
        double[][] inverse = Rows(Inverse(covariance));
        return weights.Select((w, i) => -0.5 * ((w * w / inverse[i][i]) - Math.Log(inverse[i][i]) + Math.Log(2 * Math.PI))).Sum();
    }

    private static double Kernel(double[] a, double[] b, double spread, double left, double share, double length) =>
        spread + (share * left * Math.Exp(-a.Zip(b, static (x, y) => Square(x - y)).Sum() / (2 * a.Length * length * length)));

    private static Tensor Covariance(double[][] points, double spread, double left, double share, double length)
    {
        int n = points.Length;
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                values[(i * n) + j] = Kernel(points[i], points[j], spread, left, share, length) + (i == j ? (1 - share) * left : 0);
        }

        return Tensor.From(values).Reshape(n, n);
    }

    private static Tensor Inverse(Tensor square) => square.Solve(Tensor.Eye(square.Size(0), ScalarType.Float64));

    private static Tensor Column(double[] gains, double grand) => Tensor.From(Array.ConvertAll(gains, gain => gain - grand)).Reshape(gains.Length, 1);

    private static double[] Flat(Tensor column) => column.Flatten(0).ToArray<double>();

    private static double[][] Rows(Tensor square)
    {
        int n = (int)square.Size(0);
        double[] values = square.ToArray<double>();
        return [.. Enumerable.Range(0, n).Select(i => values[(i * n)..((i + 1) * n)])];
    }

    private static (double[] Centre, double[] Scale) Moments(double[][] points)
    {
        double[] centre = [.. Enumerable.Range(0, points[0].Length).Select(i => points.Average(point => point[i]))];
        double[] scale = [.. centre.Select((mean, i) => Math.Sqrt(points.Average(point => Square(point[i] - mean)))).Select(static s => s > 1e-12 ? s : 1)];
        return (centre, scale);
    }

    private static double[] Scaled(double[] point, double[] centre, double[] scale) => [.. point.Select((value, i) => (value - centre[i]) / scale[i])];

    private static double Square(double x) => x * x;

    private sealed record Known(double[][] Points, double[][] Inverse, double[] Weights);
}
