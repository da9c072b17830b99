using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// LeNet for digits, after LeCun et al., "Gradient-based learning applied to document recognition", 1998, as domain
/// adaptation uses it today: two 5×5 convolutions (32 and 48 maps) with batch norm, 2×2 max pooling and ReLU, then 256 features.
/// </summary>
/// <remarks>Pooling before ReLU gives the same numbers as after it, both being monotone, for a quarter of the work.</remarks>
internal static class LeNet
{
    public static Backbone Build(long[] inputShape, Generator generator)
    {
        (int channels, int height, int width) = Networks.Picture("lenet", inputShape, smallest: 16);
        int flat = 48 * Pooled(Pooled(height)) * Pooled(Pooled(width));
        return new Backbone(
            [
                ("conv1", new Sequential(new Conv2d(channels, 32, 5, generator), new BatchNorm2d(32), new MaxPool2d(2), new ReLU(inPlace: true))),
                ("conv2", new Sequential(new Conv2d(32, 48, 5, generator), new BatchNorm2d(48), new MaxPool2d(2), new ReLU(inPlace: true))),
                ("fc1", new Sequential(new Flatten(), new Linear(flat, 256, generator), new ReLU())),
            ],
            featureSize: 256);
    }

    /// <summary>A side after a 5×5 convolution without padding and 2×2 pooling.</summary>
    private static int Pooled(int side) => (side - 4) / 2;
}
