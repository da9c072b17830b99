using Acclimate.Data;
using Acclimate.Data.Images;
using Acclimate.Data.Transforms;
using Acclimate.Tests.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class ImageFolderReaderTests
{
    [Fact]
    public void Open_FolderAClass_HasClassesAndPixels()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/b.png", 8, 6, 10);
        WriteImage(folder, "cat/a.jpg", 8, 6, 20, ImageFormat.Jpeg);
        WriteImage(folder, "ant/z.bmp", 8, 6, 30, ImageFormat.Bmp);

        using Domain domain = Domain.FromImageFolder(folder.Path);
        using Tensor read = domain.Read([0, 2]);

        Assert.Equal(["ant", "cat"], domain.Labels!.Classes);
        Assert.Equal([0, 1, 1], domain.Labels.Indices);
        Assert.Equal([3, 8, 6], domain.SampleShape);
        byte[] pixels = read.ToArray<byte>();
        Assert.Equal(30, pixels[0]);
        Assert.Equal(10, pixels[3 * 48]);
    }

    [Fact]
    public void Open_FlatFolder_HasNoLabels()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "1.png", 4, 4, 1);
        WriteImage(folder, "2.webp", 4, 4, 2, ImageFormat.WebP);

        using Domain domain = Domain.Open(folder.Path);

        Assert.Equal(2, domain.Count);
        Assert.Null(domain.Labels);
    }

    [Fact]
    public void Open_OtherFiles_AreSkippedAndCounted()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/1.png", 4, 4, 1);
        folder.Write("cat/notes.txt", "no image");
        folder.Write("readme.md", "no image");

        using Domain domain = Domain.Open(folder.Path);

        Assert.Equal(1, domain.Count);
        Assert.Equal(2, domain.Skipped);
    }

    [Fact]
    public void Open_OtherFilesAndStrict_AreNamed()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/1.png", 4, 4, 1);
        string notes = folder.Write("cat/notes.png", "no image whatever it is called");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(folder.Path, new DomainOptions { Strict = true }));

        Assert.Equal($"{notes}: no JPEG, PNG, BMP or WebP image, in a folder of images", e.Message);
    }

    [Fact]
    public void Open_EmptyClass_IsNamed()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/1.png", 4, 4, 1);
        Directory.CreateDirectory(folder["dog"]);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(folder.Path));

        Assert.Contains("class 'dog' has no images", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderWithoutImages_IsRefused()
    {
        using TemporaryFolder folder = new();

        DataException e = Assert.Throws<DataException>(() => Domain.Open(folder.Path));

        Assert.Equal($"{folder.Path}: holds no images (JPEG, PNG, BMP or WebP)", e.Message);
    }

    [Fact]
    public void Read_DifferentSizes_AreResizedOrNamed()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/1.png", 4, 6, 7);
        WriteImage(folder, "cat/2.png", 4, 5, 9);
        using Domain domain = Domain.Open(folder.Path);
        Preprocessing resize = new([new Resize(2, 2)]);

        using Batch batch = new BatchLoader(domain, resize, 2, seed: 0).At(0);
        using Domain prepared = domain.Prepare(resize);
        DataException direct = Assert.Throws<DataException>(() => domain.Read([0, 1]));
        DataException loading = Assert.Throws<DataException>(() => new BatchLoader(domain, Preprocessing.None, 2, seed: 0).At(0));

        Assert.Equal([3, 4, -1], domain.SampleShape);
        Assert.Equal([2, 3, 2, 2], batch.Inputs.Shape);
        Assert.Equal([3, 2, 2], prepared.SampleShape);
        Assert.Contains("1.png is 6×4", direct.Message, StringComparison.Ordinal);
        Assert.Contains("resize them to one size first", loading.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TruncatedImage_IsNamed()
    {
        using TemporaryFolder folder = new();
        using Tensor image = ImageCodecTests.Plain(32, 32, 1, 2, 3);
        byte[] file = ImageCodec.Encode(image, ImageFormat.Jpeg);
        string path = folder.Write("cat/1.jpg", file.AsSpan(0, file.Length - 20));
        using Domain domain = Domain.Open(folder.Path);

        DataException e = Assert.Throws<DataException>(() => domain.Read([0]));

        Assert.Equal($"{path}: truncated: the image is not complete", e.Message);
    }

    [Fact]
    public void Open_OneChannel_ReadsGrey()
    {
        using TemporaryFolder folder = new();
        WriteImage(folder, "cat/1.png", 4, 4, 77);

        using Domain domain = Domain.Open(folder.Path + "?channels=1");
        using Tensor read = domain.Read([0]);

        Assert.Equal([1, 1, 4, 4], read.Shape);
    }

    private static void WriteImage(TemporaryFolder folder, string name, int height, int width, byte grey, ImageFormat format = ImageFormat.Png)
    {
        using Tensor image = ImageCodecTests.Plain(height, width, grey, grey, grey);
        folder.Write(name, ImageCodec.Encode(image, format));
    }
}
