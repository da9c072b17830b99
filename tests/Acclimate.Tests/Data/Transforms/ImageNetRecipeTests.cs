using System.Globalization;
using System.Runtime.InteropServices;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Transforms;

/// <summary>The recipe against torchvision's transforms on PIL's pictures.</summary>
public sealed class ImageNetRecipeTests
{
    /// <summary>Draws pictures of odd sizes and kinds into FOLDER, every other one as a JPEG where its kind can be one.</summary>
    private const string Draw = """
        import numpy as np
        from PIL import Image
        random = np.random.RandomState(3)
        sizes = [(1, 1), (2, 3), (400, 5), (333, 501), (700, 40), (224, 224), (256, 300), (301, 255), (97, 503)]
        for i, (w, h) in enumerate(sizes):
            for j, mode in enumerate(["RGB", "L", "RGBA", "LA", "P", "1"]):
                x, y = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h))
                planes = [127 + 100 * np.sin(9 * x * (c + 1) + 5 * y) + 25 * random.randn(h, w) for c in range(4)]
                picture = Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8), "RGBA")
                picture = picture if mode == "RGBA" else picture.convert(mode) if mode == "LA" else picture.convert("RGB").convert(mode)
                jpeg = mode in ("RGB", "L") and i % 2 == 1
                picture.save(f"{FOLDER}/{i}-{j}-{mode}." + ("jpg" if jpeg else "png"), **({"quality": 90} if jpeg else {}))
        """;

    /// <summary>Writes what torchvision makes of the pictures in each folder, in the order of their names, as raw float32 beside the folder.</summary>
    private const string Transform = """
        import os
        import torchvision.transforms as T
        from PIL import Image
        for folder, resize, crop in CASES:
            whole = T.Compose([T.Resize(resize), T.CenterCrop(crop), T.ToTensor(), T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
            with open(f"{folder}-{resize}-{crop}", "wb") as f:
                for name in sorted(os.listdir(folder)):
                    f.write(whole(Image.open(f"{folder}/{name}").convert("RGB")).numpy().tobytes())
        """;

    /// <summary>
    /// PIL rounds to a level after each of its two passes and here it is done once, which leaves about a quarter of a level in
    /// the mean; the decoders of JPEG may differ by another. A size or an offset that is wrong by one pixel leaves 10 and more
    /// on the noise of these pictures.
    /// </summary>
    private const double Levels = 1;

    [Fact]
    public void ImageNet_OfDrawnPictures_IsTorchvisions()
    {
        using TemporaryFolder folder = new();
        string pictures = Directory.CreateDirectory(folder["pictures"]).FullName;
        AssertTorchvisions(Draw.Replace("FOLDER", $"'{pictures}'", StringComparison.Ordinal), (pictures, 256, 224), (pictures, 33, 32), (pictures, 40, 55));
    }

    [Fact]
    public void ImageNet_OfRealFiles_IsTorchvisions()
    {
        using TemporaryFolder folder = new();
        string[] copies = [.. ((string[])["pacs/photo", "pacs/art_painting", "pacs/sketch", "mnist_m"]).Select(name =>
        {
            string copy = Directory.CreateDirectory(folder[name.Replace('/', '-')]).FullName, from = RealData.Path(name);
            string[] files = [.. Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            foreach (string file in files.Where((_, i) => i % (files.Length / 10) == 0))
                File.Copy(file, Path.Combine(copy, Path.GetRelativePath(from, file).Replace('/', '-')));
            return copy;
        })];
        AssertTorchvisions(string.Empty, [.. copies.Select(static copy => (copy, 256, 224))]);
    }

    [Fact]
    public void ImageNet_PreparedOnce_GivesTheSameBatches()
    {
        using TemporaryFolder folder = new();
        Python.Run("PIL", Draw.Replace("FOLDER", $"'{folder.Path}'", StringComparison.Ordinal));
        Preprocessing recipe = Preprocessing.ImageNet(40, 36);
        using Domain pictures = Domain.Open(folder.Path);
        using Domain prepared = pictures.Prepare(recipe);
        Assert.Equal("ResizeShorter, CentreCrop, Colour", prepared.Applied.ToString());
        using Batch now = new BatchLoader(pictures, recipe, 16, seed: 1).At(0);
        using Batch then = new BatchLoader(prepared, recipe, 16, seed: 1).At(0);

        Assert.Equal([16, 3, 36, 36], then.Inputs.Shape);
        Assert.Equal(now.Inputs.ToArray<float>(), then.Inputs.ToArray<float>());
    }

    [Fact]
    public void SizeOf_IsTorchvisions()
    {
        (int Height, int Width)[] sizes = [(1, 1), (3, 7), (7, 3), (227, 227), (375, 500), (500, 333), (511, 1023), (99, 100), (4000, 3000), (1, 60)];
        int[] sides = [1, 7, 32, 224, 256];
        string printed = Python.Run("torchvision", $$"""
            from PIL import Image
            from torchvision.transforms.functional import resize
            for h, w in [{{string.Join(", ", sizes.Select(static s => $"({s.Height}, {s.Width})"))}}]:
                for side in [{{string.Join(", ", sides)}}]:
                    print(*resize(Image.new("L", (w, h)), side).size[::-1])
            """);
        Assert.Equal(
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            sizes.SelectMany(size => sides.Select(side => new ResizeShorter(side).SizeOf(size.Height, size.Width))).Select(static s => $"{s.Height} {s.Width}"));
    }

    [Fact]
    public void CentreCrop_OfEverySize_TakesTorchvisionsPixels()
    {
        const int most = 9;
        string printed = Python.Run("torchvision", $$"""
            import numpy as np
            from PIL import Image
            from torchvision.transforms import CenterCrop
            for h in range(1, {{most}} + 1):
                for w in (1, 4, {{most}}):
                    picture = Image.fromarray(np.arange(1, h * w + 1, dtype=np.uint8).reshape(h, w))
                    for crop in range(1, {{most}} + 1):
                        print(*np.array(CenterCrop((crop, 5))(picture)).flatten())
            """);
        string[] expected = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int line = 0;
        for (int h = 1; h <= most; h++)
        {
            foreach (int w in (int[])[1, 4, most])
            {
                using Tensor picture = Tensor.From([.. Enumerable.Range(1, h * w).Select(static i => (byte)i)], 1, 1, h, w);
                for (int crop = 1; crop <= most; crop++)
                {
                    using Tensor middle = new CentreCrop(crop, 5).Apply(picture, null);
                    Assert.Equal([1, 1, crop, 5], middle.Shape);
                    Assert.Equal(expected[line++], string.Join(' ', middle.ToArray<byte>()));
                }
            }
        }
    }

    [Fact]
    public void ResizeShorter_OfAStrip_IsRefusedBeforeItTakesMemory()
    {
        using Tensor strip = Tensor.Zeros([1, 1, 1, 100_000], ScalarType.UInt8);

        DataException e = Assert.Throws<DataException>(() => new ResizeShorter(256).Apply(strip, null));

        Assert.Equal("an image of 1×100000 would take 25600000×256 pixels with its shorter side at 256; cut it into parts or leave it out", e.Message);
    }

    private static void AssertTorchvisions(string before, params (string Pictures, int Resize, int Crop)[] cases)
    {
        string listed = string.Join(", ", cases.Select(static c => string.Create(CultureInfo.InvariantCulture, $"('{c.Pictures}', {c.Resize}, {c.Crop})")));
        Python.Run("torchvision", before + "\n" + Transform.Replace("CASES", $"[{listed}]", StringComparison.Ordinal));
        foreach ((string pictures, int resize, int crop) in cases)
            Assert.InRange(Worst(pictures, resize, crop), 0, Levels);
    }

    /// <summary>The picture that is farthest from torchvision's in the mean, in levels of 255.</summary>
    private static double Worst(string pictures, int resize, int crop)
    {
        using TensorScope scope = TensorScope.Begin();
        using FileStream expected = File.OpenRead($"{pictures}-{resize}-{crop}");
        Tensor deviations = Tensor.From([.. Normalise.ImageNet.StandardDeviation.Select(static s => (float)(s * 255))], 1, 3, 1, 1);
        using Domain domain = Domain.Open(pictures);
        double worst = 0, sum = 0;
        foreach (Batch batch in BatchLoader.InOrder(domain, Preprocessing.ImageNet(resize, crop), 16))
        {
            using (batch)
            {
                float[] theirs = new float[batch.Inputs.Count];
                expected.ReadExactly(MemoryMarshal.AsBytes(theirs.AsSpan()));
                double[] apart = ((batch.Inputs - Tensor.From(theirs, batch.Inputs.Shape)).Abs() * deviations).Mean([1, 2, 3]).To(ScalarType.Float64).ToArray<double>();
                worst = Math.Max(worst, apart.Max());
                sum += apart.Sum();
            }
        }

        Assert.Equal(expected.Length, expected.Position);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(pictures)} {resize} {crop}: {domain.Count} pictures, {sum / domain.Count:0.000} levels of 255 in the mean, {worst:0.000} at worst");
        return worst;
    }
}
