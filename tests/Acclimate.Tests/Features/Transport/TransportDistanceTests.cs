using Acclimate.Features.Transport;
using Acclimate.Tests.Data;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class TransportDistanceTests
{
    /// <summary>Costs are rounded to 2⁻³⁸ of the largest, about 4·10⁻¹² of it.</summary>
    [Theory]
    [InlineData(12, 12)]
    [InlineData(10, 7)]
    [InlineData(1, 5)]
    public void Wasserstein_AnySizes_IsTheLinearProgrammesOptimum(int n, int m)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, n, 3), y = Loops.Sample(2, m, 3, shift: 0.5);
        string script = $"""
            import numpy as np
            from scipy.optimize import linprog
            from scipy.spatial.distance import cdist
            x, y = {PythonArrays.Of(x)}, {PythonArrays.Of(y)}
            n, m = len(x), len(y)
            rows = np.vstack([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))])
            print(repr(linprog(cdist(x, y).ravel(), A_eq=rows, b_eq=np.r_[np.full(n, 1 / n), np.full(m, 1 / m)], method="highs").fun))
            """;

        Assert.Equal(PythonArrays.Read(Python.Run("scipy", script))[0], TransportDistance.Wasserstein(x, y), 1e-9);
    }

    [Fact]
    public void Wasserstein_OfASampleAndItself_IsZero()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 30, 4);

        // Distances on the diagonal are the root of what rounding leaves of 0.
        Assert.Equal(0, TransportDistance.Wasserstein(x, x), 1e-6);
        Assert.Equal(2 * Math.Sqrt(4), TransportDistance.Wasserstein(x, x + 2), 1e-6);
    }
}
