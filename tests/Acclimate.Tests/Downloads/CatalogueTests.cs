using Acclimate.Backbones;
using Acclimate.Benchmarks;
using Acclimate.Downloads;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Downloads;

public sealed class CatalogueTests
{
    public static TheoryData<string> Sets => [.. DataCatalogue.All.Select(static set => set.Name)];

    public static TheoryData<string> Suites => [.. BenchmarkSuites.All.Select(static suite => suite.Name)];

    [Fact]
    public void Weights_Names_AreEachTheirOwn()
    {
        Assert.Equal(WeightsCatalogue.All.Count, WeightsCatalogue.All.Select(static entry => entry.Name).Distinct().Count());
        Assert.Equal(WeightsCatalogue.All.Count, WeightsCatalogue.All.Select(static entry => entry.File.Name).Distinct().Count());
        Assert.All(WeightsCatalogue.All.GroupBy(static entry => entry.Architecture), static group => Assert.Single(group, static entry => entry.IsDefault));
    }

    /// <summary>The digits in a file's name are its hash's first; an address ends with the name.</summary>
    [Fact]
    public void Weights_HashAndAddress_AgreeWithTheName() => Assert.All(WeightsCatalogue.All, static entry =>
    {
        Assert.EndsWith($"-{entry.File.Sha256[..8]}", Path.GetFileNameWithoutExtension(entry.File.Name), StringComparison.Ordinal);
        Assert.All(entry.File.Sha256, static digit => Assert.True(char.IsAsciiHexDigitLower(digit)));
        Uri address = Assert.Single(entry.File.Addresses);
        Assert.Equal("https", address.Scheme);
        Assert.EndsWith("/" + entry.File.Name, address.AbsolutePath, StringComparison.Ordinal);
    });

    /// <summary>
    /// Against the installed torchvision itself: the same files, accuracies and defaults, and the same preprocessing, without which weights are not worth their accuracy; and a float32 file is a
    /// little larger than four bytes for each parameter, half precision (Wide ResNet-50-2's first recipe) half of that.
    /// </summary>
    [Fact]
    public void Weights_OfTorchvision_AreAsTorchvisionHasThem()
    {
        string[] lines = Python.Run("torchvision", """
            import importlib
            from torchvision.models._api import WeightsEnum
            for module in ["alexnet", "vgg", "resnet", "mobilenetv2", "mobilenetv3", "vision_transformer"]:
                for kind in vars(importlib.import_module("torchvision.models." + module)).values():
                    if isinstance(kind, type) and issubclass(kind, WeightsEnum) and kind is not WeightsEnum:
                        for entry in kind:
                            meta = entry.meta
                            print(entry.url.split("/")[-1], entry.url, meta["_metrics"]["ImageNet-1K"]["acc@1"], meta["num_params"], entry == kind.DEFAULT,
                                  entry.transforms().crop_size[0], entry.transforms().resize_size[0], *entry.transforms().mean, *entry.transforms().std)
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string[]> published = lines.Select(static line => line.Split(' ')).ToDictionary(static cells => cells[0]);
        Assert.All(WeightsCatalogue.All.Where(static entry => entry.Data == "ImageNet-1K"), entry =>
        {
            string[] cells = published[entry.File.Name];
            Assert.Equal(cells[1], entry.File.Addresses[0].AbsoluteUri);
            Assert.Equal(cells[2], entry.Top1 is { } top1 ? (100 * top1).ToString("0.0##", System.Globalization.CultureInfo.InvariantCulture) : "nan");
            Assert.Equal(cells[4], entry.IsDefault ? "True" : "False");
            InputRecipe recipe = InputRecipe.Of(entry.Architecture, WeightsCatalogue.PathOf(entry));
            double[] expected = [recipe.Side, recipe.Resized, .. recipe.Mean, .. recipe.Deviation];
            Assert.Equal(expected, cells[5..].Select(static cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)));
            double bytesEach = (double)entry.File.Size / long.Parse(cells[3], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(bytesEach, entry.FullName == "wide_resnet50_2-v1" ? 2 : 4, entry.FullName == "wide_resnet50_2-v1" ? 2.03 : 4.1);
        });
    }

    [Theory]
    [InlineData("resnet50", "resnet50-11ad3fa6.pth")]
    [InlineData("resnet50-v1", "resnet50-0676ba61.pth")]
    [InlineData("ResNet50-V2", "resnet50-11ad3fa6.pth")]
    [InlineData("vit_b_16-swag-linear", "vit_b_16_lc_swag-4e70ced5.pth")]
    [InlineData("cifar_resnet56", "resnet56-4bfd9763.th")]
    public void Find_ByArchitectureOrWithRecipe_IsThatFile(string name, string file) => Assert.Equal(file, WeightsCatalogue.Find(name)?.File.Name);

    /// <summary>Only whole names tell: another file, whatever its network, is taken at 256.</summary>
    [Theory]
    [InlineData("resnet50", "/cache/resnet50-11ad3fa6.pth", 232)]
    [InlineData("resnet50", "/cache/resnet50-0676ba61.pth", 256)]
    [InlineData("resnet50", "resnet50.safetensors", 256)]
    [InlineData("resnet50", null, 256)]
    [InlineData("vit_b_16", "vit_b_16_lc_swag-4e70ced5.pth", 224)]
    [InlineData("cifar_resnet20", "resnet20-12fca82f.th", 32)]
    public void Recipe_OfPublishedFiles_ResizesAsTheirAccuracyWasMeasured(string backbone, string? file, int resized) => Assert.Equal(resized, InputRecipe.Of(backbone, file).Resized);

    /// <summary>What no network here takes as it is, is not offered.</summary>
    [Theory]
    [InlineData("vit_b_16-swag-e2e")]
    [InlineData("vgg16-features")]
    [InlineData("resnet51")]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    public void Find_UnknownName_IsNone(string name)
    {
        Assert.Null(WeightsCatalogue.Find(name));
        Assert.Null(WeightsCatalogue.Cached(name));
    }

    /// <summary>Two sizes that are published exactly elsewhere lie within what the rounded ones allow.</summary>
    [Theory]
    [InlineData("resnet18", 46_830_571)]
    [InlineData("resnet50-v1", 102_530_333)]
    [InlineData("mobilenet_v3_small", 10_306_551)]
    public void Weights_RoundedSizes_AllowTheExactOnes(string name, long exact)
    {
        PublishedFile file = WeightsCatalogue.Find(name)!.File;
        Assert.InRange(exact, file.Least, file.Most);
        Assert.InRange(file.Most - file.Least, 0, 1100);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void NeededBy_EverySuite_HasADataSetForEachOfItsFolders(string name)
    {
        BenchmarkSuite suite = BenchmarkSuites.Find(name);
        string[] folders = [.. suite.Tasks.SelectMany(static task => (string[])[task.Source, task.Target]).Where(static source => source.Length > 0).Select(static source => source.Split('?', '/')[0]).Distinct()];
        string[] sets = [.. DataCatalogue.NeededBy(suite).Select(static set => set.Name)];
        Assert.Empty(folders.Except(sets));
        Assert.Equal((suite.Features ?? suite.Training?.Weights)?.StartsWith("weights_mobilenet", StringComparison.Ordinal) == true, sets.Contains("weights_mobilenet"));
        Assert.Equal(sets, DataCatalogue.Find(name).Select(static set => set.Name));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Check_TheDataAtHand_IsRight(string name)
    {
        DataSetEntry set = Assert.Single(DataCatalogue.Find(name));
        string folder = Path.GetDirectoryName(RealData.Path(set.Name))!;
        Assert.All(set.Files, file => Assert.Equal(DataState.Right, DataCatalogue.Check(file, folder).State));
    }

    [Fact]
    public void Check_MissingOrAnother_IsSaid()
    {
        using TemporaryFolder folder = new();
        DataSetFile file = DataCatalogue.Find("usps")[0].Files[0];
        Assert.Equal(new DataFileCheck(file, DataState.Missing, null), DataCatalogue.Check(file, folder.Path));
        folder.Write("usps/usps.npz", "not it");
        Assert.Equal(new DataFileCheck(file, DataState.Differs, Fixture.HashOf("not it"u8.ToArray())), DataCatalogue.Check(file, folder.Path));
    }

    [Fact]
    public void Check_FolderWithAFileMore_Differs()
    {
        using TemporaryFolder folder = new();
        DataSetFile pictures = DataCatalogue.Find("mnist_m")[0].Files[0];
        Assert.Equal(DataState.Missing, DataCatalogue.Check(pictures, folder.Path).State);
        folder.Write("mnist_m/0/a.png", "x");
        string first = DataCatalogue.Check(pictures, folder.Path).Found!;
        folder.Write("mnist_m/0/b.png", "x");
        Assert.NotEqual(first, DataCatalogue.Check(pictures, folder.Path).Found);
    }

    [Fact]
    public void Find_UnknownDataSet_NamesTheNearest() =>
        Assert.Contains("did you mean 'mnist_m'", Assert.Throws<ArgumentException>(static () => DataCatalogue.Find("mnist_n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Data_Addresses_AreSecureAndEndWithTheName() =>
        Assert.All(DataCatalogue.All.SelectMany(static set => set.Files), static file => Assert.All(file.File.Addresses, address =>
        {
            Assert.Equal("https", address.Scheme);
            Assert.EndsWith("/" + Path.GetFileName(file.Path), address.AbsolutePath, StringComparison.Ordinal);
            Assert.Equal(64, file.File.Sha256.Length);
        }));
}
