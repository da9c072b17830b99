using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class KernelApproximationTests
{
    private static readonly Kernel Gaussian = Kernel.Rbf(0.1);

    [Theory]
    [InlineData(64)]
    [InlineData(1024)]
    public void Fourier_SquaredError_IsWhatTheoryGives(int frequencies)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Cloud(40, 3, seed: 1);
        Tensor exact = Gaussian.Evaluate(x, x);
        const int draws = 40;

        double measured = Enumerable.Range(0, draws).Average(seed =>
        {
            Tensor seen = KernelCoordinates.Fourier(Gaussian, 3, frequencies, new FitContext { Seed = seed }).Apply(x);
            return (seen.MatMul(seen.T) - exact).Square().Mean().ToDouble();
        });

        // Var cos ω(x − y) = (1 − k²)²/2 for a Gaussian kernel, and a mean of m has one m-th of it. The squared error's mean
        // over 40 draws is known to better than a fifth: its spread over draws is below its mean.
        double theory = (1 - exact.Square()).Square().Mean().ToDouble() / 2 / frequencies;
        Assert.InRange(measured / theory, 1 - (4 / Math.Sqrt(draws)), 1 + (4 / Math.Sqrt(draws)));
    }

    [Fact]
    public void Nystroem_AllSamplesAsLandmarks_IsExact()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Cloud(30, 3, seed: 2);
        Tensor seen = KernelCoordinates.Nystroem(Gaussian, x).Apply(x);
        Assert.InRange((seen.MatMul(seen.T) - Gaussian.Evaluate(x, x)).Abs().Max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void Nystroem_MoreLandmarks_NeverWorseAndBelowTheTraceThatIsLeft()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Cloud(200, 3, seed: 3), exact = Gaussian.Evaluate(x, x);
        double before = double.MaxValue;
        foreach (int landmarks in (int[])[10, 20, 40, 80])
        {
            Tensor seen = KernelCoordinates.Nystroem(Gaussian, x.Slice(0, 0, landmarks)).Apply(x);
            Tensor left = exact - seen.MatMul(seen.T);

            // K − K̃ is a Schur complement: positive semidefinite, smaller with each landmark, its norm below its trace.
            double trace = Enumerable.Range(0, 200).Sum(i => left[i, i].ToDouble());
            Assert.InRange(left.Norm().ToDouble(), 0, trace * (1 + 1e-9));
            Assert.InRange(left.SymmetricEigen().Values.Min().ToDouble(), -1e-7, double.MaxValue);
            Assert.True(trace < before);
            before = trace;
        }
    }

    [Fact]
    public void Of_AboveTheLimit_SaysWhatItApproximatesAndHowWell()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor few = Cloud(300, 3, seed: 4), many = Cloud(KernelCoordinates.Limit + 1, 3, seed: 4);

        Assert.Empty(KernelCoordinates.Of(KernelChoice.Rbf, 0.1, few, new FitContext()).Notes.Notes);
        (FeatureMap map, Certificate notes) = KernelCoordinates.Of(KernelChoice.Rbf, 0.1, many, new FitContext());

        string note = Assert.Single(notes.Notes);
        Assert.StartsWith("5,001 samples: the kernel is approximated by", note, StringComparison.Ordinal);
        double said = double.Parse(note.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

        // Coordinates are of the kernel's own primal: K·K = z zᵀ up to the approximation, on samples that it was not measured on.
        Tensor probes = Cloud(200, 3, seed: 5);
        FeatureMap features = ((ChainMap)map).Maps[0];
        Assert.InRange(KernelCoordinates.Error(Gaussian, features, probes), 0, Math.Max(3 * said, 1e-3));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    public void Approximate_Automatic_TakesTheNearerOne(double gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Cloud(3000, 20, seed: 6);

        double nystroem = Said(KernelApproximation.Nystroem), fourier = Said(KernelApproximation.Fourier), automatic = Said(KernelApproximation.Automatic);

        Assert.Equal(Math.Min(nystroem, fourier), automatic);
        Assert.NotEqual(nystroem, fourier);

        double Said(KernelApproximation how)
        {
            (FeatureMap map, Certificate notes) = KernelCoordinates.Approximate(gamma, x, 3000, new FitContext { Approximation = how });
            string note = Assert.Single(notes.Notes);
            Assert.Contains(map is FourierMap ? "random Fourier features" : "Nyström", note, StringComparison.Ordinal);
            Assert.True(how == KernelApproximation.Automatic || map is FourierMap == (how == KernelApproximation.Fourier));

            // What the note says holds for samples that are in neither part: the errors of 500 and of 300 samples' pairs.
            double said = double.Parse(note.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(KernelCoordinates.Error(Kernel.Rbf(gamma), map, Cloud(300, 20, seed: 7)), (said / 2) - 1e-4, (said * 2) + 1e-4);
            return said;
        }
    }

    private static Tensor Cloud(int count, int features, long seed)
    {
        using Generator generator = new(seed);
        return Tensor.Normal([count, features], generator, ScalarType.Float64);
    }
}
