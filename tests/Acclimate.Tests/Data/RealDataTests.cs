using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public class RealDataTests
{
    [Theory]
    [InlineData("office_caltech10_surf/Caltech10_SURF_L10.mat", 1123, "800", 10)]
    [InlineData("office_caltech10_surf/amazon_SURF_L10.mat", 958, "800", 10)]
    [InlineData("office_caltech10_surf/webcam_SURF_L10.mat", 295, "800", 10)]
    [InlineData("office_caltech10_surf/dslr_SURF_L10.mat", 157, "800", 10)]
    [InlineData("mnist_usps_jda/MNIST_vs_USPS.mat?features=X_src&labels=Y_src&samples=columns", 2000, "256", 10)]
    [InlineData("mnist_usps_jda/MNIST_vs_USPS.mat?features=X_tar", 1800, "256", 10)]
    [InlineData("mnist?part=train", 60000, "1,28,28", 10)]
    [InlineData("mnist?part=test", 10000, "1,28,28", 10)]
    [InlineData("mnist/t10k-images-idx3-ubyte.gz", 10000, "1,28,28", 10)]
    [InlineData("usps/usps.npz?features=x_train&labels=y_train", 7291, "1,16,16", 10)]
    [InlineData("usps/usps.npz?features=x_test", 2007, "1,16,16", 10)]
    [InlineData("amazon_reviews_400/books_400.mat", 2000, "400", 2)]
    [InlineData("amazon_reviews_400/dvd_400.mat", 1999, "400", 2)]
    [InlineData("amazon_reviews_400/elec_400.mat", 1998, "400", 2)]
    [InlineData("pacs/art_painting", 611, "3,227,227", 7)]
    [InlineData("pacs/cartoon", 700, "3,227,227", 7)]
    [InlineData("pacs/photo", 497, "3,227,227", 7)]
    [InlineData("pacs/sketch", 1176, "3,227,227", 7)]
    [InlineData("mnist_m", 9001, "3,32,32", 10)]
    [InlineData("amazon_reviews_400/kitchen_400.mat", 1999, "400", 2)]
    public void Open_BenchmarkData_HasTheKnownSizes(string source, int count, string shape, int classes)
    {
        using Domain domain = Domain.Open(RealData.Path(source));

        Assert.Equal(count, domain.Count);
        Assert.Equal(shape, string.Join(',', domain.SampleShape));
        Assert.Equal(classes, domain.Labels!.Classes.Count);
        Assert.Equal(count, domain.Labels.Count);
    }

    [Fact]
    public void Open_MnistM_HasTheKnownCountsAndDecodes()
    {
        using Domain domain = Domain.Open(RealData.Path("mnist_m"));
        using Tensor some = domain.Read([0, 4500, 9000]);

        Assert.Equal([878, 1016, 933, 908, 890, 807, 856, 914, 880, 919], domain.Labels!.CountPerClass());
        Assert.Equal([3, 3, 32, 32], some.Shape);
    }

    [Fact]
    public void Prepare_PacsPhotos_FitsInMemoryAsBytes()
    {
        using Domain photos = Domain.FromImageFolder(RealData.Path("pacs/photo"));
        using Domain prepared = photos.Prepare(new Preprocessing([new Resize(64, 64), new ToFloat()]));
        using Tensor one = prepared.Read([0]);

        Assert.Equal(ScalarType.UInt8, one.Type);
        Assert.Equal([3, 64, 64], prepared.SampleShape);
    }

    [Fact]
    public void Standardise_SurfProtocol_GivesTheKnownNearestNeighbourAccuracy()
    {
        using Domain caltech = Domain.Open(RealData.Path("office_caltech10_surf/Caltech10_SURF_L10.mat"));
        using Domain amazon = Domain.Open(RealData.Path("office_caltech10_surf/amazon_SURF_L10.mat"));
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Features(caltech);
        Tensor target = Features(amazon);

        // |s − t|² up to |t|², which is the same for every source sample.
        Tensor distances = source.Square().Sum(1) - (target.MatMul(source.T) * 2);
        long[] nearest = distances.ArgMin(1).ToArray<long>();

        int right = nearest.Select((s, t) => caltech.Labels!.Indices[s] == amazon.Labels!.Indices[t]).Count(same => same);
        Assert.Equal(23.70, 100.0 * right / amazon.Count, 0.005);
    }

    private static Tensor Features(Domain domain)
    {
        Preprocessing sums = new([new UnitRows(RowNorm.Sum)]);
        Preprocessing all = new([.. sums.Steps, Standardise.Fit(domain, sums)]);
        using Batch batch = Assert.Single(BatchLoader.InOrder(domain, all, domain.Count));
        return batch.Inputs.To(ScalarType.Float64);
    }
}
