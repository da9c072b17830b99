using System.Globalization;

namespace Acclimate.Downloads;

/// <summary>
/// torchvision's classification weights: names, files, MiB and top-1 on ImageNet-1K as its sources state them. The eight digits in
/// a file's name are the first of its SHA-256, which is all that is published of it. Left out are those that no network here takes as they are: ViT-B/16's end-to-end
/// SWAG weights, for pictures of 384², and VGG-16's features, which have no classifier and another scale.
/// </summary>
internal static class TorchvisionWeights
{
    private const string Address = "https://download.pytorch.org/models/";
    private const string Data = "ImageNet-1K";
    private const string Licence = "torchvision is BSD-3-Clause; its weights may have terms of their own, or of the ImageNet-1K images they learned from";
    private const string Swag = "CC-BY-NC 4.0 (SWAG: no commercial use)";

    private const string SwagLinear = "swag-linear";

    /// <summary>Architecture, recipe (* the default), file, MiB, top-1 in percent.</summary>
    private const string Table = """
        alexnet             v1*          alexnet-owt-7be5be79              233.087  56.522
        vgg11               v1*          vgg11-8a719046                    506.84   69.020
        vgg11_bn            v1*          vgg11_bn-6002323d                 506.881  70.370
        vgg13               v1*          vgg13-19584684                    507.545  69.928
        vgg13_bn            v1*          vgg13_bn-abd245e5                 507.59   71.586
        vgg16               v1*          vgg16-397923af                    527.796  71.592
        vgg16_bn            v1*          vgg16_bn-6c64b313                 527.866  73.360
        vgg19               v1*          vgg19-dcbb9e9d                    548.051  72.376
        vgg19_bn            v1*          vgg19_bn-c79401a0                 548.143  74.218
        resnet18            v1*          resnet18-f37072fd                 44.661   69.758
        resnet34            v1*          resnet34-b627a593                 83.275   73.314
        resnet50            v1           resnet50-0676ba61                 97.781   76.130
        resnet50            v2*          resnet50-11ad3fa6                 97.79    80.858
        resnet101           v1           resnet101-63fe2227                170.511  77.374
        resnet101           v2*          resnet101-cd907fc2                170.53   81.886
        resnet152           v1           resnet152-394f9c45                230.434  78.312
        resnet152           v2*          resnet152-f82ba261                230.474  82.284
        resnext50_32x4d     v1           resnext50_32x4d-7cdf4587          95.789   77.618
        resnext50_32x4d     v2*          resnext50_32x4d-1a0047aa          95.833   81.198
        wide_resnet50_2     v1           wide_resnet50_2-95faca4d          131.82   78.468
        wide_resnet50_2     v2*          wide_resnet50_2-9ba9bcbe          263.124  81.602
        mobilenet_v2        v1           mobilenet_v2-b0353104             13.555   71.878
        mobilenet_v2        v2*          mobilenet_v2-7ebf99e0             13.598   72.154
        mobilenet_v3_large  v1           mobilenet_v3_large-8738ca79       21.114   74.042
        mobilenet_v3_large  v2*          mobilenet_v3_large-5c1a4163       21.107   75.274
        mobilenet_v3_small  v1*          mobilenet_v3_small-047dcff4       9.829    67.668
        vit_b_16            v1*          vit_b_16-c867db91                 330.285  81.072
        vit_b_16            swag-linear  vit_b_16_lc_swag-4e70ced5         330.285  81.886
        """;

    /// <summary>All of them, in the table's order.</summary>
    public static IEnumerable<WeightsEntry> All => Table.Split('\n').Select(static line => Entry(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static WeightsEntry Entry(string[] cells)
    {
        string recipe = cells[1].TrimEnd('*'), name = $"{cells[2]}.pth";
        const double MiB = 1 << 20;

        // Sizes are published to a thousandth of a MiB: rounding moves them by half of that at most.
        PublishedFile file = new(
            name,
            [new Uri(Address + name)],
            cells[2][^8..],
            (long)(double.Parse(cells[3], CultureInfo.InvariantCulture) * MiB),
            (long)Math.Ceiling(MiB / 2000) + 1);
        double top1 = double.Parse(cells[4], CultureInfo.InvariantCulture) / 100;
        return new(cells[0], recipe, cells[1] != recipe, file, top1, Data, recipe == SwagLinear ? Swag : Licence)
        {
            Resized = recipe switch { "v2" => 232, SwagLinear => 224, _ => 256 },
        };
    }
}
