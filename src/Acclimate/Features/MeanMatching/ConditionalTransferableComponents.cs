using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// CTC: components whose distribution within each class differs between the domains by no more than place and scale, found
/// together with these and with how frequent the classes are in the target. Gong, Zhang, Liu, Tao, Glymour, Schölkopf,
/// "Domain Adaptation with Conditional Transferable Components", ICML 2016, sections 3.2 and 3.3.
/// </summary>
/// <remarks>
/// <para>A source sample of class c becomes x̃ = a_c ∘ Wᵀx + b_c. By rounds: the target's class shares p, exactly, by a
/// quadratic program; then W, a and b by steepest descent with Armijo's condition, W brought back to WᵀW = I by QR.
/// The objective never rises.</para>
/// <para>What keeps the components informative of the class is the paper's regression of the labels on them, here by the
/// linear kernel: what ridge regression leaves of the labels, which needs no n × n inverse. The Gaussian kernel of the
/// discrepancy does: of more than 2,000 samples of a domain, 2,000 are drawn to learn from.</para>
/// </remarks>
[Method("ctc", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Conditional Transferable Components",
    Summary = "Projects on components that each class keeps up to place and scale, which it corrects, and estimates how frequent the classes are in the target.",
    Formula = "min ‖Σ_c p_c μ(a_c ∘ Wᵀx + b_c | c) − μ_t(Wᵀx)‖² + λ_S‖a − 1‖² + λ_L‖b‖² + λ_I · what the components leave of the labels,  WᵀW = I",
    Paper = "Gong, Zhang, Liu, Tao, Glymour, Schölkopf: Domain Adaptation with Conditional Transferable Components, ICML 2016")]
public sealed class ConditionalTransferableComponents : FeatureMethod
{
    private const int Limit = 2000;
    private const long DrawSource = 9201;
    private const long DrawTarget = 9202;

    /// <summary>ε of the ridge regression of the labels.</summary>
    private const double Ridge = 1e-3;

    /// <summary>The share of the decrease that the slope promises which a step must bring.</summary>
    private const double Armijo = 1e-4;

    /// <summary>A step that is shorter moves nothing any more.</summary>
    private const double LeastStep = 1e-12;

    /// <summary>k, the components, 1 or more; as many as there are features where these are fewer.</summary>
    [Option("dimensions", "the components, 1 or more", Search = "10..200 log", Source = "ours: as many as TCA and its successors take")]
    public int Dimensions { get; init; } = 30;

    /// <summary>T, the rounds, 1 or more.</summary>
    [Option("rounds", "the rounds, 1 or more", Search = "fixed", Source = "ours: as many as JDA and its successors take")]
    public int Rounds { get; init; } = 10;

    /// <summary>The steps of W, a and b in each round, 1 or more.</summary>
    [Option("steps", "the steps of descent in each round, 1 or more", Search = "fixed", Source = "ours: ten small moves before class shares are asked again")]
    public int Steps { get; init; } = 10;

    /// <summary>λ_S, what it costs to change a class's scale, 0 or more.</summary>
    [Option("scale-penalty", "what it costs to change a class's scale, 0 or more", Search = "0.01..1 log", Source = "ours: a tenth of what losing the labels costs")]
    public double ScalePenalty { get; init; } = 0.1;

    /// <summary>λ_L, what it costs to move a class, 0 or more.</summary>
    [Option("location-penalty", "what it costs to move a class, 0 or more", Search = "0.01..1 log", Source = "ours: a tenth of what losing the labels costs")]
    public double LocationPenalty { get; init; } = 0.1;

    /// <summary>λ_I, what it costs to lose the labels, 0 or more.</summary>
    [Option("information", "what it costs to lose the labels, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the discrepancy")]
    public double Information { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
        Require(Steps >= 1, $"steps is {Steps}; expected 1 or more");
        Require(ScalePenalty >= 0 && double.IsFinite(ScalePenalty), $"scale-penalty is {ScalePenalty}; expected 0 or more");
        Require(LocationPenalty >= 0 && double.IsFinite(LocationPenalty), $"location-penalty is {LocationPenalty}; expected 0 or more");
        Require(Information >= 0 && double.IsFinite(Information), $"information is {Information}; expected 0 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] present = [.. data.SourceLabels.Distinct().Order()];
        long[] labels = [.. data.SourceLabels.Select(label => (long)Array.IndexOf(present, label))];
        long[] s = Drawn(data.SourceCount, DrawSource), t = Drawn(data.TargetCount, DrawTarget);

        (Tensor start, _) = Moments.Of(data.Pooled()).Principal(Dimensions);
        Tensor zs = data.Source.MatMul(start), zt = data.Target.MatMul(start);
        Problem problem = new(
            data.Source.IndexSelect(0, Tensor.From(s)), Tensor.From<long>([.. s.Select(i => labels[i])]), labels.Max() + 1,
            data.Target.IndexSelect(0, Tensor.From(t)), Kernel.RbfAtMedian(Tensor.Concatenate([zs, zt])).Gamma,
            ScalePenalty, LocationPenalty, Information);

        using TensorScope all = TensorScope.Begin();
        Point at = new(start, Tensor.Ones([problem.Classes, start.Size(1)], ScalarType.Float64), Tensor.Zeros([problem.Classes, start.Size(1)], ScalarType.Float64));
        Tensor shares = problem.SourceShares;
        List<double> objective = [];
        double step = 1;
        for (int round = 1; round <= Rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            shares = problem.Shares(at);
            double value = 0;
            for (int i = 0; i < Steps && step > LeastStep; i++)
                (at, value) = Descend(problem, at, shares, ref step);
            step = Math.Max(step, 1e-6);
            (at, shares) = (new Point(scope.Keep(at.W), scope.Keep(at.A), scope.Keep(at.B)), scope.Keep(shares));
            objective.Add(value);
            context.Report(round, Rounds);
        }

        double constraint = (at.W.T.MatMul(at.W) - Tensor.Eye(at.W.Size(1), ScalarType.Float64)).Abs().Max().ToDouble();
        string estimated = string.Join(", ", shares.ToArray<double>().Select(p => p.ToString("0.000", CultureInfo.InvariantCulture)));
        Certificate certificate = new() { ConstraintError = constraint, Objective = objective, Notes = [$"the target's class shares, estimated: {estimated}"] };

        // The classifier is trained on the source samples where their classes have been moved to.
        Tensor of = Tensor.From(labels);
        Tensor moved = (data.Source.MatMul(at.W) * at.A.IndexSelect(0, of)) + at.B.IndexSelect(0, of);
        return new FittedFeatures(new AffineMap(all.Keep(at.W)), certificate, data.Train(context.Classifier, moved, data.Target.MatMul(at.W)));

        long[] Drawn(int count, long purpose)
        {
            using TensorScope scope = TensorScope.Begin();
            if (count <= Limit)
                return [.. Enumerable.Range(0, count).Select(static i => (long)i)];
            using Generator generator = context.Draw(purpose);
            return Tensor.Permutation(count, generator).Slice(0, 0, Limit).ToArray<long>();
        }
    }

    /// <summary>A step down along the slope, as long as Armijo's condition lets it be; the same point where there is none.</summary>
    private static (Point At, double Value) Descend(Problem problem, Point at, Tensor shares, ref double step)
    {
        (double value, Point slope) = problem.Slope(at, shares);

        // On the manifold of orthonormal W only the tangential part of its slope counts.
        Tensor wg = at.W.T.MatMul(slope.W);
        slope = slope with { W = slope.W - at.W.MatMul((wg + wg.T) / 2) };
        double steep = slope.W.Square().Sum().ToDouble() + slope.A.Square().Sum().ToDouble() + slope.B.Square().Sum().ToDouble();
        for (; step > LeastStep; step /= 2)
        {
            Tensor w = Operator.Get("aten::linalg_qr").CallMany(at.W - (slope.W * step))[0];
            Point next = new(w, at.A - (slope.A * step), at.B - (slope.B * step));

            // The decomposition is free in its columns' signs; theirs are to stay.
            next = next with { W = w * (w * at.W).Sum(0, keep: true).Sign() };
            double there = problem.Slope(next, shares).Value;
            if (there <= value - (Armijo * step * steep))
            {
                step *= 2;
                return (next, there);
            }
        }

        return (at, value);
    }

    /// <summary>What is looked for: W [d, k], and a and b [C, k]. Its slope has the same shapes.</summary>
    internal sealed record Point(Tensor W, Tensor A, Tensor B);

    /// <summary>The objective for given data.</summary>
    internal sealed class Problem(Tensor xs, Tensor labels, long classes, Tensor xt, double gamma, double scale, double location, double information)
    {
        private readonly Tensor member = labels.OneHot(classes).To(ScalarType.Float64);

        public long Classes => classes;

        /// <summary>The classes' shares of the source.</summary>
        public Tensor SourceShares => member.Mean(0);

        /// <summary>
        /// The class shares p that match best: min pᵀQp, Σp = 1, p ≥ 0, with Q_cc′ = ⟨μ_c − μ_t, μ_c′ − μ_t⟩. All of one
        /// sign, its solution is that of min ½xᵀQx − Σx over x ≥ 0, divided by its sum.
        /// </summary>
        public Tensor Shares(Point at)
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor u, Tensor t) = Move(at);
            Tensor r = member / member.Sum(0, keep: true).Clamp(low: 1);
            Tensor between = r.T.MatMul(Gaussian(u, t).Mean(1, keep: true));
            Tensor q = r.T.MatMul(Gaussian(u, u)).MatMul(r) - between - between.T + Gaussian(t, t).Mean();
            int c = (int)classes;
            double[] flat = q.ToArray<double>(), ones = [.. Enumerable.Repeat(1.0, c)];
            double[,] matrix = new double[c, c];

            // A class of which no sample was drawn can have no share.
            double[] held = member.Sum(0).ToArray<double>();
            for (int i = 0; i < c; i++)
            {
                for (int j = 0; j < c; j++)
                    matrix[i, j] = ((flat[(i * c) + j] + flat[(j * c) + i]) / 2) + (i != j ? 0 : held[i] > 0 ? 1e-9 : 1e9);
            }

            double[] x = NonNegativeQuadratic.Minimise(matrix, ones);
            double sum = x.Sum();
            return scope.Keep(Tensor.From<double>([.. x.Select(share => share / sum)]));
        }

        /// <summary>The objective and its slope in W, a and b.</summary>
        public (double Value, Point Slope) Slope(Point at, Tensor shares)
        {
            // ‖Σ uᵢφ(ũᵢ) − Σ φ(tⱼ)/m‖², uᵢ the share of i's class over how many it has.
            (Tensor u, Tensor t) = Move(at);
            Tensor weight = member.MatMul((shares / member.Sum(0).Clamp(low: 1)).Unsqueeze(1));
            double m = t.Size(0);
            Tensor p = Gaussian(u, u) * weight * weight.T, q = Gaussian(u, t) * weight / m, r = Gaussian(t, t) / (m * m);
            double value = p.Sum().ToDouble() - (2 * q.Sum().ToDouble()) + r.Sum().ToDouble();
            Tensor du = (Pull(q, u, t) - Pull(p, u, u)) * (4 * gamma), dt = (Pull(q.T, t, u) - Pull(r, t, t)) * (4 * gamma);

            Tensor zs = xs.MatMul(at.W);
            Tensor dz = du * at.A.IndexSelect(0, labels);
            Tensor da = member.T.MatMul(du * zs), db = member.T.MatMul(du);

            // λ_S‖a − 1‖² + λ_L‖b‖², each class by its share of the source.
            Tensor share = SourceShares.Unsqueeze(1), change = at.A - 1;
            value += (scale * (share * change.Square()).Sum().ToDouble()) + (location * (share * at.B.Square()).Sum().ToDouble());
            da += share * change * (2 * scale);
            db += share * at.B * (2 * location);

            // λ_I min_V (‖Y − ZV‖² + nε‖V‖²)/n: its slope is that at the best V.
            double n = zs.Size(0);
            Tensor z = zs - zs.Mean(0, keep: true), y = member - member.Mean(0, keep: true);
            Tensor v = (z.T.MatMul(z) + (Tensor.Eye(z.Size(1), ScalarType.Float64) * (n * Ridge))).Solve(z.T.MatMul(y));
            Tensor left = y - z.MatMul(v);
            value += information * ((left.Square().Sum().ToDouble() / n) + (Ridge * v.Square().Sum().ToDouble()));
            dz -= left.MatMul(v.T) * (2 * information / n);

            return (value, new Point(xs.T.MatMul(dz) + xt.T.MatMul(dt), da, db));
        }

        /// <summary>The source's components where their classes are moved to, and the target's.</summary>
        private (Tensor U, Tensor T) Move(Point at) =>
            ((xs.MatMul(at.W) * at.A.IndexSelect(0, labels)) + at.B.IndexSelect(0, labels), xt.MatMul(at.W));

        private Tensor Gaussian(Tensor x, Tensor y) => (PairwiseDistances.Squared(x, y) * -gamma).Exp();

        /// <summary>Row i: Σⱼ wᵢⱼ(xᵢ − yⱼ).</summary>
        private static Tensor Pull(Tensor w, Tensor x, Tensor y) => (x * w.Sum(1, keep: true)) - w.MatMul(y);
    }
}
