namespace Acclimate.Downloads;

/// <summary>Yerlan Idelbayev's ResNets on CIFAR-10; top-1 as their page states it (100 % less the test error).</summary>
internal static class CifarWeights
{
    private const string Address = "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/master/pretrained_models/";
    internal const string Licence = "BSD-2-Clause, © 2018 Yerlan Idelbayev";

    public static IReadOnlyList<WeightsEntry> All { get; } =
    [
        Entry(20, "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", 1_099_231, 0.9173),
        Entry(32, "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850", 1_890_043, 0.9263),
        Entry(44, "014dd6541728a1c700b1642ab640e211dc6eb8ed507d70697458dc8f8a0ae2e4", 2_680_855, 0.9310),
        Entry(56, "4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367", 3_471_733, 0.9339),
    ];

    private static WeightsEntry Entry(int layers, string sha256, long size, double top1)
    {
        string name = $"resnet{layers}-{sha256[..8]}.th";
        return new($"cifar_resnet{layers}", "v1", true, new PublishedFile(name, [new Uri(Address + name)], sha256, size), top1, "CIFAR-10", Licence);
    }
}
