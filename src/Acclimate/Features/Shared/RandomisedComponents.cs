using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Shared;

/// <summary>
/// The directions in which wide samples vary most, without a matrix of features by features: Halko, Martinsson, Tropp, "Finding
/// Structure with Randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.1.
/// </summary>
internal static class RandomisedComponents
{
    private const int Passes = 2;
    private const int Spare = 10;

    /// <summary>Orthonormal directions: [d, k], the strongest first.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="count">k, at most n and d.</param>
    /// <param name="generator">Where the first directions are drawn from.</param>
    public static Tensor Of(Tensor samples, int count, Generator generator)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = samples - samples.Mean(0, keep: true);
        long n = x.Size(0), d = x.Size(1), k = Math.Min(count, Math.Min(n, d)), width = Math.Min(k + Spare, Math.Min(n, d));
        Tensor range = Orthonormal(x.MatMul(Tensor.Normal([d, width], generator, ScalarType.Float64)));
        for (int pass = 0; pass < Passes; pass++)
            range = Orthonormal(x.MatMul(Orthonormal(x.T.MatMul(range))));
        (_, _, Tensor vt) = range.T.MatMul(x).Svd();
        return scope.Keep(vt.Slice(0, 0, k).T.Contiguous());
    }

    private static Tensor Orthonormal(Tensor columns) => Operator.Get("aten::linalg_qr").CallMany(columns, "reduced")[0];
}
