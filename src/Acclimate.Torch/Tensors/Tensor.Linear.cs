namespace Acclimate.Torch;

/// <content>Linear algebra.</content>
public sealed partial class Tensor
{
    /// <summary>The matrix product; leading dimensions are batches.</summary>
    /// <param name="other">The right factor.</param>
    public Tensor MatMul(Tensor other) => Op("aten::matmul").Call(this, other);

    /// <summary>α · left · right + β · this, for matrices.</summary>
    /// <param name="left">The left factor.</param>
    /// <param name="right">The right factor.</param>
    /// <param name="beta">What this tensor is multiplied by.</param>
    /// <param name="alpha">What the product is multiplied by.</param>
    public Tensor AddMatMul(Tensor left, Tensor right, double beta = 1, double alpha = 1) =>
        Op("aten::addmm").Call(this, left, right, beta, alpha);

    /// <summary>Eigenvalues (ascending) and eigenvectors (as columns) of a symmetric matrix.</summary>
    public (Tensor Values, Tensor Vectors) SymmetricEigen()
    {
        Tensor[] both = Op("aten::linalg_eigh").CallMany(this);
        return (both[0], both[1]);
    }

    /// <summary>The singular values of a matrix, the greatest first. Gradients are sound for equal and for zero values too.</summary>
    public Tensor SingularValues() => Op("aten::linalg_svdvals").Call(this);

    /// <summary>U, σ and Vᵀ of the thin singular value decomposition.</summary>
    public (Tensor U, Tensor S, Tensor Vt) Svd()
    {
        Tensor[] three = Op("aten::linalg_svd").CallMany(this, false);
        return (three[0], three[1], three[2]);
    }

    /// <summary>The x of A x = b, for this square A.</summary>
    /// <param name="right">b, one column a system.</param>
    public Tensor Solve(Tensor right) => Op("aten::linalg_solve").Call(this, right);

    /// <summary>The lower Cholesky factor of a symmetric positive definite matrix.</summary>
    public Tensor Cholesky() => Op("aten::linalg_cholesky").Call(this);
}
