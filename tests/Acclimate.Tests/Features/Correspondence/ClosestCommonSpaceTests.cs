using Acclimate.Features;
using Acclimate.Features.Correspondence;
using Acclimate.Features.MeanMatching;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Correspondence;

public sealed class ClosestCommonSpaceTests
{
    [Fact]
    public void Factors_SubDomainsOfAnySize_GiveTheirMeansInTheTargetsShares()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        int[] part = [0, 0, 1, 2, 2, 2, 4], nearest = [2, 0, 2, 2, 4];
        Tensor z = Tensor.Normal([12, 3], generator, ScalarType.Float64);

        Tensor apart = ClosestCommonSpace.Factors(part, nearest, 6).T.MatMul(z);

        // Sub-domains 0, 2 and 4 have 1, 3 and 1 of the five target samples; 1 has none, and no say.
        Tensor[] differences = [.. new[] { 0, 2, 4 }.Select(p => Mean(part, p, 0) - Mean(nearest, p, 7))];
        double[] shares = [0.2, 0.6, 0.2];
        Assert.Equal(4, apart.Size(0));
        for (int i = 0; i < 3; i++)
            Assert.True((apart[i + 1] - (differences[i] * Math.Sqrt(shares[i]))).Abs().Max().ToDouble() < 1e-12);
        Tensor whole = (Mean(part, 0, 0) * 0.2) + (Mean(part, 2, 0) * 0.6) + (Mean(part, 4, 0) * 0.2) - z.Slice(0, 7, 12).Mean(0);
        Assert.True((apart[0] - whole).Abs().Max().ToDouble() < 1e-12);

        Tensor Mean(int[] of, int p, int from) =>
            z.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, of.Length).Where(i => of[i] == p).Select(i => (long)i + from)])).Mean(0);
    }

    [Fact]
    public void Fit_TargetWithOneClassAlmostGone_MatchesWhatIsThere()
    {
        // Of the second class of three the target keeps 2 samples of 20: the plain means are far apart though nothing has moved but a shift.
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(60, 60, 5, seed: 2, shift: 0.3);
        (FeatureData data, int[] truth) = TargetSamples.Imbalanced(plain, ToyFeatures.Classes(60), 0.1);
        Assert.Equal(42, truth.Length);

        double accuracy = TargetSamples.Accuracy(new ClosestCommonSpace { Dimensions = 2 }, data, truth);

        Assert.True(accuracy > 90, $"{accuracy}");
    }

    [Fact]
    public void Fit_SubDomainThatNoTargetSampleIsNear_IsNotMatched()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(60, 30, 5, seed: 3, shift: 0.2);

        // Half of the first class's source samples go far off; no target sample follows.
        Tensor far = plain.Source.Clone();
        far.Slice(0, 0, 30, 3).AddInPlace(Tensor.Full([10, 5], 40, ScalarType.Float64));
        using FittedFeatures fitted = new ClosestCommonSpace { Kernel = Acclimate.Features.Shared.KernelChoice.Primal, Dimensions = 3, UnitRows = false }.Fit(new FeatureData(far, plain.SourceLabels, 3, plain.Target));

        Assert.Contains(fitted.Certificate.Notes, static note => note.StartsWith("5 of the source's 6", StringComparison.Ordinal) || note.StartsWith("4 of the source's 6", StringComparison.Ordinal) || note.StartsWith("3 of the source's 6", StringComparison.Ordinal));
        Assert.InRange(fitted.Certificate.EigenResidual!.Value, 0, 1e-9);
    }

    [Fact]
    public void Fit_ImbalancedSurfDslrToWebcam_IsAboveTcaAndJda()
    {
        using TensorScope scope = TensorScope.Begin();
        const string Preprocess = "rowsum,zscore,l2";
        (FeatureData balanced, int[] all) = TargetSamples.Read("surf", "D>W", Preprocess);
        (FeatureData data, int[] truth) = TargetSamples.Imbalanced(balanced, all, 0.3);

        double ccsl = TargetSamples.Accuracy(new ClosestCommonSpace(), data, truth);
        double tca = TargetSamples.Accuracy(new TransferComponentAnalysis(), data, truth);
        double jda = TargetSamples.Accuracy(new JointDistributionAdaptation(), data, truth);

        Assert.True(ccsl >= Math.Max(tca, jda), $"CCSL {ccsl}, TCA {tca}, JDA {jda}");
    }
}
