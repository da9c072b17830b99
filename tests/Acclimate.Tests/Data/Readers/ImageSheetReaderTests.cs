using Acclimate.Data;
using Acclimate.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public sealed class ImageSheetReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_ASheet_IsAPictureARow()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor sheet = Tensor.Uniform([3, 1000, 1024], generator, 0, 255).To(ScalarType.UInt8);
        File.WriteAllBytes(Path.Combine(folder, "cifar10_batch_2.png"), ImageCodec.Encode(sheet, ImageFormat.Png));
        Labels(i => i % 10);

        using Domain domain = Domain.Open(folder);

        Assert.Equal([3, 32, 32], domain.SampleShape);
        Assert.Equal(1000, domain.Count);
        Assert.Equal("cat", domain.Labels!.Classes[domain.Labels.Indices[3]]);
        Tensor picture = domain.Read([17]);
        Assert.True(picture.Reshape(3, 1024).SameAs(sheet.Select(1, 17)));
        Assert.Contains("test part", Assert.Throws<DataException>(() => Domain.Open(folder + "?part=test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ASheetOfAnotherSizeOrTooFewLabels_IsRefusedByName()
    {
        using (Tensor small = Tensor.Zeros([3, 10, 1024], ScalarType.UInt8))
            File.WriteAllBytes(Path.Combine(folder, "cifar10_batch_0.png"), ImageCodec.Encode(small, ImageFormat.Png));
        Labels(_ => 1);
        Assert.Contains("1024×10", Assert.Throws<DataException>(() => Domain.Open(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "cifar10_labels.js"), "var labels=[1, 2]");
        Assert.Contains("holds 2 numbers", Assert.Throws<DataException>(() => Domain.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TheRealSheets_AreFourAndOne()
    {
        string? data = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipWhen(data is null || !Directory.Exists(Path.Combine(data, "cifar10")), "ACCLIMATE_DATA with cifar10 is not there");
        using Domain train = Domain.Open(Path.Combine(data!, "cifar10")), test = Domain.Open(Path.Combine(data!, "cifar10") + "?part=test");
        Assert.Equal((4000, 1000), (train.Count, test.Count));
        Assert.Equal([6, 9, 9, 4, 1], train.Labels!.Indices[..5]);
    }

    private void Labels(Func<int, int> of) =>
        File.WriteAllText(Path.Combine(folder, "cifar10_labels.js"), $"var labels=[{string.Join(", ", Enumerable.Range(0, 51000).Select(of))}];");
}
