using Acclimate.Torch;

namespace Acclimate.SelfTaught;

/// <summary>
/// Samples as combinations of few bases: min Σ_i ‖y_i − a_iB‖² + β‖a_i‖₁ over the codes a and the bases B, each of length 1 at most. Lee, Battle, Raina, Ng,
/// "Efficient Sparse Coding Algorithms", NIPS 2006; Raina et al., ICML 2007, equation 1.
/// </summary>
internal static class SparseCoding
{
    /// <summary>
    /// Steps of the codes' descent. A number and not a precision, so that a sample's code does not hang on those it is coded with.
    /// </summary>
    private const int Steps = 500;

    private const double Unused = 1e-10;

    /// <summary>Codes for given bases: the minimum of a convex problem for each sample, by accelerated proximal gradients (Beck and Teboulle, 2009).</summary>
    /// <param name="samples">Y: [n, d], float64.</param>
    /// <param name="bases">B: [k, d].</param>
    /// <param name="beta">β.</param>
    /// <param name="start">Where to begin; nowhere begins at 0.</param>
    /// <returns>[n, k].</returns>
    public static Tensor Codes(Tensor samples, Tensor bases, double beta, Tensor? start = null)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor gram = bases.MatMul(bases.T), pull = samples.MatMul(bases.T);
        double length = 1 / Math.Max(gram.SymmetricEigen().Values.Max().ToDouble(), double.Epsilon), pace = 1;
        Tensor codes = (start ?? pull.ZerosLike()).Clone(), ahead = codes.Clone();
        for (int step = 0; step < Steps; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor moved = ahead - ((ahead.MatMul(gram) - pull) * length);
            Tensor next = moved - moved.Clamp(-beta * length / 2, beta * length / 2);
            double faster = (1 + Math.Sqrt(1 + (4 * pace * pace))) / 2;
            ahead.CopyInPlace(next + ((next - codes) * ((pace - 1) / faster)));
            codes.CopyInPlace(next);
            pace = faster;
        }

        return all.Keep(codes);
    }

    /// <summary>How far codes are from the first-order conditions, relative to the slope at 0 with β: the slope of ‖y − aB‖² is −β sign(a) where a is not 0, and no more than β where it is.</summary>
    public static double Violation(Tensor samples, Tensor bases, double beta, Tensor codes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor first = samples.MatMul(bases.T) * 2, slope = (codes.MatMul(bases).MatMul(bases.T) * 2) - first;
        Tensor at = codes.Equals(0).Where((slope.Abs() - beta).Relu(), (slope + (codes.Sign() * beta)).Abs());
        return at.Max().ToDouble() / (beta + first.Abs().Max().ToDouble());
    }

    /// <summary>The mean over samples of ‖y − aB‖² + β‖a‖₁.</summary>
    public static double Objective(Tensor samples, Tensor bases, double beta, Tensor codes)
    {
        using TensorScope scope = TensorScope.Begin();
        return ((samples - codes.MatMul(bases)).Square().Sum() + (codes.Abs().Sum() * beta)).ToDouble() / samples.Size(0);
    }

    /// <summary>
    /// Learns bases, by turns with the codes: each basis goes to its best place with the others held, which is in closed form (Mairal, Bach, Ponce,
    /// Sapiro, JMLR 2010). One that no sample uses begins anew as the sample that is rebuilt worst.
    /// </summary>
    /// <param name="samples">Y: [n, d], n ≥ 1, float64.</param>
    /// <param name="count">k, how many bases; as many as there are samples where these are fewer.</param>
    /// <param name="beta">β.</param>
    /// <param name="rounds">Turns.</param>
    /// <param name="generator">Draws the samples that bases begin as.</param>
    /// <param name="heard">Hears the objective after each turn.</param>
    /// <returns>[k, d].</returns>
    public static Tensor Learn(Tensor samples, int count, double beta, int rounds, Generator generator, Action<int, double> heard)
    {
        using TensorScope all = TensorScope.Begin();
        long n = samples.Size(0);
        Tensor bases = samples.IndexSelect(0, Tensor.Permutation(n, generator).Slice(0, 0, count));
        bases /= bases.Norm(1, keep: true).Clamp(low: double.Epsilon);
        Tensor codes = Codes(samples, bases, beta);
        for (int round = 1; round <= rounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            bases = scope.Keep(Improved(samples, bases, codes));
            codes = scope.Keep(Codes(samples, bases, beta, codes));
            heard(round, Objective(samples, bases, beta, codes));
        }

        return all.Keep(bases);
    }

    private static Tensor Improved(Tensor samples, Tensor bases, Tensor codes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor s = codes.T.MatMul(codes), c = codes.T.MatMul(samples), improved = bases.Clone();
        double[] used = s.Diagonal().ToArray<double>();
        long[] worst = (samples - codes.MatMul(bases)).Square().Sum(1).Sort(0, descending: true).Indices.ToArray<long>();
        int next = 0;
        for (int k = 0; k < used.Length; k++)
        {
            using TensorScope one = TensorScope.Begin();
            Tensor basis = used[k] > Unused
                ? improved.Slice(0, k, k + 1) + ((c.Slice(0, k, k + 1) - s.Slice(0, k, k + 1).MatMul(improved)) / used[k])
                : samples.Slice(0, worst[next % worst.Length], worst[next++ % worst.Length] + 1);
            double length = basis.Norm().ToDouble();
            if (length > 0)
                improved.Slice(0, k, k + 1).CopyInPlace(basis / (used[k] > Unused ? Math.Max(1, length) : length));
        }

        return scope.Keep(improved);
    }
}
