using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>Σᵢ cᵢ (−log P[i, yᵢ]) + ½ V·(r ⊙ V), with P = softmax(XWB) and V = W − W₀.</summary>
/// <param name="x">X, [n, d].</param>
/// <param name="y">The classes as one-hot rows, [n, P].</param>
/// <param name="counts">c, [n, 1].</param>
/// <param name="penalty">r, [d, 1].</param>
/// <param name="basis">B, [m, P], which turns the columns of W into the classes' scores.</param>
/// <param name="centre">W₀, [d, m]; nought where it is none.</param>
internal sealed class PenalisedSoftmax(Tensor x, Tensor y, Tensor counts, Tensor penalty, Tensor basis, Tensor? centre = null) : ISmoothObjective
{
    private Tensor away = null!;
    private Tensor chances = null!;

    public double Value(Tensor at)
    {
        away = centre is null ? at : at - centre;
        Tensor logs = Functional.LogSoftmax(x.MatMul(at).MatMul(basis), 1);
        chances = logs.Exp();
        return (((away.Square() * penalty).Sum() / 2) - (logs * y * counts).Sum()).ToDouble();
    }

    public Tensor Gradient() => x.T.MatMul((chances - y) * counts).MatMul(basis.T) + (away * penalty);

    public Tensor Curve(Tensor direction)
    {
        Tensor moved = chances * x.MatMul(direction).MatMul(basis);
        Tensor bent = (moved - (chances * moved.Sum(1, keep: true))) * counts;
        return x.T.MatMul(bent).MatMul(basis.T) + (direction * penalty);
    }
}
