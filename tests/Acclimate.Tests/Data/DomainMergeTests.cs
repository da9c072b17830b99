using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.TestSupport;
using Acclimate.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Data;

public class DomainMergeTests
{
    [Fact]
    public void Merge_AnyDataSets_KeepsEverySampleWithItsClassAndOrigin() =>
        Prop.ForAll(DataSets().ToArbitrary(), static sets =>
        {
            using TensorScope scope = TensorScope.Begin();
            Domain[] parts = [.. sets.Select(static (classes, i) => Numbered($"part{i}", i, classes))];
            using Domain all = Domain.Merge(parts);
            Array.ForEach(parts, static part => part.Dispose());

            (int Part, int Row)[] expected = [.. sets.SelectMany(static (classes, i) => classes.Select((_, row) => (i, row)))];
            int[] order = [.. Enumerable.Range(0, all.Count).Reverse()];
            float[] read = all.Read(order).ToArray<float>();
            return all.Count == expected.Length
                && order.All(i => read[2 * (all.Count - 1 - i)] == expected[i].Part && read[(2 * (all.Count - 1 - i)) + 1] == expected[i].Row)
                && order.All(i => all.Labels!.Classes[all.Labels.Indices[i]] == sets[expected[i].Part][expected[i].Row])
                && order.All(i => all.Origins!.Classes[all.Origins.Indices[i]] == $"part{expected[i].Part}")
                && all.Labels!.Classes.SequenceEqual(sets.SelectMany(static classes => classes).Distinct().Order(StringComparer.Ordinal));
        }).Check(Draws.Seeded);

    [Fact]
    public void Merge_Balanced_EveryDataSetIsAsLargeAsTheLargestAndLosesNoSample() =>
        Prop.ForAll(DataSets().ToArbitrary(), static sets =>
        {
            using TensorScope scope = TensorScope.Begin();
            Domain[] parts = [.. sets.Select(static (classes, i) => Numbered($"part{i}", i, classes))];
            using Domain all = Domain.Merge(parts, balanced: true);
            Array.ForEach(parts, static part => part.Dispose());

            int largest = sets.Max(static classes => classes.Length);
            float[] read = all.Read([.. Enumerable.Range(0, all.Count)]).ToArray<float>();
            (float, float)[] rows = [.. Enumerable.Range(0, all.Count).Select(i => (read[2 * i], read[(2 * i) + 1]))];
            return all.Origins!.CountPerClass().All(count => count == largest)
                && rows.Distinct().Count() == sets.Sum(static classes => classes.Length)
                && rows.GroupBy(static row => row).GroupBy(static row => row.Key.Item1).All(static part => part.Max(static row => row.Count()) - part.Min(static row => row.Count()) <= 1);
        }).Check(Draws.Seeded);

    [Fact]
    public void Merge_ViewsAndPreparedSamples_KeepTheirOrigins()
    {
        using Domain one = Numbered("one", 1, ["a", "b", "a"]), two = Numbered("two", 2, ["b"]), three = Numbered("three", 3, ["c", "a"]);
        using Domain both = Domain.Merge([one, two]);
        using Domain all = Domain.Merge([both, three]);
        using Domain some = all.Take([5, 3, 0]);
        using Domain prepared = some.Prepare(new Preprocessing([new UnitRows()]));
        using Domain unlabelled = prepared.Unlabelled();

        Assert.Equal("one + two + three", all.Name);
        Assert.Equal(["one", "two", "three"], unlabelled.Origins!.Classes);
        Assert.Equal([2, 1, 0], unlabelled.Origins.Indices);
        Assert.Equal("three, sample 2", all.Describe(5)[^"three, sample 2".Length..]);
    }

    [Fact]
    public void Merge_PicturesOfDifferentSizesColoursAndTypes_BecomeOneKindByPreprocessing()
    {
        using TensorScope scope = TensorScope.Begin();
        Labels labels = new(["a"], [0, 0]);
        using Domain grey = Domain.FromTensor("grey", Tensor.Full([2, 1, 4, 4], 255).To(ScalarType.UInt8).LeaveScopes(), labels);
        using Domain colour = Domain.FromTensor("colour", Tensor.Full([2, 3, 8, 6], 0.5).LeaveScopes(), labels);
        using Domain all = Domain.Merge([grey, colour]);
        using BatchOf batch = new(all, new Preprocessing([new Resize(4, 4), new ToFloat()]));

        Assert.Equal([3, -1, -1], all.SampleShape);
        Assert.Equal([4, 3, 4, 4], batch.Inputs.Shape);
        Assert.Equal([1f, 1f, 0.5f, 0.5f], batch.Inputs.Mean([1, 2, 3]).ToArray<float>());
        using Domain mixed = all.Take([2, 0, 3, 1]);
        using BatchOf other = new(mixed, new Preprocessing([new Resize(4, 4), new ToFloat()]));
        Assert.Equal([0.5f, 1f, 0.5f, 1f], other.Inputs.Mean([1, 2, 3]).ToArray<float>());
        DataException e = Assert.Throws<DataException>(() => all.Read([0, 2]));
        Assert.Equal("pictures of different sizes: grey, sample 1 is 4×4, another is 6×8; resize them to one size first", e.Message);
    }

    [Fact]
    public void Merge_Texts_GetOneVocabulary()
    {
        using TemporaryFolder folder = new();
        string books = folder.Write("books/good.txt", "red fish\nred bird\n"), kitchen = folder.Write("kitchen/bad.txt", "blue fish\nblue pan\n");
        using Domain one = Domain.Open(Path.GetDirectoryName(books) + "?least=1&documents=lines"), two = Domain.Open(Path.GetDirectoryName(kitchen)! + "?documents=lines");
        using Domain all = Domain.Merge([one, two]);
        using Tensor counts = all.Read([0, 3]);

        Assert.Equal(["bird", "blue", "fish", "pan", "red"], all.Vocabulary!.Words);
        Assert.Equal([0f, 0f, 1f, 0f, 1f, 0f, 1f, 0f, 1f, 0f], counts.ToArray<float>());
        Assert.Equal(["bad", "good"], all.Labels!.Classes);
    }

    [Fact]
    public void Merge_WhatDoesNotFit_NamesBoth()
    {
        using Domain first = Numbered("first.mat", 0, ["a", "b"]), blank = first.Unlabelled();
        using Domain wide = Domain.FromTensor("wide.csv", Tensor.Zeros([2, 5]), new Labels(["a"], [0, 0]));
        using Domain pictures = Domain.FromTensor("photos", Tensor.Zeros([2, 1, 8, 8]), new Labels(["a"], [0, 0]));
        using Domain spectral = Domain.FromTensor("spectral", Tensor.Zeros([2, 7, 8, 8]), new Labels(["a"], [0, 0]));
        using Domain renamed = Domain.FromTensor("second.mat", Tensor.Zeros([2, 2]));

        Assert.StartsWith("wide.csv holds 5 features a sample, first.mat holds 2 features a sample.", Refused(first, wide), StringComparison.Ordinal);
        Assert.StartsWith("photos holds images (1 × 8 × 8), first.mat holds 2 features a sample.", Refused(first, pictures), StringComparison.Ordinal);
        Assert.StartsWith("spectral has pictures of 7 channels, photos of 1.", Refused(pictures, spectral), StringComparison.Ordinal);
        Assert.StartsWith("second.mat has no labels, first.mat has.", Refused(first, renamed), StringComparison.Ordinal);
        Assert.StartsWith("second.mat has no labels, first.mat has.", Refused(renamed, first), StringComparison.Ordinal);
        Assert.Equal("first.mat is to become one with itself; name each data set once", Refused(first, first));
        Assert.Throws<ArgumentException>(() => Domain.Merge([first]));
    }

    [Fact]
    public void Merge_TablesOfOtherColumns_NamesTheColumnAndBothFiles()
    {
        using TemporaryFolder folder = new();
        string one = folder.Write("one.csv", "size,colour,label\n1,red,cat\n2,blue,dog\n"), two = folder.Write("two.csv", "size,colour,label\n3,green,cat\n4,red,dog\n");
        using Domain first = Domain.Open(one), apart = Domain.Open(two), alike = Domain.Open(two, new DomainOptions { Encoder = first.Encoder });
        using Domain all = Domain.Merge([first, alike]);

        Assert.StartsWith($"feature 2 of {two} is 'colour=green', that of {one} is 'colour=blue'.", Refused(first, apart), StringComparison.Ordinal);
        Assert.Equal((4, 1), (all.Count, all.UnseenCategories));
    }

    private static string Refused(Domain one, Domain other) => Assert.Throws<DataException>(() => Domain.Merge([one, other])).Message;

    /// <summary>Samples that say where they come from: the part's number and their own.</summary>
    private static Domain Numbered(string name, int part, string[] classes) => Domain.FromTensor(
        name, Tensor.From([.. classes.SelectMany((_, row) => new float[] { part, row })], classes.Length, 2).LeaveScopes(), Labels.FromNames(classes));

    /// <summary>Two to four data sets of one to six samples each, of up to four classes.</summary>
    private static Gen<string[][]> DataSets() =>
        Gen.Choose(2, 4).SelectMany(static parts => Gen.Elements("ant", "bee", "cat", "dog").ArrayOf().Where(static classes => classes.Length is > 0 and < 7).ArrayOf(parts));

    /// <summary>All samples in one batch.</summary>
    private sealed class BatchOf(Domain domain, Preprocessing preprocessing) : IDisposable
    {
        private readonly Batch batch = BatchLoader.InOrder(domain, preprocessing, domain.Count).Single();

        public Tensor Inputs => batch.Inputs;

        public void Dispose() => batch.Dispose();
    }
}
