using Acclimate.Torch;

namespace Acclimate.Selection.Experience;

/// <summary>What a reflection function expects of a method on a pair.</summary>
/// <param name="Gain">Points of accuracy above the source's own model, on this pair.</param>
/// <param name="Deviation">How far off that may be, as a standard deviation.</param>
/// <param name="Mean">The points on any pair: what the method gained on average, drawn towards the mean of all methods.</param>
/// <param name="Pairs">How many pairs the method is known from.</param>
public sealed record ExpectedGain(double Gain, double Deviation, double Mean, int Pairs);

/// <summary>
/// Learns from experiences what a method gains on which kind of pair, after Wei, Zhang, Yang, "Transfer Learning via Learning to
/// Transfer", ICML 2018: their reflection function, too, maps what is known of a pair and of what was transferred to the gain. Theirs
/// learns a metric for one kind of transfer; this one is a Gaussian process over the pair's statistics for each method:
/// <code>g = μ + f_m(x) + ε,   μ_m ~ N(μ₀, τ²),   f_m ~ GP(0, s² exp(−‖x − x′‖²/2dℓ²)),   ε ~ N(0, σ²)</code>
/// τ² is the variance of the methods' means; s² and σ² share what is left, v: s² = q v.
/// <para>
/// Which d statistics x holds (how large the pair is, how far its domains are apart, what a line and neighbours answer, or all), the share q
/// and the length ℓ are those that predict best what the experiences don't hold: other kinds of data. With G the groups of pairs that share a domain, they make
/// <code>Σ_G mean_{i ∈ G, m} r²_im,   r_G = (K⁻¹_GG)⁻¹ (K⁻¹ (g − μ₀))_G</code>
/// least, the squared error where the whole group is left out; where there is but one group, a pair is. Pairs of one group are alike: leaving one of them out
/// would praise statistics that only tell which group it is. q = 0 says that the statistics tell nothing and the methods' means are all there is.
/// </para>
/// </summary>
public sealed class Reflection
{
    private const string NoKind = "none";
    private static readonly double[] Shares = [0.25, 0.5, 0.75, 0.9], Lengths = [0.5, 1, 2, 4];

    private readonly Dictionary<string, Known> methods;
    private readonly double[] centre;
    private readonly double[] scale;
    private readonly double grand;
    private readonly GainProcess process;

    private Reflection(Dictionary<string, Known> methods, double[] centre, double[] scale, double grand, GainProcess process)
    {
        this.methods = methods;
        this.centre = centre;
        this.scale = scale;
        this.grand = grand;
        this.process = process;
    }

    /// <summary>q: how much of what methods gain beyond their means the pair's statistics explain.</summary>
    public double Share => process.Share;

    /// <summary>ℓ, in standard deviations of the statistics: 1 is the typical distance of two pairs.</summary>
    public double Length => process.Length;

    /// <summary>Which statistics tell most: <c>sizes</c>, <c>distance</c>, <c>answers</c> or <c>all</c>; <c>none</c> where q is 0.</summary>
    public string Kind => Share > 0 ? process.Kind.Name : NoKind;

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
                     group one.Gain!.Value by (Pair: (one.Source, one.Target, one.Statistics), Name: nameOf(one)) into same
                     select (same.Key.Pair, same.Key.Name, Gain: same.Average())).ToList();
        if (known.Count == 0)
            throw new ArgumentException("no experience has a gain; expected one at least", nameof(experiences));
        var pairs = known.Select(static one => one.Pair).Distinct().ToList();
        var places = pairs.Index().ToDictionary(static at => at.Item, static at => at.Index);
        int[] groups = DomainGroups.Of([.. pairs.Select(static pair => (pair.Source, pair.Target))]);
        (double[] centre, double[] scale) = Moments([.. pairs.Select(static pair => pair.Statistics.Point())]);
        double[][] points = [.. pairs.Select(pair => Scaled(pair.Statistics, centre, scale))];

        double grand = known.Average(static one => one.Gain);
        Tried[] tried = [.. from one in known
                            orderby places[one.Pair]
                            group (Place: places[one.Pair], one.Gain) by one.Name into method
                            group method by string.Join(' ', method.Select(static one => one.Place)) into same
                            select new Tried(
                                [.. same.First().Select(static one => one.Place)],
                                [.. same.Select(static method => method.Key)],
                                [.. same.Select(method => method.Select(one => one.Gain - grand).ToArray())])];
        double[][] gains = [.. tried.SelectMany(static some => some.Gains)];
        double left = Math.Max(gains.Sum(static own => own.Sum(gain => Square(gain - own.Average()))) / Math.Max(1, known.Count - gains.Length), 1e-6);
        double spread = Math.Max(gains.Average(static own => Square(own.Average())), 1e-6);

        GainProcess[] processes =
        [
            new(spread, left, PairStatistics.Kinds[^1], 0, 1),
            .. from kind in PairStatistics.Kinds
               from share in Shares
               from length in Lengths
               select new GainProcess(spread, left, kind, share, length),
        ];
        GainProcess best = processes.MinBy(process => Error(process, points, groups, tried))!;
        return new Reflection(tried.SelectMany(some => Fit(best, points, some)).ToDictionary(), centre, scale, grand, best);
    }

    /// <summary>What to expect of a method; one that is not known, what methods gain on the whole.</summary>
    /// <param name="pair">What is known of the pair.</param>
    /// <param name="method">The method, named as it was when learning.</param>
    public ExpectedGain Expect(PairStatistics pair, string method)
    {
        ArgumentNullException.ThrowIfNull(pair);
        double prior = process.Spread + process.Left;
        if (!methods.TryGetValue(method, out Known? known))
            return new ExpectedGain(grand, Math.Sqrt(prior), grand, 0);
        using TensorScope scope = TensorScope.Begin();
        double[] with = GainProcess.Rows(process.Kernel([Scaled(pair, centre, scale)], known.Points))[0];
        double explained = with.Select((k, i) => k * Product(known.Inverse[i], with)).Sum();
        return new ExpectedGain(grand + Product(with, known.Weights), Math.Sqrt(Math.Max(0, prior - explained)), grand + known.Mean, known.Points.Length);
    }

    /// <summary>
    /// In which order to try methods: first the one of which most is expected on this pair; then, in case that was wrong, the others by what they gained on average. So
    /// never more than one try is lost on what is thought to be known of the pair. Equals stay in their order.
    /// </summary>
    /// <param name="pair">What is known of the pair.</param>
    /// <param name="candidates">The methods, named as they were when learning; each once.</param>
    public IReadOnlyList<string> Order(PairStatistics pair, IEnumerable<string> candidates)
    {
        (string Name, ExpectedGain Expected)[] all = [.. candidates.Select(method => (method, Expect(pair, method)))];
        string[] first = [.. all.OrderByDescending(static one => one.Expected.Gain).Select(static one => one.Name).Take(1)];
        return [.. first, .. all.OrderByDescending(static one => one.Expected.Mean).Select(static one => one.Name).Except(first)];
    }

    /// <summary>A method with its options, in the options' order.</summary>
    /// <param name="experience">The experience.</param>
    public static string NameOf(Experience experience)
    {
        ArgumentNullException.ThrowIfNull(experience);
        return string.Join(' ', [experience.Method, .. experience.Options.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static option => $"{option.Key}={option.Value}")]);
    }

    /// <summary>The squared error where groups are left out, a group counting as much as another.</summary>
    private static double Error(GainProcess process, double[][] points, int[] groups, Tried[] tried)
    {
        using TensorScope scope = TensorScope.Begin();
        return (from some in tried
                from one in GainProcess.LeftOut(process.Covariance(some.Of(points)), some.Matrix(), some.Of(groups)).Zip(some.Of(groups))
                from residual in one.First
                group Square(residual) by one.Second into ofGroup
                select ofGroup.Average()).Sum();
    }

    private static IEnumerable<KeyValuePair<string, Known>> Fit(GainProcess process, double[][] points, Tried some)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor inverse = GainProcess.Inverse(process.Covariance(some.Of(points)));
        double[][] rows = GainProcess.Rows(inverse), weights = GainProcess.Rows(inverse.MatMul(some.Matrix()).T);
        double drawn = process.Spread / (process.Spread + (process.Left / some.Pairs.Length));
        return [.. some.Methods.Select((name, i) => KeyValuePair.Create(name, new Known(some.Of(points), rows, weights[i], drawn * some.Gains[i].Average())))];
    }

    private static (double[] Centre, double[] Scale) Moments(double[][] points)
    {
        double[] centre = [.. Enumerable.Range(0, points[0].Length).Select(i => points.Average(point => point[i]))];
        double[] scale = [.. centre.Select((mean, i) => Math.Sqrt(points.Average(point => Square(point[i] - mean)))).Select(static s => s > 1e-12 ? s : 1)];
        return (centre, scale);
    }

    private static double[] Scaled(PairStatistics pair, double[] centre, double[] scale) => [.. pair.Point().Select((value, i) => (value - centre[i]) / scale[i])];

    private static double Product(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();

    private static double Square(double x) => x * x;

    /// <summary>Methods that are known from the same pairs, and so share a covariance; their gains without the mean of all.</summary>
    private sealed record Tried(int[] Pairs, string[] Methods, double[][] Gains)
    {
        /// <summary>What is known of each pair, of these pairs.</summary>
        public T[] Of<T>(T[] each) => Array.ConvertAll(Pairs, place => each[place]);

        /// <summary>The gains, [pairs, methods].</summary>
        public Tensor Matrix() => Tensor.From([.. Gains.SelectMany(static own => own)]).Reshape(Methods.Length, Pairs.Length).T;
    }

    private sealed record Known(double[][] Points, double[][] Inverse, double[] Weights, double Mean);
}
