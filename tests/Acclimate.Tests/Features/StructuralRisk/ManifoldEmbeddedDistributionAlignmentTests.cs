using Acclimate.Features;
using Acclimate.Features.StructuralRisk;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class ManifoldEmbeddedDistributionAlignmentTests
{
    [Fact]
    public void Fit_MuOfAHalf_IsArtlOnTheFlowsFeatures()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 8, seed: 1);

        using FittedFeatures meda = new ManifoldEmbeddedDistributionAlignment { Mu = 0.5, Dimensions = 3 }.Fit(data);
        using FittedFeatures flow = new GeodesicFlowKernel { Dimensions = 3 }.Fit(data);
        FeatureData mapped = new(flow.Source.Apply(data.Source), data.SourceLabels, 3, flow.Target.Apply(data.Target));
        using FittedFeatures artl = new AdaptationRegularisationTransfer().Fit(mapped);

        Tensor found = meda.Classifier!.Scores(meda.Target.Apply(data.Target));
        Tensor expected = artl.Classifier!.Scores(artl.Target.Apply(mapped.Target));
        Assert.True((found - expected).Abs().Max().ToDouble() < 1e-10);
    }

    [Fact]
    public void Fit_MuNotGiven_IsEstimatedEachRound()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 60, 8, seed: 1);

        using FittedFeatures fitted = new ManifoldEmbeddedDistributionAlignment { Rounds = 4 }.Fit(data);

        string note = Assert.Single(fitted.Certificate.Notes);
        Assert.Matches(@"^μ by round: (\d\.\d\d(, )?){4}$", note);
    }

    [Fact]
    public void Fit_Surf_GivesThePrintedCells()
    {
        // 87.5 and 53.2 are printed; a sample of D>W is 0.34, and μ here is measured on samples held out.
        Assert.InRange(RealPairs.Accuracy("surf", "D>W", new ManifoldEmbeddedDistributionAlignment { Mu = 0.5 }, "rowsum,zscore"), 87.4, 87.5);
        Assert.InRange(RealPairs.Accuracy("surf", "D>W", new ManifoldEmbeddedDistributionAlignment(), "rowsum,zscore"), 85, 90);
    }
}
