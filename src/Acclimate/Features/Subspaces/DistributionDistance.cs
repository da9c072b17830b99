using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>How the distributions of two domains are compared.</summary>
public enum DistributionDistance
{
    /// <summary>The squared maximum mean discrepancy of a Gaussian kernel.</summary>
    Mmd,

    /// <summary>The squared Hellinger distance of Gaussian kernel density estimates.</summary>
    Hellinger,
}

/// <summary>A distance at two samples, with its derivatives.</summary>
/// <param name="Value">D.</param>
/// <param name="Source">∂D/∂Zₛ: [n_s, k].</param>
/// <param name="Target">∂D/∂Zₜ: [n_t, k].</param>
/// <param name="Weights">∂D/∂a: [n_s, 1].</param>
/// <param name="Size">The length of the parts that add up to the derivatives by the samples.</param>
internal readonly record struct DistanceSlope(double Value, Tensor Source, Tensor Target, Tensor Weights, double Size);

/// <summary>
/// The distances that <see cref="DistributionDistance"/> names, between a source with weights a (Σa = 1) and a target with
/// equal weights b = 1/n_t, under k(x, y) = exp(−γ‖x − y‖²), with their derivatives in closed form. No more than a block of
/// rows of a kernel's matrix is at hand at a time.
/// </summary>
internal static class DistributionDistances
{
    /// <summary>A density that is smaller is taken for this, so that the quotients of two such are numbers.</summary>
    private const double LeastDensity = 1e-150;

    private const long Rows = 1024;

    /// <summary>The distance and its derivatives.</summary>
    /// <param name="kind">Which distance.</param>
    /// <param name="source">Zₛ: [n_s, k].</param>
    /// <param name="weights">a: [n_s, 1], adding up to 1.</param>
    /// <param name="target">Zₜ: [n_t, k].</param>
    /// <param name="gamma">γ.</param>
    public static DistanceSlope At(this DistributionDistance kind, Tensor source, Tensor weights, Tensor target, double gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor even = Tensor.Full([target.Size(0), 1], 1.0 / target.Size(0), ScalarType.Float64);
        DistanceSlope slope = kind == DistributionDistance.Mmd ? Mmd(source, weights, target, even, gamma) : Hellinger(source, weights, target, even, gamma);
        return slope with { Source = scope.Keep(slope.Source), Target = scope.Keep(slope.Target), Weights = scope.Keep(slope.Weights) };
    }

    /// <summary>D = aᵀK(Zₛ, Zₛ)a + bᵀK(Zₜ, Zₜ)b − 2aᵀK(Zₛ, Zₜ)b.</summary>
    private static DistanceSlope Mmd(Tensor source, Tensor a, Tensor target, Tensor b, double gamma)
    {
        KernelSum ss = Sum(source, a, source, a, gamma), tt = Sum(target, b, target, b, gamma), st = Sum(source, a, target, b, gamma);
        return new DistanceSlope(
            ss.Value + tt.Value - (2 * st.Value),
            2 * (ss.Left - st.Left),
            2 * (tt.Left - st.Right),
            2 * (ss.Image - st.Image),
            2 * (Length(ss.Left, tt.Left) + Length(st.Left, st.Right)));
    }

    /// <summary>
    /// D = ∫(√p − √q)² with the densities p(x) = Σaᵢk(x, xᵢ) and q(x) = Σbⱼk(x, xⱼ) up to the factor that both have; with
    /// T = p/(p + q), ∫(√T − √(1 − T))²(p + q) is estimated by the samples of p and of q (Carter, Raich, Finn, Hero, "FINE",
    /// IEEE TPAMI 2009; the CVPR 2014 paper's equation 5): D = Σaᵢh(xᵢ) + Σbⱼh(xⱼ), h = (√p − √q)²/(p + q) = 1 − 2√(pq)/(p + q).
    /// </summary>
    private static DistanceSlope Hellinger(Tensor source, Tensor a, Tensor target, Tensor b, double gamma)
    {
        Tensor all = Tensor.Concatenate([source, target]), c = Tensor.Concatenate([a, b]);
        long n = source.Size(0), m = all.Size(0);
        Tensor p = Image(all, source, a, gamma), q = Image(all, target, b, gamma);
        Tensor sum = p + q, root = (p * q).Sqrt();
        Tensor h = 1 - (2 * root / sum);

        // ∂h/∂p = √(pq)(p − q)/(p(p + q)²), ∂h/∂q the same with p and q exchanged; then by way of p and q to the samples.
        Tensor tilt = c * root * (p - q) / sum.Square();
        KernelSum byP = Sum(all, tilt / p, source, a, gamma), byQ = Sum(all, -tilt / q, target, b, gamma);
        Tensor own = byP.Left + byQ.Left;

        // Where p = q, all of it vanishes; what a part is without the factor (p − q)/(p + q), with 2γ‖x‖ for p's relative slope.
        Tensor size = c * root / sum * (all - all.Mean(0, keep: true)).Norm(1, keep: true);
        return new DistanceSlope(
            (c * h).Sum().ToDouble(),
            own.Slice(0, 0, n) + byP.Right,
            own.Slice(0, n, m) + byQ.Right,
            h.Slice(0, 0, n) + byP.Back,
            8 * gamma * size.Norm().ToDouble());
    }

    /// <summary>uᵀK(x, y)v, its derivatives by x and y, and K(x, y)v and K(x, y)ᵀu, which are its derivatives by u and v.</summary>
    private readonly record struct KernelSum(double Value, Tensor Left, Tensor Right, Tensor Image, Tensor Back);

    /// <summary>
    /// With P = diag(u)K diag(v): ∂/∂x uᵀKv = −2γ(diag(P1)x − Py) and ∂/∂y = −2γ(diag(Pᵀ1)y − Pᵀx).
    /// </summary>
    private static KernelSum Sum(Tensor x, Tensor u, Tensor y, Tensor v, double gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor right = y.ZerosLike(), back = v.ZerosLike(), vy = v * y;
        List<Tensor> left = [], image = [];
        for (long start = 0; start < x.Size(0); start += Rows)
        {
            using TensorScope block = TensorScope.Begin();
            long end = Math.Min(start + Rows, x.Size(0));
            Tensor some = x.Slice(0, start, end), weight = u.Slice(0, start, end);
            Tensor k = Kernel.Rbf(gamma).Evaluate(some, y), kv = k.MatMul(v);
            image.Add(block.Keep(kv));
            left.Add(block.Keep(weight * ((kv * some) - k.MatMul(vy))));
            right.AddInPlace(k.T.MatMul(weight * some), -1);
            back.AddInPlace(k.T.MatMul(weight));
        }

        Tensor kvs = Tensor.Concatenate([.. image]);
        return new KernelSum(
            (u * kvs).Sum().ToDouble(),
            scope.Keep(Tensor.Concatenate([.. left]) * (-2 * gamma)),
            scope.Keep(v * ((back * y) + right) * (-2 * gamma)),
            scope.Keep(kvs),
            scope.Keep(back));
    }

    /// <summary>K(x, y)v, held above 0.</summary>
    private static Tensor Image(Tensor x, Tensor y, Tensor v, double gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < x.Size(0); start += Rows)
        {
            using TensorScope block = TensorScope.Begin();
            Tensor some = x.Slice(0, start, Math.Min(start + Rows, x.Size(0)));
            parts.Add(block.Keep(Kernel.Rbf(gamma).Evaluate(some, y).MatMul(v)));
        }

        return scope.Keep(Tensor.Concatenate([.. parts]).Clamp(low: LeastDensity));
    }

    private static double Length(Tensor one, Tensor two) => Math.Sqrt(one.Square().Sum().ToDouble() + two.Square().Sum().ToDouble());
}
