using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features;

/// <summary>What streams equals what is in memory.</summary>
public sealed class MomentsTests
{
    [Fact]
    public void Of_Domain_EqualsInMemory()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain domain = Cloud(20_001, 5, seed: 1, shift: 1000);
        Tensor all = FeatureData.Rows(domain, Preprocessing.None);

        using Moments streamed = Moments.Of(domain, Preprocessing.None), whole = Moments.Of(all);

        // float64 sums of n numbers err by at most n ulps, of size 1000² · 2⁻⁵², against a scatter of n.
        Assert.Equal(20_001, streamed.Count);
        Assert.InRange((streamed.Mean - whole.Mean).Abs().Max().ToDouble(), 0, 1e-9);
        Assert.InRange((streamed.Scatter - whole.Scatter).Norm().ToDouble() / whole.Scatter.Norm().ToDouble(), 0, 1e-9);
    }

    [Fact]
    public void Of_DomainWithPreprocessing_AppliesIt()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain domain = Cloud(50, 5, seed: 2, shift: 1);
        (Preprocessing l2, _) = PreprocessingRecipe.Parse("l2").Fit(domain, domain);

        using Moments found = Moments.Of(domain, l2);

        // Samples of unit length: the scatter and the mean's square make up n.
        Assert.Equal(50, (found.Scatter.Flatten().Slice(0, 0, 25, 6).Sum() + (found.Mean.Square().Sum() * 50)).ToDouble(), 1e-4);
    }

    [Fact]
    public void Of_DomainCancelled_Stops()
    {
        using Domain domain = Cloud(50, 5, seed: 3, shift: 0);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Moments.Of(domain, Preprocessing.None, stop.Token));
    }

    [Theory]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Primal)]
    public void Fit_DomainsOfAMomentMethod_EqualsFitInMemory(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Labelled(9000, 6, seed: 4, shift: 0), target = Cloud(8500, 6, seed: 5, shift: 1);
        FeatureMethod method = new TransferComponentAnalysis { Kernel = kernel, Dimensions = 3 };
        FeatureData data = FeatureData.Read(source, target, Preprocessing.None, Preprocessing.None);

        using FittedFeatures streamed = method.Fit(source, target, Preprocessing.None, Preprocessing.None), whole = method.Fit(data);

        // Eigenvectors have no sign of their own; the Gram matrix of mapped samples has none.
        Tensor some = data.Target.Slice(0, 0, 50);
        Tensor a = streamed.Target.Apply(some), b = whole.Target.Apply(some);
        Assert.InRange((a.MatMul(a.T) - b.MatMul(b.T)).Abs().Max().ToDouble(), 0, 1e-7);
    }

    [Fact]
    public void Fit_LargeDomainsWithAGaussianKernel_StreamsAndSaysSo()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Labelled(3000, 4, seed: 6, shift: 0), target = Cloud(2500, 4, seed: 7, shift: 1);
        FeatureMethod method = new TransferComponentAnalysis { Kernel = KernelChoice.Rbf, Gamma = 0.1, Dimensions = 3, UnitRows = false };
        FeatureData data = FeatureData.Read(source, target, Preprocessing.None, Preprocessing.None);

        using FittedFeatures streamed = method.Fit(source, target, Preprocessing.None, Preprocessing.None), whole = method.Fit(data);

        Assert.Contains("5,500 samples: the kernel is approximated by", Assert.Single(streamed.Certificate.Notes), StringComparison.Ordinal);

        // In memory the landmarks are others; a kernel this smooth is known to 1e-6 by either, and so is the subspace.
        Tensor some = data.Target.Slice(0, 0, 50);
        Tensor a = streamed.Target.Apply(some), b = whole.Target.Apply(some);
        Tensor ga = a.MatMul(a.T), gb = b.MatMul(b.T);
        Assert.InRange((ga - gb).Norm().ToDouble() / gb.Norm().ToDouble(), 0, 1e-2);
    }

    [Fact]
    public void Fit_SmallDomainsOfAnotherMethod_ReadsThemWhole()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Labelled(60, 4, seed: 8, shift: 0), target = Cloud(50, 4, seed: 9, shift: 1);
        FeatureMethod method = new JointDistributionAdaptation { Dimensions = 3, Rounds = 3 };
        FeatureData data = FeatureData.Read(source, target, Preprocessing.None, Preprocessing.None);

        using FittedFeatures opened = method.Fit(source, target, Preprocessing.None, Preprocessing.None), whole = method.Fit(data);

        Assert.True(opened.Target.Apply(data.Target).SameAs(whole.Target.Apply(data.Target)));
    }

    private static Domain Labelled(int count, int features, long seed, double shift)
    {
        using Domain plain = Cloud(count, features, seed, shift);
        return plain.WithLabels(Labels.FromNumbers([.. Enumerable.Range(0, count).Select(static i => (long)(i % 3))]));
    }

    private static Domain Cloud(int count, int features, long seed, double shift)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        Tensor samples = Tensor.Normal([count, features], generator) + shift;
        return Domain.FromTensor("cloud", samples.LeaveScopes());
    }
}
