using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public class DomainPairTests
{
    [Fact]
    public void Check_OtherNumberOfFeatures_NamesBoth()
    {
        using Domain source = Domain.FromTensor("amazon.mat", Tensor.Zeros([2, 800]));
        using Domain target = Domain.FromTensor("webcam.csv", Tensor.Zeros([2, 798]));

        DataException e = Assert.Throws<DataException>(() => DomainPair.Check(source, target));

        Assert.StartsWith("webcam.csv has 798 feature columns, amazon.mat has 800.\n", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ImagesAndFeatures_AreRefused()
    {
        using Domain source = Domain.FromTensor("photos", Tensor.Zeros([2, 3, 8, 8]));
        using Domain target = Domain.FromTensor("table.csv", Tensor.Zeros([2, 192]));

        DataException e = Assert.Throws<DataException>(() => DomainPair.Check(source, target));

        Assert.StartsWith("table.csv holds 192 features a sample, photos holds images (3 × 8 × 8).", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CategoriesAndClasses_AreThoseOfTheSource()
    {
        using TemporaryFolder folder = new();
        string source = folder.Write("source.csv", "colour,size,label\nred,1,cat\nblue,2,dog\n");
        string target = folder.Write("target.csv", "size,colour,label\n3,blue,dog\n4,green,dog\n");

        using DomainPair pair = DomainPair.Open(source, target);
        using Tensor features = pair.Target.Read([0, 1]);

        Assert.Equal(["colour=blue", "colour=red", "size"], pair.Target.FeatureNames!);
        Assert.Equal([1f, 0f, 3f, 0f, 0f, 4f], features.ToArray<float>());
        Assert.Equal(1, pair.Target.UnseenCategories);
        Assert.Equal(["cat", "dog"], pair.Target.Labels!.Classes);
        Assert.Equal([1, 1], pair.Target.Labels.Indices);
    }

    [Fact]
    public void Open_SparseTargetWithFewerIndices_HasTheSourcesFeatures()
    {
        using TemporaryFolder folder = new();
        string source = folder.Write("source.svm", "1 1:1 5:2\n");
        string target = folder.Write("target.svm", "1 2:1\n");

        using DomainPair pair = DomainPair.Open(source, target);

        Assert.Equal([5], pair.Target.SampleShape);
    }

    [Fact]
    public void Open_TargetWithAnUnknownClass_NamesTheFileAndTheClass()
    {
        using TemporaryFolder folder = new();
        string source = folder.Write("source.svm", "1 1:1\n2 1:2\n");
        string target = folder.Write("target.svm", "3 1:1\n");

        DataException e = Assert.Throws<DataException>(() => DomainPair.Open(source, target));

        Assert.Equal("target.svm: class '3' is not among the 2 classes expected: 1, 2", e.Message);
    }
}
