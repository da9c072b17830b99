using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Shared;

/// <summary>The Grassmann manifold: k-dimensional subspaces of d dimensions, each given by any orthonormal basis [d, k] of it.</summary>
internal static class Grassmann
{
    /// <summary>The largest entry of WᵀW − I.</summary>
    /// <param name="w">W: [d, k].</param>
    public static double ConstraintError(Tensor w)
    {
        using TensorScope scope = TensorScope.Begin();
        return (w.T.MatMul(w) - Tensor.Eye(w.Size(1), ScalarType.Float64)).Abs().Max().ToDouble();
    }

    /// <summary>The part of a direction that moves the subspace: (I − WWᵀ)G.</summary>
    /// <param name="w">W: [d, k], orthonormal columns.</param>
    /// <param name="direction">G: [d, k].</param>
    public static Tensor Tangent(Tensor w, Tensor direction)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(direction - w.MatMul(w.T.MatMul(direction)));
    }

    /// <summary>The orthonormal factor of W's QR decomposition, signed so that a W that is orthonormal already stays as it is.</summary>
    /// <param name="w">W: [d, k], d ≥ k, of full column rank.</param>
    public static Tensor Orthonormal(Tensor w)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] qr = Operator.Get("aten::linalg_qr").CallMany(w, "reduced");
        return scope.Keep(qr[0] * qr[1].Diagonal().Sign());
    }
}

/// <summary>
/// The shortest way between two subspaces on the Grassmann manifold. With SᵀT = U cosΘ Vᵀ, the principal angles Θ turn the
/// principal vectors SU into TV: Ψ(t) = SU cos(tΘ) + R sin(tΘ), where R is what TV has beside SU, at unit length.
/// Edelman, Arias, Smith, "The Geometry of Algorithms with Orthogonality Constraints", SIAM J. Matrix Anal. Appl. 1998.
/// </summary>
internal sealed class GrassmannGeodesic
{
    /// <summary>A sine that is smaller is rounding: the two vectors are the same, and there is no way to go.</summary>
    private const double Coincident = 1e-12;

    private readonly Tensor start;
    private readonly Tensor towards;

    /// <summary>Finds the way.</summary>
    /// <param name="from">S: [d, k], orthonormal columns.</param>
    /// <param name="to">T: [d, k].</param>
    public GrassmannGeodesic(Tensor from, Tensor to)
    {
        (Tensor u, Tensor cosine, Tensor vt) = from.T.MatMul(to).Svd();
        start = from.MatMul(u);
        Tensor rest = Grassmann.Tangent(from, to.MatMul(vt.T));
        Tensor sine = rest.Norm(0);
        towards = rest / sine.GreaterThan(Coincident).Where(sine, Tensor.Full([sine.Size(0)], double.PositiveInfinity, ScalarType.Float64));

        // By both sine and cosine an angle is exact near 0, where the cosine alone has lost half its digits, and near π/2.
        Angles = Operator.Get("aten::atan2").Call(sine, cosine);
    }

    /// <summary>The principal angles, ascending: [k], from 0 to π/2.</summary>
    public Tensor Angles { get; }

    /// <summary>Ψ(t): an orthonormal basis of the subspace that far on the way.</summary>
    /// <param name="t">0 at S, 1 at T.</param>
    public Tensor At(double t)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor angles = Angles * t;
        return scope.Keep((start * Operator.Get("aten::cos").Call(angles)) + (towards * Operator.Get("aten::sin").Call(angles)));
    }
}
