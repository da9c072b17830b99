using Acclimate.Data;
using Acclimate.Selection;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Shift;

/// <summary>Made shifts of known kinds, and what the report calls them.</summary>
public sealed class DomainShiftTests
{
    [Fact]
    public void OfSamples_OneDistribution_FindsNothingAndNoRisk()
    {
        using Domain source = Toy.Blobs("source", 300, 1), target = Toy.Blobs("target", 240, 2);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(new ShiftKinds(Finding.NoSign, Finding.NoSign, Finding.NoSign, Finding.NoSign), found.Kinds);
        Assert.Equal(RiskLevel.Low, found.Risk.Level);
        Assert.Empty(found.Risk.Evidence);
        Assert.InRange(found.Support!.Outside, 0, 0.15);
        Assert.Equal(0, found.ClassBalanceChange!.Value, 1e-12);
        Assert.Equal(6, found.Drifts.Count);
    }

    [Fact]
    public void OfSamples_InputsMoved_IsCovariateShift()
    {
        using Domain source = Toy.Blobs("source", 300, 1), target = Toy.Blobs("target", 240, 2, shift: 0.7);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal((Finding.Found, Finding.Found, Finding.NoSign), (found.Kinds.Inputs, found.Kinds.WithinClasses, found.Kinds.Balance));
        Assert.Contains("covariate", found.Kinds.InWords(), StringComparison.Ordinal);
        Assert.True(found.Wasserstein!.Exact > found.Wasserstein.ExactByChance);
        Assert.All(found.Drifts, static drift => Assert.True(drift.IsSignificant && drift.Deviations > 0, drift.ToString()));
    }

    [Fact]
    public void OfSamples_BalanceChanged_IsLabelShiftWithLabelsAndSuspectedWithout()
    {
        using Domain source = Toy.Blobs("source", 300, 1), all = Toy.Blobs("target", 600, 2);
        using Domain target = all.Take([.. Enumerable.Range(0, 600).Where(static i => i % 3 == 0 || i % 15 == 1 || i % 15 == 2)]), unlabelled = target.Unlabelled();
        DomainShift known = DomainShift.OfSamples(source, target), unknown = DomainShift.OfSamples(source, unlabelled);

        // 200, 40 and 40 of 280 instead of thirds: 5/7 − 1/3.
        Assert.Equal((Finding.NoSign, Finding.Found), (known.Kinds.WithinClasses, known.Kinds.Balance));
        Assert.Equal((5 / 7.0) - (1 / 3.0), known.ClassBalanceChange!.Value, 1e-12);
        Assert.Equal((Finding.Suspected, Finding.Unknown), (unknown.Kinds.Balance, unknown.Kinds.Concept));
        Assert.Null(unknown.ClassBalanceChange);

        // Clouds four deviations apart are hardly confused: the estimate is the truth but for sampling, ±0.03 of a share of 280.
        Assert.Equal((5 / 7.0) - (1 / 3.0), unknown.Classes!.Estimate!.Soft.TotalVariation, 0.1);
        Assert.Equal(RiskLevel.High, unknown.Risk.Level);
        Assert.Contains("label shift", unknown.Kinds.InWords(), StringComparison.Ordinal);
    }

    /// <summary>Moved towards one corner, a third of the samples is taken for its class: what the estimates say of the balance is the move's doing.</summary>
    [Fact]
    public void OfSamples_InputsMovedAndNoTargetLabels_LeavesTheBalanceOpen()
    {
        using Domain source = Toy.Blobs("source", 300, 1), all = Toy.Blobs("target", 300, 2);
        using Tensor rows = all.Read([.. Enumerable.Range(0, 300)]), away = Tensor.From([3f, 0, 0, 0, 0, 0], 1, 6);
        using Domain target = Domain.FromTensor("moved", rows + away);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.True(found.Classes!.Estimate!.Suspected);
        Assert.Equal((Finding.Found, Finding.Unknown), (found.Kinds.WithinClasses, found.Kinds.Balance));
    }

    [Fact]
    public void OfSamples_TwoSamplesOfOneClass_SaysWhatItCan()
    {
        using Domain source = Domain.FromTensor("a", Tensor.From([0f, 1, 2, 3], 2, 2), new Labels(["only"], [0, 0])), target = Domain.FromTensor("b", Tensor.From([5f, 1, 2, 9], 2, 2));
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(Finding.NoSign, found.Kinds.Inputs);
        Assert.Equal((Finding.Unknown, Finding.Unknown, Finding.Unknown), (found.Kinds.WithinClasses, found.Kinds.Balance, found.Kinds.Concept));
        Assert.Contains(found.Risk.Evidence, static line => line.StartsWith("the target has 2 samples", StringComparison.Ordinal));
    }

    [Fact]
    public void OfSamples_ClassesChangedPlaces_IsASuspectedConcept()
    {
        using Domain source = Toy.Blobs("source", 300, 1), same = Toy.Blobs("target", 240, 2);
        using Domain target = same.WithLabels(new Labels(same.Labels!.Classes, Array.ConvertAll(same.Labels.Indices, static c => (c + 1) % 3)));
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(Finding.Suspected, found.Kinds.Concept);
        Assert.Equal(RiskLevel.High, found.Risk.Level);
        Assert.InRange(found.Classes!.Concept!.WithinRange!.Value, 0, 0.1);
        Assert.InRange(found.Classes.Concept.Own!.Value, 0.9, 1);
    }

    /// <summary>The same failure where the inputs moved is what a move alone makes of a classifier: nothing is said of the concept.</summary>
    [Fact]
    public void OfSamples_ClassifierFailsAndInputsMoved_LeavesTheConceptOpen()
    {
        using Domain source = Toy.Blobs("source", 300, 1), same = Toy.Blobs("target", 240, 2, shift: 0.9);
        using Domain target = same.WithLabels(new Labels(same.Labels!.Classes, Array.ConvertAll(same.Labels.Indices, static c => (c + 1) % 3)));
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.True(found.Classes!.Concept!.Fails);
        Assert.Equal((Finding.Found, Finding.Unknown), (found.Kinds.Inputs, found.Kinds.Concept));
    }

    [Fact]
    public void OfSamples_FarAway_IsOutsideTheRange()
    {
        using Domain source = Toy.Blobs("source", 200, 1), target = Toy.Blobs("target", 20, 2, shift: 9);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(1, found.Support!.Outside);
        Assert.Null(found.Classes!.Concept!.Fails);
        Assert.Equal(RiskLevel.High, found.Risk.Level);
        Assert.Contains(found.Risk.Evidence, static line => line.StartsWith("100 % of the target's samples lie outside", StringComparison.Ordinal));
        Assert.Contains(found.Risk.Evidence, static line => line.StartsWith("the target has 20 samples", StringComparison.Ordinal));
    }

    [Fact]
    public void OfSamples_Pictures_NamesTheirAppearance()
    {
        using Domain source = Toy.Bands("source", 120, 1), target = Toy.Bands("target", 90, 2, brightness: 0.3);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(["brightness", "contrast", "detail"], found.Drifts.Select(static d => d.Feature).Order(StringComparer.Ordinal));
        Assert.True(found.Drifts.Single(static d => d.Feature == "brightness").Deviations < -1);
        Assert.Equal(Finding.Found, found.Kinds.Inputs);
    }

    [Fact]
    public void OfSamples_Texts_NamesTheWords()
    {
        using TemporaryFolder folder = new();
        foreach ((string domain, string thing) in ((string, string)[])[("books", "novel"), ("kitchen", "kettle")])
        {
            foreach ((string name, string word) in ((string, string)[])[("good", "splendid"), ("bad", "dreadful")])
            {
                Directory.CreateDirectory(Path.Combine(folder.Path, domain));
                File.WriteAllLines(Path.Combine(folder.Path, domain, name), Enumerable.Range(0, 40).Select(i => $"this {thing} is {word} and number {i % 7}"));
            }
        }

        using DomainPair pair = DomainPair.Open(Path.Combine(folder.Path, "books"), Path.Combine(folder.Path, "kitchen"));
        DomainShift found = DomainShift.OfSamples(pair.Source, pair.Target);

        Assert.Equal(["kettle", "novel"], found.Drifts.Take(2).Select(static d => d.Feature).Order(StringComparer.Ordinal));
        Assert.Equal((Finding.Found, Finding.NoSign), (found.Kinds.Inputs, found.Kinds.Balance));
        Assert.Equal(1, found.Classes!.HeldOut.Value);
    }

    [Fact]
    public void OfSamples_NoLabels_SaysWhatCanNotBeTold()
    {
        using Domain labelled = Toy.Blobs("source", 60, 1), source = labelled.Unlabelled(), target = Toy.Blobs("target", 60, 2, shift: 3);
        DomainShift found = DomainShift.OfSamples(source, target);

        Assert.Equal(new ShiftKinds(Finding.Found, Finding.Unknown, Finding.Unknown, Finding.Unknown), found.Kinds);
        Assert.Null(found.Classes);
        Assert.Contains("can't be told", found.Kinds.InWords(), StringComparison.Ordinal);
    }

    [Fact]
    public void OfSamples_DistancesAlone_AreTheSame()
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1);
        DomainShift all = DomainShift.OfSamples(source, target), few = DomainShift.OfSamples(source, target, distancesAlone: true);

        Assert.Equal((all.ADistance, all.Mmd), (few.ADistance, few.Mmd));
        Assert.Null(few.Wasserstein);
        Assert.Empty(few.Drifts);
    }

    [Fact]
    public void OfSamples_Cancelled_Stops()
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2);
        Assert.ThrowsAny<OperationCanceledException>(() => DomainShift.OfSamples(source, target, cancellation: new CancellationToken(true)));
    }
}
