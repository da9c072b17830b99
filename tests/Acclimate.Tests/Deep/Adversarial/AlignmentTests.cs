using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Adversarial;

/// <summary>What methods of the family promise.</summary>
public sealed class AlignmentTests
{
    // Against the same run with the adversary's weight at 0, the features of the two domains are closer by a measure that no
    // method here descends: the unbiased MMD² of Gaussian kernels. It takes a while: in the first hundreds of steps the
    // discriminator lags behind and the features overshoot. BSP's penalty brings the domains together by itself, and a linear
    // classifier, which is all that domain confusion has, leaves features room to differ.
    [Theory]
    [InlineData("dann", "lambda", "1")]
    [InlineData("cdan", "lambda", "1")]
    [InlineData("cdan-e", "lambda", "1")]
    [InlineData("wdgrl", "lambda", "0.1")]
    [InlineData("label-efficient", "alpha", "1")]
    public void Fit_BringsTheDomainsTogether(string method, string weight, string value)
    {
        double with = DistanceAfter(method, new() { [weight] = value });
        double without = DistanceAfter(method, new() { [weight] = "0" });

        Assert.True(with < 0.75 * without, $"{with} with, {without} without");
    }

    private static double DistanceAfter(string method, Dictionary<string, string> options)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 240, 1);
        using Domain target = Toy.Blobs("target", 240, 2, shift: 1.5);
        using Domain known = Toy.Blobs("known", 6, 3, shift: 1.5);
        using Generator generator = new(3);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create(options);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, Toy.Classes), generator);
        new Trainer(network, objective, new TrainerOptions { Steps = 1500, BatchSize = 32, Seed = 4 }).Fit(source, target, Preprocessing.None, known: known);

        using NoGrad noGrad = NoGrad.Begin();
        using Batch of = BatchLoader.InOrder(source, Preprocessing.None, 240).Single(), at = BatchLoader.InOrder(target, Preprocessing.None, 240).Single();
        MultiKernelMmd mmd = new() { Kernels = GaussianKernels.AroundMean(5), Estimator = MmdEstimator.QuadraticUnbiased, Weighting = KernelWeighting.Equal };
        return mmd.Estimate(network.Activate(of.Inputs).Features, network.Activate(at.Inputs).Features).ToDouble();
    }
}
