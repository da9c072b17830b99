using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>½‖W‖² + Σᵢ Σ_p c_ip max(0, 1 − s_ip (XW)_ip)²: linear machines, a column each, with one derivative and, where no margin is 1, a second.</summary>
/// <param name="x">X, [n, d].</param>
/// <param name="signs">s: 1 or −1, [n, P].</param>
/// <param name="counts">c: [n, P].</param>
internal sealed class SquaredHinge(Tensor x, Tensor signs, Tensor counts) : ISmoothObjective
{
    private Tensor machines = null!;
    private Tensor lack = null!;

    public double Value(Tensor at)
    {
        machines = at;
        lack = (1 - (x.MatMul(at) * signs)).Relu();
        return ((at.Square().Sum() / 2) + (lack.Square() * counts).Sum()).ToDouble();
    }

    public Tensor Gradient() => machines - (x.T.MatMul(lack * signs * counts) * 2);

    public Tensor Curve(Tensor direction) =>
        direction + (x.T.MatMul(x.MatMul(direction) * counts * lack.GreaterThan(0).To(ScalarType.Float64)) * 2);
}
