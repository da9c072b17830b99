using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public class BatchLoaderTests
{
    [Fact]
    public void At_SameSeed_GivesTheSameBatch()
    {
        using Domain domain = DomainTests.Numbers(20);

        using Batch first = new BatchLoader(domain, Preprocessing.None, 6, seed: 3).At(11);
        using Batch second = new BatchLoader(domain, Preprocessing.None, 6, seed: 3).At(11);

        Assert.Equal(first.Indices, second.Indices);
        Assert.True(first.Inputs.SameAs(second.Inputs));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(3, 1)]
    public void At_OtherSeedOrStream_ShufflesInAnotherWay(long seed, long stream)
    {
        using Domain domain = DomainTests.Numbers(20);

        using Batch first = new BatchLoader(domain, Preprocessing.None, 20, seed: 3, stream: 0).At(0);
        using Batch second = new BatchLoader(domain, Preprocessing.None, 20, seed, stream).At(0);

        // One chance in 20! that two shuffles agree.
        Assert.NotEqual(first.Indices, second.Indices);
    }

    [Fact]
    public void At_OneEpoch_ShowsEachSampleOnceAndItsOwnLabel()
    {
        using Domain domain = DomainTests.Numbers(12);
        BatchLoader loader = new(domain, Preprocessing.None, 4, seed: 0);
        List<int> seen = [];
        for (int step = 3; step < 6; step++)
        {
            using Batch batch = loader.At(step);
            seen.AddRange(batch.Indices);
            Assert.Equal(batch.Indices.SelectMany(i => (float[])[2 * i, (2 * i) + 1]), batch.Inputs.ToArray<float>());
            Assert.Equal(batch.Indices.Select(i => (long)i % 2), batch.Labels!.ToArray<long>());
        }

        Assert.Equal(Enumerable.Range(0, 12), seen.Order());
    }

    [Fact]
    public void At_DomainSmallerThanABatch_GivesTheWholeDomain()
    {
        using Domain one = DomainTests.Numbers(1);
        BatchLoader loader = new(one, Preprocessing.None, 64, seed: 0);

        using Batch batch = loader.At(5);

        Assert.Equal(1, loader.StepsPerEpoch);
        Assert.Equal([0], batch.Indices);
    }

    [Fact]
    public void At_UnlabelledDomain_HasNoLabels()
    {
        using Domain domain = DomainTests.Numbers(4);
        using Domain unlabelled = domain.Unlabelled();

        using Batch batch = new BatchLoader(unlabelled, Preprocessing.None, 2, seed: 0).At(0);

        Assert.Null(batch.Labels);
    }

    [Fact]
    public void From_AnyStep_StreamsWhatAtGives()
    {
        using Domain domain = Domain.FromTensor("images", Tensor.From([.. Enumerable.Range(0, 10 * 36).Select(i => (byte)i)], 10, 1, 6, 6));
        BatchLoader loader = new(
            domain, new Preprocessing([new ToFloat(), new RandomCrop(2), new RandomHorizontalFlip(), new ColourJitter(0.3, 0.3, 0.3)]), 4, seed: 9);
        long step = 3;
        foreach (Batch batch in loader.From(3).Take(9))
        {
            using (batch)
            using (Batch expected = loader.At(step++))
            {
                Assert.Equal(expected.Indices, batch.Indices);
                Assert.True(expected.Inputs.SameAs(batch.Inputs));
            }
        }

        Assert.Equal(12, step);
    }

    [Fact]
    public void From_LoopLeftEarly_FreesWhatWasReadAhead()
    {
        using Domain domain = DomainTests.Numbers(10);
        long before = Engine.LiveTensors;
        foreach (Batch batch in new BatchLoader(domain, Preprocessing.None, 2, seed: 0).From(0))
        {
            batch.Dispose();
            break;
        }

        Assert.Equal(before, Engine.LiveTensors);
    }

    [Fact]
    public void From_Cancelled_EndsWithThatException()
    {
        using Domain domain = DomainTests.Numbers(10);
        using CancellationTokenSource cancellation = new();
        int count = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (Batch batch in new BatchLoader(domain, Preprocessing.None, 2, seed: 0).From(0, cancellation.Token))
            {
                batch.Dispose();
                if (++count == 3)
                    cancellation.Cancel();
            }
        });
        Assert.Equal(3, count);
    }

    [Fact]
    public void From_FailureOnTheOtherThread_IsThrownHere()
    {
        using Domain domain = DomainTests.Numbers(10);
        BatchLoader loader = new(domain, new Preprocessing([new Greyscale()]), 2, seed: 0);

        DataException e = Assert.Throws<DataException>(() => loader.From(0).First());

        Assert.StartsWith("Greyscale is for images", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InOrder_LastBatch_IsPartialAndNothingIsRandom()
    {
        using Domain domain = DomainTests.Numbers(5);
        List<int> counts = [];
        List<int> seen = [];
        foreach (Batch batch in BatchLoader.InOrder(domain, new Preprocessing([new RandomHorizontalFlip()]), 2))
        {
            using (batch)
            {
                counts.Add(batch.Count);
                seen.AddRange(batch.Indices);
            }
        }

        Assert.Equal([2, 2, 1], counts);
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }
}
