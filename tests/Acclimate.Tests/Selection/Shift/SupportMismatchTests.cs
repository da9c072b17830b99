using Acclimate.Selection;
using Acclimate.Tests.Data;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Shift;

public sealed class SupportMismatchTests
{
    /// <summary>Distances by a difference of squares: of numbers of order 10, rounded at 10⁻¹⁵ and rooted near 1.</summary>
    [Fact]
    public void Of_SomeMoved_IsWhatScikitLearnsNeighboursSay()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 60, 3), y = Tensor.Concatenate([Loops.Sample(2, 20, 3), Loops.Sample(3, 20, 3, shift: 2)]);
        string script = $"""
            import numpy as np
            from sklearn.neighbors import NearestNeighbors
            x, y = {PythonArrays.Of(x)}, {PythonArrays.Of(y)}
            own = np.sort(NearestNeighbors(n_neighbors=6).fit(x).kneighbors(x)[0][:, 5])
            radius = own[int(np.ceil(0.95 * 60)) - 1]
            other = NearestNeighbors(n_neighbors=5).fit(x).kneighbors(y)[0][:, 4]
            print(repr(float(radius)), (other > radius).mean(), (own > radius).mean())
            """;
        double[] expected = PythonArrays.Read(Python.Run("sklearn", script));
        SupportMismatch found = SupportMismatch.Of(x, y);

        Loops.Near(expected, [found.Radius, found.Outside, found.Expected], 1e-9);
        Assert.Equal(5, found.Neighbours);
        Assert.InRange(found.Outside, 0.3, 0.7);
    }

    [Fact]
    public void Of_FewSamples_AsksFewerNeighbours()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(1, SupportMismatch.Of(Loops.Sample(4, 2, 2), Loops.Sample(5, 3, 2)).Neighbours);
        Assert.Throws<ArgumentException>(() => SupportMismatch.Of(Loops.Sample(6, 1, 2), Loops.Sample(7, 3, 2)));
    }
}
