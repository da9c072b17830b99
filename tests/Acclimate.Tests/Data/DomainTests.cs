using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public class DomainTests
{
    [Fact]
    public void Unlabelled_HasNoLabelsToPeekAt()
    {
        using Domain labelled = Numbers(4);
        using Domain unlabelled = labelled.Unlabelled();

        Assert.True(labelled.IsLabelled);
        Assert.False(unlabelled.IsLabelled);
        Assert.Null(unlabelled.Labels);
    }

    [Fact]
    public void View_AfterTheOriginalIsDisposed_StillReads()
    {
        Domain domain = Numbers(4);
        using Domain view = domain.Unlabelled();
        domain.Dispose();

        using Tensor read = view.Read([3]);

        Assert.Equal([6f, 7f], read.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => domain.Read([0]));
    }

    [Fact]
    public void Take_OfATake_ReadsTheRightSamplesAndLabels()
    {
        using Domain domain = Numbers(6);
        using Domain some = domain.Take([5, 3, 1]);
        using Domain last = some.Take([2, 0]);

        using Tensor read = last.Read([0, 1]);

        Assert.Equal([2f, 3f, 10f, 11f], read.ToArray<float>());
        Assert.Equal(["1", "1"], last.Labels!.Indices.Select(i => last.Labels.Classes[i]));
    }

    [Fact]
    public void Read_SampleThatIsNotThere_IsRefused()
    {
        using Domain domain = Numbers(2);

        ArgumentException e = Assert.Throws<ArgumentException>(() => domain.Read([2]));

        Assert.Contains("there is no sample 2: numbers has 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromTensor_TooFewLabels_IsRefused()
    {
        using Tensor samples = Tensor.Zeros([3, 2]);

        DataException e = Assert.Throws<DataException>(() => Domain.FromTensor("x", samples, Labels.FromNumbers([1, 2])));

        Assert.Equal("x: 2 labels, but 3 samples; each sample needs one", e.Message);
    }

    [Fact]
    public void FromTensor_Doubles_AreRefused()
    {
        using Tensor samples = Tensor.Zeros([3, 2], ScalarType.Float64);

        Assert.Throws<ArgumentException>(() => Domain.FromTensor("x", samples));
    }

    [Fact]
    public void FromTensor_InsideAScope_OutlivesIt()
    {
        Domain domain;
        using (TensorScope.Begin())
            domain = Domain.FromTensor("x", Tensor.Ones([1, 2]));

        using (domain)
        using (Tensor read = domain.Read([0]))
            Assert.Equal([1f, 1f], read.ToArray<float>());
    }

    [Fact]
    public void Prepare_CostlyPrefix_IsDoneOnceAndGivesTheSameBatches()
    {
        using Domain images = Images(5);
        Preprocessing preprocessing = new([new Resize(4, 4), new ToFloat(), new RandomCrop(1)]);
        using Domain prepared = images.Prepare(preprocessing);

        using Batch direct = new BatchLoader(images, preprocessing, 3, seed: 7).At(2);
        using Batch fromPrepared = new BatchLoader(prepared, preprocessing, 3, seed: 7).At(2);

        Assert.Equal([1, 4, 4], prepared.SampleShape);
        Assert.Equal("Resize", prepared.Applied.ToString());
        Assert.True(direct.Inputs.SameAs(fromPrepared.Inputs));
    }

    [Fact]
    public void Prepare_BeyondTheMemoryLimit_LeavesTheSamplesAsTheyAre()
    {
        using Domain images = Images(5);

        using Domain prepared = images.Prepare(new Preprocessing([new Resize(4, 4)]), memoryLimit: (5 * 16) - 1);

        Assert.Equal([1, 8, 6], prepared.SampleShape);
        Assert.Empty(prepared.Applied.Steps);
    }

    [Fact]
    public void Prepare_ThenLoadingWithOtherSteps_IsRefused()
    {
        using Domain images = Images(2);
        using Domain prepared = images.Prepare(new Preprocessing([new Resize(4, 4)]));

        Assert.Throws<ArgumentException>(() => new BatchLoader(prepared, new Preprocessing([new Resize(5, 5)]), 1, seed: 0));
    }

    [Fact]
    public void Prepare_Cancelled_LeavesNothingBehind()
    {
        using Domain images = Images(2);

        Assert.Throws<OperationCanceledException>(
            () => images.Prepare(new Preprocessing([new Resize(4, 4)]), cancellation: new CancellationToken(canceled: true)));
    }

    /// <summary>Sample i is (2i, 2i + 1), of class i % 2.</summary>
    internal static Domain Numbers(int count) => Domain.FromTensor(
        "numbers",
        Tensor.From([.. Enumerable.Range(0, 2 * count).Select(i => (float)i)], count, 2),
        Labels.FromNumbers([.. Enumerable.Range(0, count).Select(i => (long)i % 2)]));

    private static Domain Images(int count) =>
        Domain.FromTensor("images", Tensor.From([.. Enumerable.Range(0, count * 48).Select(i => (byte)(i * 37))], count, 1, 8, 6));
}
